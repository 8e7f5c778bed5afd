/* profile, second part: what is learned of one value. */
#include <math.h>
#include <string.h>

#include "core/xxh64.h"
#include "quality/profile.h"

static void
add_course(struct profile_path *x, double now)
{
	struct profile_course *c = &x->course;

	if (x->in_array)
		return;
	if (c->n++ == 0)
		c->first = now;
	else
		c->n_down += now < c->last;
	c->last = now;
}

static void
merge_course(struct profile_course *c, const struct profile_course *from)
{
	if (from->n == 0)
		return;
	if (c->n == 0) {
		*c = *from;
		return;
	}
	c->n += from->n;
	c->n_down += from->n_down + (from->first < c->last);
	c->last = from->last;
}

/* What numbers and strings have in common. */
static void
add_hash(struct profile *p, struct profile_path *x, enum profile_tag tag,
    const void *data, size_t len)
{
	uint64_t seed = tag < PROFILE_TAG_UINT ? 0 : tag; /* kinds differ */
	uint64_t hash = xxh64(data, len, seed);

	hll_add(&x->distinct, hash);
	top_add(&x->top, hash, (uint8_t)tag, data, len);
	if (p->is_exact && !x->in_array && x->exact.state == EXACT_UNIQUE)
		exact_add(&x->exact,
		    (struct exact_hash){hash, xxh64(data, len, seed + 8)},
		    &p->budget);
}

static void
add_number(struct profile *p, struct profile_path *x, struct jval v)
{
	double d = jval_double(v);
	int64_t whole;

	x->types[jval_type(v) == J_DOUBLE ? PROFILE_NUMBER : PROFILE_INTEGER]++;
	moments_add(&x->numbers, d);
	quantile_add(&x->quantiles, d);
	add_course(x, d);
	if (jval_type(v) == J_DOUBLE && !(fabs(d) < 0x1p53 && floor(d) == d)) {
		add_hash(p, x, PROFILE_TAG_DOUBLE, &d, sizeof(d));
		return;
	}
	/* 1.0 is 1 */
	whole = jval_type(v) == J_DOUBLE ? (int64_t)d : jval_int(v);
	add_hash(p, x,
	    jval_type(v) == J_UINT ? PROFILE_TAG_UINT : PROFILE_TAG_INT, &whole,
	    sizeof(whole));
}

static void
add_string(struct profile *p, struct profile_path *x, struct jval v)
{
	size_t len;
	const char *s = jval_string(v, &len);
	int64_t ms;

	x->types[PROFILE_STRING]++;
	moments_add(&x->lengths, (double)shapes_add(&x->shapes, s, len));
	if (forms_add(&x->forms, s, len, &ms))
		add_course(x, (double)ms);
	add_hash(p, x, PROFILE_TAG_STRING, s, len);
}

void
profile_add_value(struct profile *p, struct profile_path *x, struct jval v)
{
	switch (jval_type(v)) {
	case J_INT:
	case J_UINT:
	case J_DOUBLE:
		add_number(p, x, v);
		break;
	case J_STRING:
		add_string(p, x, v);
		break;
	case J_TRUE:
		x->n_true++;
		x->types[PROFILE_BOOLEAN]++;
		break;
	case J_FALSE:
		x->types[PROFILE_BOOLEAN]++;
		break;
	default:
		x->types[PROFILE_NULL]++;
	}
}

void
profile_merge_path(
    struct profile_path *x, const struct profile_path *from, struct profile *p)
{
	for (int i = 0; i < PROFILE_TYPES; i++)
		x->types[i] += from->types[i];
	x->n_true += from->n_true;
	x->n_beyond += from->n_beyond;
	moments_merge(&x->numbers, &from->numbers);
	moments_merge(&x->lengths, &from->lengths);
	moments_merge(&x->sizes, &from->sizes);
	merge_course(&x->course, &from->course);
	hll_merge(&x->distinct, &from->distinct);
	quantile_merge(&x->quantiles, &from->quantiles);
	top_merge(&x->top, &from->top);
	shapes_merge(&x->shapes, &from->shapes);
	forms_merge(&x->forms, &from->forms);
	exact_merge(&x->exact, &from->exact, &p->budget);
}
