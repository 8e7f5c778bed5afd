#include <inttypes.h>

#include "quality/proposal.h"

#define MAP_LEAST 10 /* members */

#define BIT(type) (1U << (type))
#define NUMBERS (BIT(PROFILE_INTEGER) | BIT(PROFILE_NUMBER))

bool
proposal_is_only(const struct proposal *q, unsigned types)
{
	unsigned rest = q->types & ~BIT(PROFILE_NULL);

	return rest && !(rest & ~types);
}

static void
decide_presence(struct proposal *q, const struct profile *p)
{
	const struct profile_path *x = q->path, *up = x->up;
	uint64_t objects = up ? up->types[PROFILE_OBJECT] : 0;

	if (!x->name || objects < PROPOSAL_LEAST || q->n < objects)
		return;
	q->is_required = true;
	q->is_everywhere = !x->in_array && q->n == p->n_records;
	buf_addf(&q->evidence[DEMAND_REQUIRED],
	    "in each of %" PRIu64 " objects", objects);
}

static void
decide_types(struct proposal *q)
{
	struct buf *why = &q->evidence[DEMAND_TYPE];
	const uint64_t *types = q->path->types;

	for (unsigned i = 0; i < PROFILE_TYPES; i++) {
		if (types[i] == 0)
			continue;
		q->types |= (uint8_t)BIT(i);
		buf_addf(why, "%s%s %" PRIu64, why->len ? ", " : "",
		    profile_type_names[i], types[i]);
	}
	if (q->types == BIT(PROFILE_NULL))
		q->types = 0; /* it must be for something else */
	if (q->n < PROPOSAL_LEAST && q->types) {
		q->types |= BIT(PROFILE_NULL);
		if (q->types & NUMBERS)
			q->types |= BIT(PROFILE_NUMBER);
	}
	if (q->types & BIT(PROFILE_NUMBER))
		q->types &= (uint8_t)~BIT(PROFILE_INTEGER);
	if (!q->types)
		why->len = 0;
}

bool
proposal_is_growing(const struct profile_path *x)
{
	return x->course.n >= PROPOSAL_LEAST && x->course.n_down == 0 &&
	       x->course.last > x->course.first;
}

/* Would random integers out of that span have met by now?  Of n out of s
 * none are alike with the chance exp(-n^2 / 2 s): 5 % if n^2 is 6 s. */
static bool
is_surprising(const struct profile_path *x)
{
	double n = (double)x->numbers.n;

	return proposal_is_growing(x) ||
	       n * n >= 6 * (x->numbers.max - x->numbers.min);
}

static bool
is_code(const struct profile_path *x)
{
	for (uint32_t i = 0; i < x->shapes.n; i++)
		if (!shape_is_code(&x->shapes.all[i]))
			return false;
	return !x->shapes.is_lossy && x->shapes.n_text == 0 &&
	       x->shapes.n <= PROPOSAL_SHAPES && forms_times(&x->forms) == 0;
}

static void
decide_unique(struct proposal *q, const struct profile *p)
{
	const struct profile_path *x = q->path;
	bool is_named = proposal_is_only(q, BIT(PROFILE_STRING)) &&
			(forms_all(&x->forms, FORM_UUID) || is_code(x));
	bool is_counted =
	    proposal_is_only(q, BIT(PROFILE_INTEGER)) && is_surprising(x);

	q->is_unique = p->is_exact && q->is_everywhere &&
		       x->exact.state == EXACT_UNIQUE && x->exact.n == q->n &&
		       (is_named || is_counted);
	if (q->is_unique)
		buf_addf(&q->evidence[DEMAND_UNIQUE],
		    "%" PRIu64 " values, no two alike", q->n);
}

static void
decide_order(struct proposal *q)
{
	q->is_ordered = q->is_time && proposal_is_growing(q->path);
	if (q->is_ordered)
		buf_addf(&q->evidence[DEMAND_ORDER],
		    "%" PRIu64 " times, none before the one before it",
		    q->path->course.n);
}

/* Double the greatest and round up to 1, 2 or 5 and zeros. */
static uint64_t
round_length(double max)
{
	double want = 2 * max, unit = 1;

	while (unit * 10 < want)
		unit *= 10;
	if (want <= unit * 2)
		return (uint64_t)(unit * 2);
	return (uint64_t)(want <= unit * 5 ? unit * 5 : unit * 10);
}

static void
explain_length(struct proposal *q, enum demand which, const struct moments *s,
    const char *unit)
{
	buf_addf(&q->evidence[which], "%" PRIu64 " of %.0f to %.0f %s", s->n,
	    s->min, s->max, unit);
}

/* Of strings in code points, or of arrays in elements. */
static void
decide_length(struct proposal *q, const struct moments *s, const char *unit)
{
	if (s->n < PROPOSAL_LEAST || s->max > 1e15)
		return;
	if (s->min > 0) {
		q->min_length = 1;
		explain_length(q, DEMAND_MIN_LENGTH, s, unit);
	}
	if (s->max > 0) {
		q->max_length = round_length(s->max);
		explain_length(q, DEMAND_MAX_LENGTH, s, unit);
	}
}

void
proposal_make(
    struct proposal *q, const struct profile *p, const struct profile_path *x)
{
	*q = (struct proposal){.path = x,
	    .n = profile_count(x),
	    .form = FORM_COUNT,
	    .min_length = PROPOSAL_NONE,
	    .max_length = PROPOSAL_NONE};
	decide_presence(q, p);
	decide_types(q);
	decide_unique(q, p);
	if (q->types & NUMBERS)
		proposal_of_numbers(q);
	if (proposal_is_only(q, BIT(PROFILE_STRING)) &&
	    q->n >= PROPOSAL_LEAST) {
		proposal_of_strings(q);
		decide_order(q);
		if (q->n_values == 0 && q->pattern.len == 0 && !q->is_time)
			decide_length(q, &x->lengths, "characters");
	} else if (proposal_is_only(q, BIT(PROFILE_ARRAY))) {
		decide_length(q, &x->sizes, "elements");
	}
}

void
proposal_release(struct proposal *q)
{
	buf_release(&q->min);
	buf_release(&q->max);
	buf_release(&q->pattern);
	for (size_t i = 0; i < DEMAND_COUNT; i++)
		buf_release(&q->evidence[i]);
}

/* The types of all members, as bits; integers count as numbers. */
static unsigned
types_below(const struct profile_path *x)
{
	unsigned types = 0;

	for (const struct profile_path *c = x->child; c; c = c->sibling)
		for (unsigned i = 0; c->name && i < PROFILE_TYPES; i++)
			if (c->types[i] > 0)
				types |= BIT(
				    i == PROFILE_INTEGER ? PROFILE_NUMBER : i);
	return types & ~BIT(PROFILE_NULL);
}

bool
proposal_is_map(const struct profile_path *x)
{
	uint64_t objects = x->types[PROFILE_OBJECT];
	unsigned types = types_below(x);
	size_t members = 0;

	for (const struct profile_path *c = x->child; c; c = c->sibling) {
		if (!c->name)
			continue;
		members++;
		if (10 * profile_count(c) >= 9 * objects)
			return false;
	}
	return x->up && members >= MAP_LEAST && (types & (types - 1)) == 0;
}
