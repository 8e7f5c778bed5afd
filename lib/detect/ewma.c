/*
 * ewma - distance from a mean in which the last values weigh more
 * (exponentially weighted moving average, Roberts 1959), as a surprise.
 *
 * A value weighs (1 - a)^i after i others, a = 2 / (window + 1); the first
 * ones all the same.  The mean is in the unit of the values, the distance
 * too.  O(1) a value and a few words of memory, besides the past distances.
 */
#include <math.h>
#include <stdlib.h>

#include "core/xmem.h"
#include "detect/detect.h"
#include "detect/level.h"

struct model {
	struct level level;
	double weight;
};

static void *
create(const struct detect_options *o)
{
	struct model *m = xcalloc(1, sizeof(*m));

	m->weight = 2 / ((double)o->window + 1);
	return m;
}

static double
score(void *model, const struct detect_input *in, struct detect_part *part)
{
	const struct model *m = model;

	if (m->level.n == 0)
		return NAN;
	part->expected = m->level.mean;
	return fabs(*in->x - m->level.mean);
}

static void
update(void *model, const struct detect_input *in, bool is_odd)
{
	struct model *m = model;

	(void)is_odd;
	level_add(&m->level, *in->x, m->weight);
}

static void
pack(void *model, struct pack *p)
{
	struct model *m = model;

	level_pack(&m->level, p, "level");
}

const struct detect_method detect_ewma = {
    .name = "ewma",
    .about = "distance from a mean in which late values weigh more",
    .threshold = 2,
    .window = 400,
    .traits = DETECT_RAW | DETECT_DISTANCE | DETECT_PEAKS,
    .create = create,
    .destroy = free,
    .score = score,
    .update = update,
    .pack = pack,
};
