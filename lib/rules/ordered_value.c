#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "core/num.h"
#include "core/timestamp.h"
#include "rules/ordered_value.h"
#include "json/write.h"

#define KEY_MAX 200 /* bytes of a key that are shown */

static bool
is_moment(const struct seen_value *x)
{
	return x->type == J_STRING;
}

bool
ordered_read(struct jval v, struct seen_value *x, struct buf *words)
{
	enum jtype type = jval_type(v);
	size_t len;
	const char *s = jval_string(v, &len);
	int64_t ms;

	if (jval_is_number(v)) {
		*x = (struct seen_value){type, jval_uint(v)};
		return true;
	}
	if (timestamp_parse(s, len, &ms)) {
		*x = (struct seen_value){J_STRING, (uint64_t)ms};
		return true;
	}
	buf_adds(words, "is neither a number nor a date-time (RFC 3339)");
	return false;
}

bool
ordered_read_integer(struct jval v, struct seen_value *x, struct buf *words)
{
	double d = jval_double(v);

	if (jval_type(v) == J_INT) {
		*x = (struct seen_value){J_INT, jval_uint(v)};
		return true;
	}
	if (jval_type(v) == J_DOUBLE && floor(d) == d && fabs(d) < 0x1p63) {
		*x = (struct seen_value){J_INT, (uint64_t)(int64_t)d};
		return true;
	}
	buf_adds(words, "is not an integer of 64 bits");
	return false;
}

/* A tape for one number. */
struct tape {
	uint64_t words[3];
	struct jdoc doc;
};

static struct jval
lay(struct tape *t, const struct seen_value *x)
{
	t->words[0] = 0;
	t->words[1] = (uint64_t)x->type << 56;
	t->words[2] = x->bits;
	t->doc = (struct jdoc){.tape = t->words};
	return (struct jval){&t->doc, 1};
}

static int
compare(const struct seen_value *x, const struct seen_value *y)
{
	struct tape a, b;
	int64_t s = (int64_t)x->bits, t = (int64_t)y->bits;

	if (is_moment(x))
		return (s > t) - (s < t);
	return jval_compare(lay(&a, x), lay(&b, y));
}

/* How far apart they are; of moments milliseconds. */
static double
distance(const struct seen_value *x, const struct seen_value *y)
{
	struct tape a, b;

	if (x->type == y->type && x->type != J_DOUBLE) /* exact */
		return compare(x, y) > 0 ? (double)(x->bits - y->bits)
					 : (double)(y->bits - x->bits);
	return fabs(jval_double(lay(&a, x)) - jval_double(lay(&b, y)));
}

static void
add_value(struct buf *b, const struct seen_value *x)
{
	char text[TIMESTAMP_SIZE];
	struct tape t;

	if (is_moment(x))
		buf_add(b, text, timestamp_format((int64_t)x->bits, text));
	else
		jwrite_value(b, lay(&t, x));
}

static bool
is_strict(const struct ordered_rule *r)
{
	return r->direction == DIRECTION_INCREASING ||
	       r->direction == DIRECTION_DECREASING;
}

static bool
goes_down(const struct ordered_rule *r)
{
	return r->direction == DIRECTION_DECREASING ||
	       r->direction == DIRECTION_NON_INCREASING;
}

static void
say_back(const struct ordered_rule *r, const struct seen_value *x,
    const struct seen_value *furthest, double by, struct buf *words)
{
	static const char *const side[2][2] = {
	    {"below", "above"}, {"before", "after"}};

	buf_adds(words, by > 0 ? "is " : "repeats ");
	if (by > 0 && is_moment(x))
		num_add_duration(words, (int64_t)by);
	else if (by > 0)
		jwrite_double(words, by);
	if (by > 0)
		buf_addf(words, " %s ", side[is_moment(x)][goes_down(r)]);
	if (r->redact)
		buf_adds(words, "the last one");
	else
		add_value(words, furthest);
}

enum step
ordered_step(const struct ordered_rule *r, const struct seen_value *x,
    const struct seen_value *furthest, struct buf *words)
{
	double by, tolerance = r->tolerance;
	int way;

	if (is_moment(x) != is_moment(furthest)) {
		buf_addf(words, "is a %s, but the last one was a %s",
		    is_moment(x) ? "date-time" : "number",
		    is_moment(x) ? "number" : "date-time");
		return STEP_BACK;
	}
	way = compare(x, furthest);
	if (goes_down(r))
		way = -way;
	if (way > 0 || (way == 0 && !is_strict(r)))
		return STEP_FORWARD;
	by = distance(x, furthest);
	if (is_moment(x))
		tolerance = r->tolerance_ms == NO_DURATION
				? 0
				: (double)r->tolerance_ms;
	if (tolerance > 0 && by <= tolerance)
		return STEP_TOLERATED;
	say_back(r, x, furthest, by, words);
	return STEP_BACK;
}

bool
ordered_follows(const struct ordered_rule *r, const struct seen_value *x,
    const struct seen_value *last, struct buf *words)
{
	uint64_t by = x->bits - last->bits;
	int way = compare(x, last);

	if (way > 0 && by == r->step)
		return true;
	if (way == 0)
		buf_adds(words, "repeats ");
	else if (way < 0)
		buf_adds(words, "goes back from ");
	else if (by % r->step == 0)
		buf_addf(words, "%" PRIu64 " missing after ", by / r->step - 1);
	else
		buf_addf(
		    words, "is no multiple of %" PRIu64 " above ", r->step);
	if (r->redact)
		buf_adds(words, "the last one");
	else
		add_value(words, last);
	return false;
}

void
ordered_say_seen(
    const struct ordered_rule *r, const struct rules_view *v, struct buf *words)
{
	size_t start = words->len;

	buf_adds(words, "was there ");
	if (r->within_ms != NO_DURATION) {
		buf_adds(words, "within ");
		num_add_duration(words, r->within_ms);
	} else if (r->within_records != NO_NUMBER) {
		buf_addf(
		    words, "within %" PRIu64 " records", r->within_records);
	} else {
		buf_adds(words, "before");
	}
	for (size_t i = 0; !r->redact && i < r->n_slots; i++) {
		if (words->len - start > KEY_MAX) {
			buf_adds(words, ", ...");
			return;
		}
		buf_adds(words, i ? ", " : ": ");
		buf_adds(words, r->names[i]);
		buf_addc(words, ' ');
		rules_add_start(words, v->fields.values[r->slots[i]]);
	}
}
