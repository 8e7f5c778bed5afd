/*
 * spectral_residual - what stands out of the spectrum: the saliency of the
 * last value above the mean of those before it, relative to that mean; as a
 * surprise.
 *
 * Ren and others 2019 (Time-series anomaly detection service at Microsoft),
 * with their parameters but for the window: the log amplitudes of 256 values
 * lose their mean over 3 neighbours, the rest is transformed back, and its
 * amplitude is the saliency; before that the series is continued by 5 values
 * along the mean slope before the last one, which is judged best inside.  The
 * mean is that of 21 saliencies.  A radix-2 transform, its factors from half
 * angles by roots alone.  Two transforms a value; 4 KiB.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/xmem.h"
#include "detect/history.h"
#include "detect/maths.h"

#define SIZE 256
#define AHEAD 5 /* values that are made up */
#define SLOPES 5
#define KNOWN (SIZE - AHEAD)
#define LAST (KNOWN - 2) /* to go on from: not the one that is judged */
#define AMPLITUDES 3 /* to average */
#define SALIENCIES 21
#define TINY 1e-8 /* added to amplitudes, relative to the largest */

struct model {
	struct history history; /* first, see history.h */
	double cosines[SIZE], sines[SIZE]; /* of i / SIZE turns */
};

struct spectrum {
	double re[SIZE], im[SIZE];
};

/* cos and sin of all angles, by halving the known ones: exact to rounding
 * without a libm. */
static void
make_factors(struct model *m)
{
	double c = -1, s = 0; /* half a turn */

	m->cosines[0] = 1;
	m->sines[0] = 0;
	for (size_t step = SIZE / 2; step > 0; step /= 2) {
		for (size_t i = step; i < SIZE; i += 2 * step) {
			double c0 = m->cosines[i - step];
			double s0 = m->sines[i - step];

			m->cosines[i] = c0 * c - s0 * s;
			m->sines[i] = s0 * c + c0 * s;
		}
		s = sqrt((1 - c) / 2);
		c = step == SIZE / 2 ? 0 : sqrt((1 + c) / 2);
	}
}

static void *
create(const struct detect_options *o)
{
	struct model *m = xcalloc(1, sizeof(*m));

	(void)o;
	m->history.max = KNOWN;
	make_factors(m);
	return m;
}

/* Cooley and Tukey 1965, in place; sign -1: forwards, 1: backwards without
 * the division. */
static void
transform(const struct model *m, struct spectrum *a, double sign)
{
	for (size_t i = 0, j = 0; i < SIZE; i++) {
		if (i < j) {
			double re = a->re[i], im = a->im[i];

			a->re[i] = a->re[j];
			a->im[i] = a->im[j];
			a->re[j] = re;
			a->im[j] = im;
		}
		for (size_t bit = SIZE / 2; (j ^= bit) < bit; bit /= 2)
			;
	}
	for (size_t half = 1; half < SIZE; half *= 2) {
		for (size_t i = 0; i < SIZE; i++) {
			size_t k = i + half,
			       at = (i & (half - 1)) * (SIZE / 2 / half);
			double c = m->cosines[at], s = sign * m->sines[at];
			double re, im;

			if (i & half)
				continue;
			re = a->re[k] * c - a->im[k] * s;
			im = a->re[k] * s + a->im[k] * c;
			a->re[k] = a->re[i] - re;
			a->im[k] = a->im[i] - im;
			a->re[i] += re;
			a->im[i] += im;
		}
	}
}

/* Scale to 1, or nothing: squares of what is huge would overflow. */
static bool
fill(double *x, struct spectrum *a)
{
	double most = 0, slope = 0;

	for (size_t i = 0; i < KNOWN; i++)
		most = fmax(most, fabs(x[i]));
	if (most < 1 / DETECT_VALUE_MAX)
		return false;
	for (size_t i = 0; i < KNOWN; i++)
		x[i] /= most;
	for (size_t i = 1; i <= SLOPES; i++)
		slope += (x[LAST] - x[LAST - i]) / (double)i / SLOPES;
	memset(a, 0, sizeof(*a));
	memcpy(a->re, x, KNOWN * sizeof(*x));
	for (size_t i = KNOWN; i < SIZE; i++)
		a->re[i] = x[LAST - SLOPES + 1] + slope * SLOPES;
	return true;
}

/* Amplitudes to e to the power of their spectral residual. */
static void
whiten(struct spectrum *a)
{
	double amplitudes[SIZE], logs[SIZE], most = 0, sum = 0;

	for (size_t i = 0; i < SIZE; i++) {
		amplitudes[i] = sqrt(a->re[i] * a->re[i] + a->im[i] * a->im[i]);
		most = fmax(most, amplitudes[i]);
	}
	for (size_t i = 0; i < SIZE; i++)
		logs[i] = maths_log(amplitudes[i] + TINY * most);
	for (size_t i = 0; i < SIZE; i++) {
		double mean, by;

		sum += logs[i] - (i >= AMPLITUDES ? logs[i - AMPLITUDES] : 0);
		mean = sum / (double)(i < AMPLITUDES ? i + 1 : AMPLITUDES);
		by = maths_exp(logs[i] - mean) / (amplitudes[i] + TINY * most);
		a->re[i] *= by;
		a->im[i] *= by;
	}
}

static double
score(void *model, const struct detect_input *in, struct detect_part *part)
{
	const struct model *m = model;
	struct spectrum a;
	double x[KNOWN], mean = 0, last = 0;

	(void)part;
	if (!history_tail(&m->history, in, KNOWN, x))
		return NAN;
	if (!fill(x, &a))
		return 0;
	transform(m, &a, -1);
	whiten(&a);
	transform(m, &a, 1);
	for (size_t i = KNOWN - SALIENCIES; i < KNOWN; i++) {
		last = sqrt(a.re[i] * a.re[i] + a.im[i] * a.im[i]);
		mean += last / SALIENCIES;
	}
	return mean > 0 && last > mean ? (last - mean) / mean : 0;
}

const struct detect_method detect_spectral_residual = {
    .name = "spectral_residual",
    .about = "stands out of the spectrum of the last 251; sharp spikes",
    .threshold = 2,
    .traits = DETECT_RAW | DETECT_PEAKS | DETECT_SERIES | DETECT_BLIND,
    .bytes = 9000,
    .create = create,
    .destroy = history_destroy,
    .score = score,
    .update = history_update,
    .pack = history_pack_model,
};
