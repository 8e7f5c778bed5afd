/*
 * matrix_profile - how unlike all that came before are the last 20 values, as
 * a shape: the distance of the run from its nearest among the earlier ones,
 * each less its mean; as a surprise.
 *
 * The left matrix profile, whose largest value is the left discord: Yeh and
 * others 2016; looking back only, Lu and others 2022 (DAMP).  They also divide
 * each run by its deviation, which makes the noise of a quiet stretch as loud
 * as anything: 14 instead of 53 on the Numenta benchmark.  Runs that overlap
 * by more than half do not count as earlier.  O(window * 20) a value at most;
 * 16 bytes a value of the window.
 */
#include <math.h>
#include <stdlib.h>

#include "core/xmem.h"
#include "detect/history.h"

#define RUN 20
#define APART (RUN / 2) /* values between the starts of runs that count */

static void *
create(const struct detect_options *o)
{
	struct history *h = xcalloc(1, sizeof(*h));

	h->max = o->window > 2 * RUN ? o->window : 2 * RUN;
	return h;
}

static double
mean(const double *x)
{
	double sum = 0;

	for (size_t i = 0; i < RUN; i++)
		sum += x[i] / RUN;
	return sum;
}

/* The squared distance of the runs at x, with the mean 0, and at y; something
 * above most if it is that; NaN: there is a gap. */
static double
compare(const double *x, const double *y, double most)
{
	double less = mean(y), sum = 0;

	for (size_t i = 0; i < RUN && !(sum > most); i++)
		sum += (x[i] - (y[i] - less)) * (x[i] - (y[i] - less));
	return sum;
}

static double
score(void *model, const struct detect_input *in, struct detect_part *part)
{
	const struct history *h = model;
	const double *old = history_at(h);
	size_t n = history_n(h);
	double run[RUN], nearest = INFINITY, less;

	(void)part;
	if (n < RUN - 1 + RUN || !history_tail(h, in, RUN, run))
		return NAN;
	less = mean(run);
	for (size_t i = 0; i < RUN; i++)
		run[i] -= less;
	/* run starts at n - RUN + 1 */
	for (size_t i = 0; i + RUN + APART <= n + 1; i++) {
		double d = compare(run, old + i, nearest);

		if (d < nearest)
			nearest = d;
	}
	return nearest < INFINITY ? sqrt(nearest) : (double)NAN;
}

const struct detect_method detect_matrix_profile = {
    .name = "matrix_profile",
    .about = "a shape of 20 values that was not seen before (left discord)",
    .threshold = 2,
    .window = 1000,
    .traits = DETECT_RAW | DETECT_PEAKS | DETECT_SERIES | DETECT_BLIND,
    .bytes_a_value = 16,
    .create = create,
    .destroy = history_destroy,
    .score = score,
    .update = history_update,
    .pack = history_pack_model,
};
