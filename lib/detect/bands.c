#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/xmem.h"
#include "detect/bands.h"
#include "detect/model.h"
#include "json/write.h"

#define NUMBERS 4 /* of a band */

struct bands *
bands_new(size_t columns)
{
	struct bands *b = xcalloc(1, sizeof(*b));

	b->n = columns;
	b->of = xcalloc(columns, sizeof(*b->of));
	return b;
}

void
bands_destroy(void *model)
{
	struct bands *b = model;

	if (!b)
		return;
	free(b->of);
	free(b);
}

/* How far x is outside of the band; 0 or less inside.  Half of the values are
 * on either side: without a branch, that would be foreseen badly. */
static inline double
distance(const struct band *b, double x)
{
	double below = b->low - x, above = x - b->high;
	double d = below > above ? below : above;

	return d / (b->unit > 0 ? b->unit : INFINITY);
}

double
bands_score(const void *model, const double *x)
{
	const struct bands *b = model;
	double score = 0;

	for (size_t j = 0; j < b->n; j++) {
		double d = distance(&b->of[j], x[j]);

		score = d > score ? d : score;
	}
	return score;
}

void
bands_score_all(const struct bands *b, const struct matrix *m, double *scores)
{
	for (size_t i = 0; i < m->rows; i++)
		scores[i] = bands_score(b, matrix_row(m, i));
}

void *
bands_fit(const struct matrix *m, double *scores,
    struct band (*find)(double *x, size_t n))
{
	struct bands *b = bands_new(m->columns);

	for (size_t j = 0; j < m->columns; j++) {
		/* the scores are not needed yet: a column fits there */
		for (size_t i = 0; i < m->rows; i++)
			scores[i] = matrix_row(m, i)[j];
		b->of[j] = find(scores, m->rows);
	}
	bands_score_all(b, m, scores);
	return b;
}

void
bands_explain(const void *model, const double *x, double threshold,
    struct detect_part *parts)
{
	const struct bands *b = model;

	for (size_t j = 0; j < b->n; j++) {
		const struct band *of = &b->of[j];
		double reach = of->unit > 0 ? threshold * of->unit : INFINITY;
		double d = distance(of, x[j]);

		parts[j] = (struct detect_part){d > 0 ? d : 0, of->expected,
		    of->low - reach, of->high + reach};
	}
}

/* The four numbers of each band, as they stand in struct band. */
static const char *const names[] = {"expected", "low", "high", "unit"};

static double *
number(struct band *b, size_t i)
{
	double *all[] = {&b->expected, &b->low, &b->high, &b->unit};

	return all[i];
}

void
bands_save(const void *model, struct buf *b)
{
	const struct bands *all = model;
	double *x = xcalloc(all->n, sizeof(*x));

	for (size_t i = 0; i < NUMBERS; i++) {
		for (size_t j = 0; j < all->n; j++)
			x[j] = *number(&all->of[j], i);
		buf_addc(b, i > 0 ? ',' : '{');
		jwrite_string(b, names[i], strlen(names[i]));
		model_add(b, ":", x, all->n);
	}
	buf_addc(b, '}');
	free(x);
}

void *
bands_load(struct jval v, size_t columns)
{
	struct bands *b = bands_new(columns);
	bool is_good = true;

	for (size_t i = 0; i < NUMBERS && is_good; i++) {
		double *x = model_get_new(v, names[i], columns);

		for (size_t j = 0; x && j < columns; j++)
			*number(&b->of[j], i) = x[j];
		is_good = x != NULL;
		free(x);
	}
	if (is_good)
		return b;
	bands_destroy(b);
	return NULL;
}
