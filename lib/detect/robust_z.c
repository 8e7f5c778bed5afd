/*
 * robust_z - distance from the median of the last values, in median absolute
 * deviations, times 0.6745 so that it is like z_score for normal values.
 *
 * Iglewicz and Hoaglin 1993.  Where more than half of the values are the
 * same, so that the median deviation is 0, the mean absolute deviation times
 * 1.2533 stands in for it.  Half of the window is walked through for each
 * value; memory: see window.h.
 */
#include <math.h>
#include <stdlib.h>

#include "detect/recent.h"

#define NORMAL_MEDIAN 0.6745 /* median deviation of a normal value, sd 1 */
#define NORMAL_MEAN 1.2533141373155003 /* sd, mean deviation 1 */

static double
mean_deviation(const struct window *w, double center)
{
	double mean = 0;

	for (size_t i = 0; i < w->n; i++)
		mean += (fabs(w->sorted[i] - center) - mean) / (double)(i + 1);
	return mean;
}

static double
score(void *model, const struct detect_input *in, struct detect_part *part)
{
	const struct recent *m = model;
	double median, unit;

	if (m->window.n < detect_warm_up(m->options))
		return NAN;
	median = window_quantile(&m->window, 0.5);
	unit = window_deviation(&m->window, median) / NORMAL_MEDIAN;
	if (!(unit > 0))
		unit = mean_deviation(&m->window, median) * NORMAL_MEAN;
	part->score = detect_ratio(fabs(*in->x - median), unit);
	part->expected = median;
	part->low = median - m->options->threshold * unit;
	part->high = median + m->options->threshold * unit;
	return part->score;
}

const struct detect_method detect_robust_z = {
    .name = "robust_z",
    .about = "median deviations from the median of the last values",
    .threshold = 3.5,
    .window = 100,
    .bytes_a_value = 16,
    .create = recent_new,
    .destroy = recent_free,
    .score = score,
    .update = recent_update,
    .pack = recent_pack,
};
