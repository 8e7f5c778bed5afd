/*
 * seasonal - distance from what is usual at that time of the day or of the
 * week, as a surprise.
 *
 * Each slot of a period has a mean in which late periods weigh more: the
 * seasonal part of Holt (1957) and Winters (1960), with the level in it.
 * A time that was never seen has no score.  Without a period that is asked
 * for, day and week are both kept, and the one speaks that erred less lately
 * (its absolute error, smoothed).
 * O(1) a value; 37 KiB a model, besides the past distances.
 */
#include <math.h>
#include <stdlib.h>

#include "core/xmem.h"
#include "detect/season.h"

#define ERROR_WEIGHT 0.002
#define N_AUTO 2

static const struct {
	int64_t period_ms;
	double weight;
} kinds[N_AUTO] = {{SEASON_DAY, 0.15}, {SEASON_WEEK, 0.3}};

struct model {
	size_t n; /* of seasons */
	struct season seasons[N_AUTO];
	struct level errors[N_AUTO]; /* of each */
};

static void *
create(const struct detect_options *o)
{
	struct model *m = xcalloc(1, sizeof(*m));

	if (o->period_ms != DETECT_AUTO) {
		m->n = 1;
		season_init(&m->seasons[0], o->period_ms,
		    o->period_ms > SEASON_DAY ? 0.3 : 0.15);
		return m;
	}
	m->n = N_AUTO;
	for (size_t i = 0; i < m->n; i++)
		season_init(
		    &m->seasons[i], kinds[i].period_ms, kinds[i].weight);
	return m;
}

static void
destroy(void *model)
{
	struct model *m = model;

	for (size_t i = 0; m && i < m->n; i++)
		season_release(&m->seasons[i]);
	free(m);
}

/* What is usual at that time; NaN: it was never seen. */
static double
expect(const struct model *m, size_t i, int64_t ms)
{
	const struct level *slot = season_at(&m->seasons[i], ms);

	return slot->n > 0 ? slot->mean : (double)NAN;
}

static double
score(void *model, const struct detect_input *in, struct detect_part *part)
{
	const struct model *m = model;
	size_t best = 0;

	for (size_t i = 1; i < m->n; i++)
		if (m->errors[i].n > 0 &&
		    m->errors[i].mean < m->errors[best].mean &&
		    !isnan(expect(m, i, in->ms)))
			best = i;
	part->expected = expect(m, best, in->ms);
	return fabs(*in->x - part->expected);
}

static void
update(void *model, const struct detect_input *in, bool is_odd)
{
	struct model *m = model;

	(void)is_odd;
	for (size_t i = 0; i < m->n; i++) {
		const struct season *s = &m->seasons[i];

		double error = fabs(*in->x - expect(m, i, in->ms));

		if (!isnan(error))
			level_add(&m->errors[i], error, ERROR_WEIGHT);
		level_add(season_at(s, in->ms), *in->x, s->weight);
	}
}

static void
pack(void *model, struct pack *p)
{
	struct model *m = model;

	for (size_t i = 0; i < m->n; i++) {
		level_pack(&m->errors[i], p, "error");
		season_pack(&m->seasons[i], p, "slots");
	}
}

const struct detect_method detect_seasonal = {
    .name = "seasonal",
    .about = "distance from what is usual at that time of day or week",
    .threshold = 2,
    .traits = DETECT_RAW | DETECT_DISTANCE | DETECT_PEAKS | DETECT_TIMED |
	      DETECT_SEASONS,
    .bytes = 40000,
    .create = create,
    .destroy = destroy,
    .score = score,
    .update = update,
    .pack = pack,
};
