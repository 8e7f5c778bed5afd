#include <math.h>
#include <stdlib.h>

#include "core/xmem.h"
#include "detect/detector.h"

/* Columns that one model sees, and how many models that makes. */
static size_t
width(const struct detector *d)
{
	return d->method->is_joint ? d->options->columns : 1;
}

static size_t
count(const struct detector *d)
{
	return d->method->is_joint ? 1 : d->options->columns;
}

void
detector_init(struct detector *d, const struct detect_method *method,
    const struct detect_options *options)
{
	*d = (struct detector){.method = method, .options = options};
	d->models = xcalloc(count(d), sizeof(*d->models));
	for (size_t i = 0; i < count(d); i++)
		d->models[i] = method->create(options);
}

void
detector_release(struct detector *d)
{
	for (size_t i = 0; d->models && i < count(d); i++)
		d->method->destroy(d->models[i]);
	free(d->models);
	d->models = NULL;
}

static bool
is_whole(const double *x, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (isnan(x[i]))
			return false;
	return true;
}

static void
clamp(double *x, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (fabs(x[i]) > DETECT_VALUE_MAX)
			x[i] = copysign(DETECT_VALUE_MAX, x[i]);
}

/* The model i's view of the row, into v. */
static void
score(const struct detector *d, size_t i, const double *x,
    struct detect_part *parts, struct verdict *v)
{
	size_t w = width(d);
	double score;

	x += i * w;
	parts += i * w;
	for (size_t j = 0; j < w; j++)
		parts[j].score = NAN;
	if (!is_whole(x, w))
		return;
	score = d->method->score(d->models[i], x, parts);
	if (isnan(score))
		v->is_warming_up = true;
	if (isnan(score) || score <= v->score)
		return;
	v->score = score;
	v->column = i * w;
	for (size_t j = 1; j < w; j++)
		if (parts[j].score > parts[v->column - i * w].score)
			v->column = i * w + j;
}

static void
learn(struct detector *d, const double *x)
{
	size_t w = width(d);

	for (size_t i = 0; i < count(d); i++)
		if (is_whole(x + i * w, w))
			d->method->update(d->models[i], x + i * w);
}

struct verdict
detector_next(struct detector *d, double *x, struct detect_part *parts)
{
	struct verdict v = {.score = -1};

	clamp(x, d->options->columns);
	for (size_t i = 0; i < count(d); i++)
		score(d, i, x, parts, &v);
	if (v.score < 0) {
		v.score = NAN;
		learn(d, x);
		return v;
	}
	v.is_warming_up = false;
	v.is_anomaly = v.score > d->options->threshold;
	d->streak = v.is_anomaly ? d->streak + 1 : 0;
	if (!v.is_anomaly || v.score >= DETECT_SCORE_MAX ||
	    d->streak >= DETECT_PERSIST)
		learn(d, x);
	return v;
}
