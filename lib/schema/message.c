/* message - what is wrong with a value, in plain words. */
#include "core/utf8.h"
#include "schema/report.h"
#include "json/write.h"

#define SHOWN_VALUES 12 /* of an enum */
#define SHOWN_BYTES 200 /* of a value */

/* A value of the schema, cut if it is long. */
static void
add_value(struct buf *b, struct jval v)
{
	struct buf text = {0};

	jwrite_value(&text, v);
	if (text.len <= SHOWN_BYTES) {
		buf_add(b, text.data, text.len);
	} else {
		buf_add(
		    b, text.data, utf8_cut(text.data, text.len, SHOWN_BYTES));
		buf_adds(b, "...");
	}
	buf_release(&text);
}

/* The value of the keyword. */
static struct jval
keyword_value(const struct schema *s, const struct node *n, uint32_t at)
{
	return (struct jval){&s->sources[n->source]->tape, at};
}

static void
add_count(struct buf *b, const char *what, uint64_t n, const char *unit)
{
	buf_adds(b, what);
	jwrite_uint(b, n);
	buf_addc(b, ' ');
	buf_adds(b, unit);
	if (n != 1)
		buf_addc(b, 's');
}

static void
add_enum(struct buf *b, struct jval list)
{
	struct jiter it = jval_iter(list);
	size_t n = 0;

	buf_adds(b, "is not one of ");
	for (; n < SHOWN_VALUES && jiter_next(&it); n++) {
		if (n > 0)
			buf_adds(b, ", ");
		add_value(b, it.value);
	}
	if (jval_count(list) > n)
		buf_addf(b, " and %zu more", jval_count(list) - n);
}

static void
add_pattern(struct schema_view *w, struct buf *b, const struct op *op,
    struct jval v, struct jval pattern)
{
	size_t len;
	const char *s = jval_string(v, &len);

	buf_adds(
	    b, pattern_match(op->u.pattern, w->work, s, len) == PATTERN_GAVE_UP
		   ? "takes too long to match "
		   : "does not match ");
	s = jval_string(pattern, &len);
	buf_add(b, s, len);
}

void
message_of_op(struct schema_view *w, const struct node *n, const struct op *op,
    struct jval v, struct buf *b)
{
	struct jval value = keyword_value(w->s, n, op->at);
	static const char *const words[] = {[OP_MINIMUM] = "is below ",
	    [OP_MAXIMUM] = "is above ",
	    [OP_ABOVE] = "is not above ",
	    [OP_BELOW] = "is not below ",
	    [OP_MULTIPLE] = "is not a multiple of ",
	    [OP_CONST] = "is not ",
	    [OP_MIN_LENGTH] = "is shorter than ",
	    [OP_MAX_LENGTH] = "is longer than ",
	    [OP_MIN_ITEMS] = "has fewer than ",
	    [OP_MAX_ITEMS] = "has more than ",
	    [OP_MIN_PROPERTIES] = "has fewer than ",
	    [OP_MAX_PROPERTIES] = "has more than "};

	switch (op->code) {
	case OP_MINIMUM:
	case OP_MAXIMUM:
	case OP_ABOVE:
	case OP_BELOW:
	case OP_MULTIPLE:
	case OP_CONST:
		buf_adds(b, words[op->code]);
		add_value(b, value);
		break;
	case OP_MIN_LENGTH:
	case OP_MAX_LENGTH:
		add_count(b, words[op->code], op->u.count, "character");
		break;
	case OP_MIN_ITEMS:
	case OP_MAX_ITEMS:
		add_count(b, words[op->code], op->u.count, "element");
		break;
	case OP_MIN_PROPERTIES:
	case OP_MAX_PROPERTIES:
		add_count(b, words[op->code], op->u.count, "member");
		break;
	case OP_ENUM:
		add_enum(b, value);
		break;
	case OP_PATTERN:
		add_pattern(w, b, op, v, value);
		break;
	case OP_FORMAT:
		buf_adds(b, "is not a valid ");
		buf_adds(b, format_name(op->u.format));
		break;
	case OP_UNIQUE:
		buf_adds(b, "has equal elements");
		break;
	default:
		buf_adds(b, "is what \"not\" excludes");
	}
}

static const char *
name_of_type(enum type_bit type)
{
	switch (type) {
	case TYPE_NULL:
		return "null";
	case TYPE_BOOLEAN:
		return "a boolean";
	case TYPE_INTEGER:
		return "an integer";
	case TYPE_FRACTION:
		return "a number";
	case TYPE_STRING:
		return "a string";
	case TYPE_ARRAY:
		return "an array";
	default:
		return "an object";
	}
}

void
message_of_type(const struct node *n, struct jval v, struct buf *b)
{
	enum type_bit type = type_of(v);
	unsigned left = n->types;

	buf_adds(b, "is ");
	if (type == TYPE_FRACTION && (left & TYPE_INTEGER))
		buf_adds(b, "a fraction");
	else
		buf_adds(b, name_of_type(type));
	buf_adds(b, ", not ");
	if ((left & TYPE_NUMBER) == TYPE_NUMBER)
		left &= ~(unsigned)TYPE_INTEGER; /* it is said by the other */
	for (unsigned bit = 1; left; bit *= 2) {
		if (!(left & bit))
			continue;
		left &= ~bit;
		buf_adds(b, name_of_type((enum type_bit)bit));
		if (left)
			buf_adds(b, left & (left - 1) ? ", " : " or ");
	}
}
