#include <math.h>
#include <stdlib.h>

#include "core/random.h"
#include "core/xmem.h"
#include "detect/forest.h"
#include "detect/maths.h"
#include "detect/model.h"

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

bool
forest_read_head(
    struct jval model, struct jval *trees, size_t *sample, size_t *stride)
{
	struct jiter it;

	*trees = jval_get(model, "trees", 5);
	*stride = 1;
	if (jval_type(*trees) != J_ARRAY || jval_count(*trees) == 0 ||
	    jval_count(*trees) > FOREST_TREES ||
	    !model_get_count(model, "sample", 1, FOREST_SAMPLE, sample))
		return false;
	it = jval_iter(*trees);
	while (jiter_next(&it)) {
		size_t n = model_count(it.value, "left");

		*stride = n > *stride ? n : *stride;
	}
	return true;
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
