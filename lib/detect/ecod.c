/*
 * ecod - how rare the values are in their tails: the sum over the columns of
 * -log of the share of rows that are at least as far out, on the side where
 * that is smaller.  For many columns; nothing to choose.
 *
 * The model keeps the distribution of each column at knots: all of the
 * hundred outermost values of a side, then at ranks that grow by a hundredth.
 * A new value takes the share of the knot next to it, on the outer side of
 * which at most a fiftieth more rows lie.  O(columns * rows log rows); no
 * memory beyond the scores.
 *
 * Li and others 2022, in the form of its authors' program.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/xmem.h"
#include "detect/batch.h"
#include "detect/maths.h"
#include "detect/model.h"
#include "detect/select.h"
#include "json/write.h"

/* What is known of a column: n knots. */
struct curve {
	double *at; /* owned; rising */
	double *below, *above; /* owned; rows not above, not below */
	size_t n;
};

struct model {
	size_t columns;
	double rows;
	struct curve *curves; /* owned */
};

static void
destroy(void *model)
{
	struct model *m = model;

	if (!m)
		return;
	for (size_t j = 0; m->curves && j < m->columns; j++) {
		free(m->curves[j].at);
		free(m->curves[j].below);
		free(m->curves[j].above);
	}
	free(m->curves);
	free(m);
}

static struct model *
model_new(size_t columns)
{
	struct model *m = xcalloc(1, sizeof(*m));

	m->columns = columns;
	m->curves = xcalloc(columns, sizeof(*m->curves));
	return m;
}

/* The first knot above x, or not below it. */
static size_t
find(const double *at, size_t n, double x, bool or_equal)
{
	size_t low = 0, high = n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (at[mid] < x || (!or_equal && at[mid] == x))
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static double
rarity(const struct curve *c, double x, double rows)
{
	size_t above = find(c->at, c->n, x, false);
	size_t here = find(c->at, c->n, x, true);
	double left = above > 0 ? c->below[above - 1] : 1;
	double right = here < c->n ? c->above[here] : 1;

	return maths_log(rows / (left < right ? left : right));
}

static double
score(const void *model, const double *x)
{
	const struct model *m = model;
	double sum = 0;

	for (size_t j = 0; j < m->columns; j++)
		sum += rarity(&m->curves[j], x[j], m->rows);
	return sum;
}

/* The rank after this one that is kept, of n. */
static size_t
next_rank(size_t rank, size_t n)
{
	size_t outer = rank < n - rank ? rank : n - rank;

	return rank + 1 + (outer > 100 ? outer / 100 : 0);
}

/* sorted: n values. */
static struct curve
make_curve(const double *sorted, size_t n)
{
	struct curve c = {NULL, NULL, NULL, 0};
	size_t count = 0;

	for (size_t i = 0; i < n; i = next_rank(i, n))
		count++;
	count++; /* the last */
	c.at = xcalloc(count, sizeof(*c.at));
	c.below = xcalloc(count, sizeof(*c.below));
	c.above = xcalloc(count, sizeof(*c.above));
	for (size_t i = 0; i < n;) {
		double x = sorted[i];
		size_t next = next_rank(i, n);

		c.at[c.n] = x;
		c.below[c.n] = (double)find(sorted, n, x, false);
		c.above[c.n] = (double)(n - find(sorted, n, x, true));
		c.n++;
		if (next >= n && i + 1 < n)
			next = n - 1;
		while (next < n && sorted[next] == x)
			next++;
		i = next;
	}
	return c;
}

/* Add the rarity of the column's values to the scores, exactly. */
static void
add_rarity(
    const struct matrix *m, size_t j, const double *sorted, double *scores)
{
	size_t n = m->rows;

	for (size_t i = 0; i < n; i++) {
		double x = matrix_row(m, i)[j];
		size_t left = find(sorted, n, x, false);
		size_t right = n - find(sorted, n, x, true);

		scores[i] += maths_log(
		    (double)n / (double)(left < right ? left : right));
	}
}

static void *
fit(const struct matrix *m, const struct batch_options *o, double *scores)
{
	struct model *model = model_new(m->columns);
	double *sorted = xcalloc(m->rows, sizeof(*sorted));

	(void)o;
	model->rows = (double)m->rows;
	memset(scores, 0, m->rows * sizeof(*scores));
	for (size_t j = 0; j < m->columns; j++) {
		for (size_t i = 0; i < m->rows; i++)
			sorted[i] = matrix_row(m, i)[j];
		select_sort(sorted, m->rows);
		model->curves[j] = make_curve(sorted, m->rows);
		add_rarity(m, j, sorted, scores);
	}
	free(sorted);
	return model;
}

static void
save(const void *model, struct buf *b)
{
	const struct model *m = model;

	jwrite_number(b, "{\"rows\":", m->rows);
	buf_adds(b, ",\"curves\":[");
	for (size_t j = 0; j < m->columns; j++) {
		const struct curve *c = &m->curves[j];

		model_add(b, j > 0 ? ",{\"at\":" : "{\"at\":", c->at, c->n);
		model_add(b, ",\"below\":", c->below, c->n);
		model_add(b, ",\"above\":", c->above, c->n);
		buf_addc(b, '}');
	}
	buf_adds(b, "]}");
}

static bool
load_curve(struct jval v, struct curve *c)
{
	c->n = model_count(v, "at");
	c->at = model_get_new(v, "at", c->n);
	c->below = model_get_new(v, "below", c->n);
	c->above = model_get_new(v, "above", c->n);
	if (c->n == 0 || !c->at || !c->below || !c->above)
		return false;
	for (size_t i = 0; i < c->n; i++)
		if (c->below[i] < 1 || c->above[i] < 1 ||
		    (i > 0 && c->at[i] <= c->at[i - 1]))
			return false;
	return true;
}

static void *
load(struct jval v, size_t columns)
{
	struct jval curves = jval_get(v, "curves", 6);
	struct jiter it = jval_iter(curves);
	struct model *m = model_new(columns);
	bool is_good = jval_type(curves) == J_ARRAY &&
		       jval_count(curves) == columns &&
		       model_get_one(v, "rows", 1, 1e15, &m->rows);

	for (size_t j = 0; is_good && j < columns && jiter_next(&it); j++)
		is_good = load_curve(it.value, &m->curves[j]);
	if (is_good)
		return m;
	destroy(m);
	return NULL;
}

const struct batch_method batch_ecod = {
    .name = "ecod",
    .about = "how rare each value is in its tail; many columns",
    .threshold = NAN,
    .fit = fit,
    .score = score,
    .save = save,
    .load = load,
    .destroy = destroy,
};
