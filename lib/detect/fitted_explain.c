#include <math.h>
#include <stdlib.h>

#include "core/xmem.h"
#include "detect/fitted_private.h"

#define HALVINGS 40 /* to find an end of a range */
#define DOUBLINGS 40 /* beyond the values that are known */
#define MIDDLE (FITTED_GRID / 2)

/* A row of which one column is tried out. */
struct trial {
	const struct fitted *f;
	double *x; /* as the model sees it */
	size_t column;
	const double *grid; /* of the column */
};

static double
score_with(const struct trial *t, double value)
{
	double own = t->x[t->column], score;

	t->x[t->column] = value;
	score = t->f->method->score(t->f->model, t->x);
	t->x[t->column] = own;
	return score;
}

static bool
is_usual(const struct trial *t, double value)
{
	return score_with(t, value) <= t->f->threshold;
}

/* The value of the grid that scores lowest, of equal ones the one nearest to
 * the middle.  score: out. */
static size_t
find_best(const struct trial *t, double *score)
{
	size_t best = MIDDLE;

	*score = score_with(t, t->grid[MIDDLE]);
	for (size_t away = 1; away <= MIDDLE; away++) {
		size_t both[] = {MIDDLE - away, MIDDLE + away};

		for (size_t i = 0; i < 2; i++) {
			double s = score_with(t, t->grid[both[i]]);

			if (s < *score) {
				*score = s;
				best = both[i];
			}
		}
	}
	return best;
}

/* Where between a usual value and one that is not the one ends. */
static double
find_edge(const struct trial *t, double usual, double unusual)
{
	for (int i = 0; i < HALVINGS; i++) {
		double middle = usual + (unusual - usual) / 2;

		if (is_usual(t, middle))
			usual = middle;
		else
			unusual = middle;
	}
	return usual;
}

/* The end of the range upwards (up: 1) or downwards (-1) of the best. */
static double
find_end(const struct trial *t, size_t best, int up)
{
	double usual = t->grid[best], step;
	size_t left = up > 0 ? FITTED_GRID - 1 - best : best;

	for (size_t i = 1; i <= left; i++) {
		double next = t->grid[up > 0 ? best + i : best - i];

		if (!is_usual(t, next))
			return find_edge(t, usual, next);
		usual = next;
	}
	step = t->grid[FITTED_GRID - 1] - t->grid[0];
	if (!(step > 0))
		step = fabs(usual) > 0 ? fabs(usual) / 2 : 1;
	for (int i = 0; i < DOUBLINGS; i++, step *= 2) {
		double next = usual + up * step;

		if (!is_usual(t, next))
			return find_edge(t, usual, next);
		usual = next;
	}
	return up > 0 ? INFINITY : -INFINITY;
}

static void
explain_column(const struct trial *t, double score, struct detect_part *part)
{
	double lowest;
	size_t best = find_best(t, &lowest);

	part->score = score > lowest ? score - lowest : 0;
	part->expected = t->grid[best];
	part->low = part->high = NAN;
	if (lowest > t->f->threshold)
		return;
	part->low = find_end(t, best, -1);
	part->high = find_end(t, best, 1);
}

static void
explain(const struct fitted *f, double *x, struct detect_part *parts)
{
	double score = f->method->score(f->model, x);

	for (size_t j = 0; j < f->columns; j++) {
		struct trial t = {f, x, j, f->grid + j * FITTED_GRID};

		explain_column(&t, score, &parts[j]);
	}
}

/* Back to the unit of the column. */
static void
unscale(const struct fitted *f, struct detect_part *parts)
{
	for (size_t j = 0; f->units && j < f->columns; j++) {
		struct detect_part *p = &parts[j];

		p->expected = p->expected * f->units[j] + f->means[j];
		if (f->units[j] > 0) {
			p->low = p->low * f->units[j] + f->means[j];
			p->high = p->high * f->units[j] + f->means[j];
		}
	}
}

void
fitted_explain(
    const struct fitted *f, const double *x, struct detect_part *parts)
{
	double *scaled = xcalloc(f->columns, sizeof(*scaled));

	fitted_scale(f, x, scaled);
	if (f->method->explain)
		f->method->explain(f->model, scaled, f->threshold, parts);
	else
		explain(f, scaled, parts);
	unscale(f, parts);
	free(scaled);
}
