/* compile, second part: keywords about values of any type, numbers, strings. */
#include <stdlib.h>
#include <string.h>

#include "core/cli.h"
#include "schema/compile.h"

bool
is_a(struct compiler *c, struct jval v, enum jtype type)
{
	if (jval_type(v) == type)
		return true;
	FAULT(c, v, "must be %s",
	    type == J_STRING  ? "a string"
	    : type == J_ARRAY ? "an array"
			      : "an object");
	return false;
}

bool
is_count(struct compiler *c, struct jval v, uint64_t *n)
{
	enum jtype t = jval_type(v);
	double x = jval_double(v);

	if (t == J_INT && jval_int(v) >= 0) {
		*n = (uint64_t)jval_int(v);
		return true;
	}
	if (t == J_UINT || (t == J_DOUBLE && x >= 0x1p63)) {
		*n = UINT64_MAX;
		return true;
	}
	if (t == J_DOUBLE && x >= 0 && x == (double)(uint64_t)x) {
		*n = (uint64_t)x;
		return true;
	}
	FAULT(c, v, "must be an integer from 0");
	return false;
}

void
compile_count(struct compiler *c, const struct keyword *k, struct jval v)
{
	uint64_t n;

	(void)k;
	is_count(c, v, &n);
}

void
compile_string(struct compiler *c, const struct keyword *k, struct jval v)
{
	(void)k;
	is_a(c, v, J_STRING);
}

static bool
is_boolean(struct compiler *c, struct jval v)
{
	enum jtype t = jval_type(v);

	if (t != J_TRUE && t != J_FALSE)
		FAULT(c, v, "must be true or false");
	return t == J_TRUE || t == J_FALSE;
}

void
compile_boolean(struct compiler *c, const struct keyword *k, struct jval v)
{
	(void)k;
	is_boolean(c, v);
}

/* The bits of a type's name; 0 after a fault. */
static unsigned
type_bits(struct compiler *c, struct jval v)
{
	static const struct {
		const char *name;
		unsigned bits;
	} types[] = {
	    {"null", TYPE_NULL},
	    {"boolean", TYPE_BOOLEAN},
	    {"integer", TYPE_INTEGER},
	    {"number", TYPE_NUMBER},
	    {"string", TYPE_STRING},
	    {"array", TYPE_ARRAY},
	    {"object", TYPE_OBJECT},
	};

	for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++)
		if (jval_is_string(v, types[i].name, strlen(types[i].name)))
			return types[i].bits;
	FAULT(c, v,
	    "must be one of null, boolean, integer, number, string, array, "
	    "object");
	return 0;
}

void
compile_type(struct compiler *c, const struct keyword *k, struct jval v)
{
	struct node *node = &c->s->nodes[c->s->n_nodes - 1];
	unsigned bits = 0;
	struct jiter it;

	(void)k;
	if (jval_type(v) != J_ARRAY)
		bits = type_bits(c, v);
	for (it = jval_iter(v); jval_type(v) == J_ARRAY && jiter_next(&it);)
		bits |= type_bits(c, it.value);
	node->types = (uint8_t)bits;
	node->type_at = v.at;
}

static int
by_string(const void *a, const void *b)
{
	const struct named *x = a, *y = b;

	if (x->len != y->len)
		return x->len < y->len ? -1 : 1;
	return memcmp(x->s, y->s, x->len);
}

static int
by_number(const void *a, const void *b)
{
	return jval_compare(*(const struct jval *)a, *(const struct jval *)b);
}

static void
enumerate_one(struct enumeration *e, struct jval v)
{
	struct named *string = &e->strings[e->n_strings];
	size_t len;

	if (jval_is_number(v)) {
		e->numbers[e->n_numbers++] = v;
	} else if (jval_type(v) != J_STRING) {
		e->others[e->n_others++] = v;
	} else {
		string->s = jval_string(v, &len);
		string->len = (uint32_t)len;
		e->n_strings++;
	}
}

/* The n values from it on, of which v is the first if it is only one. */
static struct enumeration
enumerate(struct compiler *c, struct jval v, bool is_list)
{
	size_t n = is_list ? jval_count(v) : 1;
	struct enumeration e = {
	    .strings = pool_array(&c->s->pool, n, sizeof(*e.strings)),
	    .numbers = pool_array(&c->s->pool, n, sizeof(*e.numbers)),
	    .others = pool_array(&c->s->pool, n, sizeof(*e.others))};
	struct jiter it = jval_iter(v);

	for (size_t i = 0; i < n; i++)
		enumerate_one(&e, is_list && jiter_next(&it) ? it.value : v);
	qsort(e.strings, e.n_strings, sizeof(*e.strings), by_string);
	qsort(e.numbers, e.n_numbers, sizeof(*e.numbers), by_number);
	return e;
}

void
compile_const(struct compiler *c, const struct keyword *k, struct jval v)
{
	op_add(c, k, v, CLASS_ANY, OP_CONST)->u.set = enumerate(c, v, false);
}

void
compile_enum(struct compiler *c, const struct keyword *k, struct jval v)
{
	if (is_a(c, v, J_ARRAY))
		op_add(c, k, v, CLASS_ANY, OP_ENUM)->u.set =
		    enumerate(c, v, true);
}

void
compile_limit(struct compiler *c, const struct keyword *k, struct jval v)
{
	struct limit l = {.value = v, .x = jval_double(v)};

	if (!jval_is_number(v)) {
		FAULT(c, v, "must be a number");
		return;
	}
	l.is_int = jval_type(v) == J_INT;
	l.n = l.is_int ? jval_int(v) : 0;
	l.is_exact = jval_type(v) == J_DOUBLE || fabs(l.x) < 0x1p53;
	op_add(c, k, v, k->class, k->code)->u.limit = l;
}

void
compile_multiple(struct compiler *c, const struct keyword *k, struct jval v)
{
	struct op *op;

	if (!jval_is_number(v) || jval_double(v) <= 0) {
		FAULT(c, v, "must be a number above 0");
		return;
	}
	op = op_add(c, k, v, CLASS_NUMBER, OP_MULTIPLE);
	op->u.multiple.of = decimal_of(v);
	op->u.multiple.n = jval_type(v) == J_INT ? jval_int(v) : 0;
}

void
compile_size(struct compiler *c, const struct keyword *k, struct jval v)
{
	uint64_t n;

	if (is_count(c, v, &n))
		op_add(c, k, v, k->class, k->code)->u.count = n;
}

const struct pattern *
pattern_get(struct compiler *c, struct jval v, const char *text, size_t len)
{
	void **kept = map_put(&c->s->patterns, text, len);
	struct buf why = {0};

	if (!*kept)
		*kept = pattern_new(text, len, PATTERN_ECMA, &why);
	if (!*kept) {
		map_remove(&c->s->patterns, text, len);
		FAULT(c, v, "is no regular expression: %.*s", (int)why.len,
		    why.data ? why.data : "");
		buf_release(&why);
		return NULL;
	}
	buf_release(&why);
	return *kept;
}

void
compile_pattern(struct compiler *c, const struct keyword *k, struct jval v)
{
	size_t len;
	const char *s = jval_string(v, &len);
	const struct pattern *pattern;

	if (!is_a(c, v, J_STRING))
		return;
	pattern = pattern_get(c, v, s, len);
	if (pattern)
		op_add(c, k, v, CLASS_STRING, OP_PATTERN)->u.pattern = pattern;
}

void
compile_format(struct compiler *c, const struct keyword *k, struct jval v)
{
	size_t len;
	const char *s = jval_string(v, &len);
	const struct format *format;

	if (!is_a(c, v, J_STRING))
		return;
	format = format_find(s);
	if (!format)
		compile_unknown(c, c->here->source, v, "format",
		    cli_nearest(s, format_list()));
	if (format && c->dialect.asserts_format)
		op_add(c, k, v, CLASS_STRING, OP_FORMAT)->u.format = format;
}

void
compile_unique(struct compiler *c, const struct keyword *k, struct jval v)
{
	if (is_boolean(c, v) && jval_type(v) == J_TRUE)
		op_add(c, k, v, CLASS_ARRAY, OP_UNIQUE);
}
