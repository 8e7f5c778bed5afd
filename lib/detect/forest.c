#include <math.h>
#include <stdlib.h>

#include "core/random.h"
#include "core/xmem.h"
#include "detect/forest.h"
#include "detect/maths.h"

#define LN2 0.6931471805599453

double
forest_mean_depth(size_t n)
{
	double h = 0;

	if (n < 2)
		return 0;
	for (size_t i = 1; i < n && i < 1000; i++)
		h += 1 / (double)i;
	if (n > 1000) /* Euler, Maclaurin */
		h = maths_log((double)(n - 1)) + 0.57721566490153286 +
		    1 / (2 * (double)(n - 1));
	return 2 * h - 2 * (double)(n - 1) / (double)n;
}

size_t
forest_depth(size_t n)
{
	size_t depth = 0;

	while (((size_t)1 << depth) < n)
		depth++;
	return depth;
}

double
forest_score(double sum, double unit)
{
	return unit > 0 ? maths_exp(-sum / unit * LN2) : .5;
}

void
forest_sampler_init(struct forest_sampler *s, size_t n, size_t sample)
{
	*s = (struct forest_sampler){.n = n, .sample = sample};
	s->all = xcalloc(n, sizeof(*s->all));
	s->rows = xcalloc(sample, sizeof(*s->rows));
	for (size_t i = 0; i < n; i++)
		s->all[i] = i;
}

/* Fisher and Yates. */
void
forest_draw(struct forest_sampler *s, uint64_t *stream)
{
	for (size_t i = 0; i < s->sample; i++) {
		size_t j = i + random_below(stream, s->n - i);
		size_t row = s->all[j];

		s->all[j] = s->all[i];
		s->all[i] = row;
		s->rows[i] = row;
	}
}

void
forest_sampler_release(struct forest_sampler *s)
{
	free(s->all);
	free(s->rows);
	s->all = s->rows = NULL;
}
