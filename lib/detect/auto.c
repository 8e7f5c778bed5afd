/*
 * auto - several looks at a series at once: is the value odd for the time of
 * the day, for the time of the week, has the level shifted, is it too calm?
 *
 * Each look is a number, whose surprise (surprise.h) is taken; the score is
 * the root of the sum of their squares, so that one that is very odd counts
 * for more than several that are a bit.
 *
 *  day, week  distance from what is usual at that time (season.h)
 *  shift      distance of a mean of some 20 values from one of some 400
 *  calm       how little the last 20 values varied: the sum of the absolute
 *             steps; a sensor that hangs, a feed that repeats itself
 *  level      distance from a mean of some 100 values, where that time of the
 *             day or week was never seen
 *  step       distance from the value before; where there are no times, in
 *             place of the week, and the level in place of the day
 *
 * Exponential means: Roberts 1959; seasons: Holt 1957, Winters 1960; squares
 * of logarithms of tails after Fisher's (1925) combination of tests.
 * O(log n) a value, a hundred times that if ranges are asked for; 480 KiB a
 * model that has seen 5000.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/xmem.h"
#include "detect/season.h"
#include "detect/surprise.h"
#include "detect/window.h"

#define STEPS 20
#define HALVINGS 30 /* in search of the end of a range */

enum { DAY, WEEK, SHIFT, CALM, SUMMED, LEVEL = SUMMED, STEP, LOOKS };

static const char *const names[LOOKS] = {
    "day", "week", "shift", "calm", "level", "step"};

struct model {
	const struct detect_options *options; /* lent */
	struct level base; /* of some 100 values */
	struct level slow, fast;
	struct season seasons[2]; /* if has_time */
	double steps[STEPS]; /* absolute; a ring */
	size_t n_steps, at;
	double before; /* the value before, or NaN */
	struct window pasts[LOOKS];
};

static void *
create(const struct detect_options *o)
{
	struct model *m = xcalloc(1, sizeof(*m));

	m->options = o;
	m->before = NAN;
	if (o->has_time) {
		season_init(&m->seasons[DAY],
		    o->period_ms == DETECT_AUTO ? SEASON_DAY : o->period_ms,
		    0.15);
		season_init(&m->seasons[WEEK],
		    o->period_ms > SEASON_DAY ? 7 * o->period_ms : SEASON_WEEK,
		    0.3);
	}
	for (size_t i = 0; i < LOOKS; i++)
		m->pasts[i].max = o->window;
	return m;
}

static void
destroy(void *model)
{
	struct model *m = model;

	for (size_t i = 0; m && i < LOOKS; i++)
		window_release(&m->pasts[i]);
	for (size_t i = 0; m && i < 2; i++)
		season_release(&m->seasons[i]);
	free(m);
}

/* What is usual at that time of a season; NaN: it was never seen. */
static double
expect(const struct model *m, size_t season, int64_t ms)
{
	const struct level *slot;

	if (!m->options->has_time)
		return NAN;
	slot = season_at(&m->seasons[season], ms);
	return slot->n > 0 ? slot->mean : (double)NAN;
}

/* Is it known what is usual at that time of the day? */
static bool
knows_day(const struct model *m, int64_t ms)
{
	return m->pasts[DAY].n >= SURPRISE_WARM_UP &&
	       !isnan(expect(m, DAY, ms));
}

/* The step from the value before; NaN if there is none. */
static double
step(const struct model *m, const struct detect_input *in)
{
	return in->is_gap ? (double)NAN : *in->x - m->before;
}

/* What each look sees; NaN: nothing, or what was not asked for. */
static void
look(const struct model *m, const struct detect_input *in, double *raw)
{
	double x = *in->x, fast = m->fast.mean, last = step(m, in);
	double sum = fabs(last);

	raw[DAY] = x - expect(m, DAY, in->ms);
	raw[WEEK] = x - expect(m, WEEK, in->ms);
	raw[LEVEL] = x - m->base.mean;
	raw[STEP] = last;
	fast += (x - fast) * 0.1;
	raw[SHIFT] = fast - m->slow.mean;
	for (size_t i = 0; i < LOOKS; i++)
		if (i != CALM)
			raw[i] = detect_distance(m->options, raw[i]);
	for (size_t i = 1; i < STEPS; i++)
		sum += m->steps[(m->at + i) % STEPS];
	raw[CALM] = m->n_steps < STEPS ? (double)NAN : -sum;
	for (size_t i = 0; m->base.n == 0 && i < LOOKS; i++)
		raw[i] = NAN;
}

/* What all looks say together. */
static double
total(const struct model *m, const struct detect_input *in)
{
	double raw[LOOKS], s[LOOKS], sum = 0;

	look(m, in, raw);
	for (size_t i = 0; i < LOOKS; i++)
		s[i] = surprise_of(&m->pasts[i], raw[i]);
	if (!knows_day(m, in->ms))
		s[DAY] = s[LEVEL];
	if (isnan(expect(m, WEEK, in->ms)))
		s[WEEK] = m->options->has_time ? s[LEVEL] : s[STEP];
	for (size_t i = 0; i < SUMMED; i++)
		sum += isnan(s[i]) ? 0 : s[i] * s[i];
	return sqrt(sum);
}

/* How far from x, which is below the limit, the total stays there; first: a
 * step in that direction, not 0. */
static double
reach(const struct model *m, struct detect_input in, double x, double first)
{
	double at = copysign(DETECT_VALUE_MAX, first), near = 0, far = first;

	in.x = &at;
	if (total(m, &in) <= in.limit)
		return copysign(INFINITY, first);
	for (at = x + far; total(m, &in) <= in.limit; at = x + far) {
		near = far;
		far *= 2;
	}
	for (size_t i = 0; i < HALVINGS; i++) {
		double mid = near + (far - near) / 2;

		at = x + mid;
		*(total(m, &in) <= in.limit ? &near : &far) = mid;
	}
	return near;
}

/* From where to where nothing would be an anomaly; unset, if all would. */
static void
find_range(
    const struct model *m, struct detect_input in, struct detect_part *part)
{
	const struct window *past =
	    &m->pasts[knows_day(m, in.ms) ? DAY : LEVEL];
	double x = part->expected, far = surprise_limit(past, in.limit);

	in.x = &x;
	if (total(m, &in) > in.limit)
		return;
	/* by itself that look is worth the limit there */
	far = far > 0 ? far : fabs(x) + 1;
	part->low = x + reach(m, in, x, -far);
	part->high = x + reach(m, in, x, far);
}

static double
score(void *model, const struct detect_input *in, struct detect_part *part)
{
	const struct model *m = model;

	if (m->pasts[LEVEL].n < SURPRISE_WARM_UP)
		return NAN;
	part->expected =
	    knows_day(m, in->ms) ? expect(m, DAY, in->ms) : m->base.mean;
	part->score = total(m, in);
	if (m->options->has_ranges)
		find_range(m, *in, part);
	return part->score;
}

/* What comes just before the next row. */
static void
move_on(struct model *m, const struct detect_input *in)
{
	double s = step(m, in);

	if (in->is_gap)
		m->n_steps = 0;
	m->before = *in->x;
	if (isnan(s))
		return;
	m->steps[m->at] = fabs(s);
	m->at = (m->at + 1) % STEPS;
	m->n_steps += m->n_steps < STEPS;
}

static void
update(void *model, const struct detect_input *in, bool is_odd)
{
	struct model *m = model;
	double raw[LOOKS], x = *in->x;

	look(m, in, raw);
	for (size_t i = 0; i < LOOKS; i++)
		if (!isnan(raw[i]))
			window_add(&m->pasts[i], raw[i]);
	move_on(m, in);
	if (is_odd)
		return;
	for (size_t i = 0; m->options->has_time && i < 2; i++)
		level_add(
		    season_at(&m->seasons[i], in->ms), x, m->seasons[i].weight);
	level_add(&m->base, x, 0.02);
	level_add(&m->slow, x, 0.005);
	level_add(&m->fast, x, 0.1);
}

static void
pack(void *model, struct pack *p)
{
	struct model *m = model;

	level_pack(&m->base, p, "base");
	level_pack(&m->slow, p, "slow");
	level_pack(&m->fast, p, "fast");
	for (size_t i = 0; m->options->has_time && i < 2; i++)
		season_pack(
		    &m->seasons[i], p, i == DAY ? "day_slots" : "week_slots");
	pack_doubles(p, "steps", m->steps, STEPS);
	pack_size(p, "n_steps", &m->n_steps, 0, STEPS);
	pack_size(p, "at", &m->at, 0, STEPS - 1);
	pack_maybe(p, "before", &m->before);
	for (size_t i = 0; i < LOOKS; i++)
		window_pack(&m->pasts[i], p, names[i]);
}

const struct detect_method detect_auto = {
    .name = "auto",
    .about = "odd for its time, a shift of level, or too calm; a good start",
    .threshold = 2.5,
    .window = SURPRISE_ROWS,
    .traits = DETECT_SERIES | DETECT_PEAKS | DETECT_SEASONS,
    .bytes = 40000,
    .bytes_a_value = 96,
    .create = create,
    .destroy = destroy,
    .score = score,
    .update = update,
    .pack = pack,
};
