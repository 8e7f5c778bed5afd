/* proposal, third part: the range of numbers. */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#include "quality/proposal.h"

#define LARGE 1000 /* numbers, for the smaller margin */
#define WHOLE 0x1p53 /* up to here every integer is a double */

/*
 * Append x, down or up to a multiple of 10^exponent, as text; nothing, if
 * that has too many digits to be beyond the limit for sure.
 */
static void
add_round(struct buf *b, double x, int exponent, bool is_up, double limit)
{
	double step = pow(10, abs(exponent));
	double n = exponent < 0 ? x * step : x / step;

	n = is_up ? ceil(n) : floor(n);
	if (n == 0)
		buf_addf(b, "0");
	else if (exponent < 0)
		buf_addf(b, "%.*f", -exponent, n / step);
	else
		buf_addf(b, "%.0f", n * step);
	x = strtod(b->data, NULL);
	if (is_up ? x < limit : x > limit)
		b->len = 0;
}

/* Whole numbers that differ name things: they have no range. */
static bool
is_key(const struct proposal *q)
{
	return q->is_unique && proposal_is_only(q, 1U << PROFILE_INTEGER);
}

/* How far beyond the extremes the range goes, below and above. */
struct margins {
	double low, high;
};

/* What the outermost tenth reaches is to be expected again; where it reaches
 * farther than all others do, twice. */
static double
margin(double least, double reach, double span)
{
	return fmax(least, 2 * reach > span ? 2 * reach : reach);
}

static struct margins
find_margins(const struct profile_path *x)
{
	static const double shares[] = {0.1, 0.9};
	const struct moments *s = &x->numbers;
	double span = s->max - s->min, q[2];
	double least = span * (s->n < LARGE ? 0.25 : 0.1);

	quantile_get(&x->quantiles, shares, 2, q);
	return (struct margins){margin(least, q[0] - s->min, span),
	    margin(least, s->max - q[1], span)};
}

static void
set_limit(struct proposal *q, enum demand which, double beyond, int exponent)
{
	const struct moments *s = &q->path->numbers;
	bool is_min = which == DEMAND_MIN;
	double extreme = is_min ? s->min : s->max;
	double limit = is_min ? s->min - beyond : s->max + beyond;
	bool is_beyond_0 =
	    is_min ? s->min >= 0 && limit <= 0 : s->max <= 0 && limit >= 0;
	struct buf *text = is_min ? &q->min : &q->max;

	add_round(text, is_beyond_0 ? 0 : limit, exponent, !is_min, extreme);
	if (text->len > 0)
		buf_addf(&q->evidence[which],
		    "%" PRIu64 " numbers from %.10g to %.10g, margin %.4g",
		    s->n, s->min, s->max, beyond);
}

void
proposal_of_numbers(struct proposal *q)
{
	const struct moments *s = &q->path->numbers;
	double span = s->max - s->min;
	struct margins margins = {fabs(s->min), fabs(s->max)}; /* up to 0 */
	int exponent = span > 0 ? (int)floor(log10(span)) - 1 : 0;

	if (s->n < PROPOSAL_LEAST || is_key(q) ||
	    !(fabs(s->min) < WHOLE && fabs(s->max) < WHOLE) || exponent < -300)
		return;
	if (exponent < 0 && proposal_is_only(q, 1U << PROFILE_INTEGER))
		exponent = 0;
	if (span > 0)
		margins = find_margins(q->path);
	/* of one number all that is known is its sign */
	if (span > 0 || s->min >= 0)
		set_limit(q, DEMAND_MIN, margins.low, exponent);
	if (span > 0 ? !proposal_is_growing(q->path) : s->max <= 0)
		set_limit(q, DEMAND_MAX, margins.high, exponent);
}
