/*
 * iqr - distance outside the quartiles of the last values, in interquartile
 * ranges: 0 between the quartiles, above 1.5 outside Tukey's fence.
 *
 * Quartiles are interpolated linearly (type 7 of Hyndman and Fan 1996, what
 * numpy does).  Time and memory: see window.h.
 *
 * Tukey 1977 (the fence).
 */
#include <math.h>
#include <stdlib.h>

#include "detect/recent.h"

static double
score(void *model, const struct detect_input *in, struct detect_part *part)
{
	const struct recent *m = model;
	double x = *in->x, q1, q3, range;

	if (m->window.n < detect_warm_up(m->options))
		return NAN;
	q1 = window_quantile(&m->window, 0.25);
	q3 = window_quantile(&m->window, 0.75);
	range = q3 - q1;
	part->score = detect_ratio(fmax(0, fmax(q1 - x, x - q3)), range);
	part->expected = window_quantile(&m->window, 0.5);
	part->low = q1 - m->options->threshold * range;
	part->high = q3 + m->options->threshold * range;
	return part->score;
}

const struct detect_method detect_iqr = {
    .name = "iqr",
    .about = "interquartile ranges outside the quartiles of the last values",
    .threshold = 1.5,
    .window = 100,
    .bytes_a_value = 16,
    .create = recent_new,
    .destroy = recent_free,
    .score = score,
    .update = recent_update,
    .pack = recent_pack,
};
