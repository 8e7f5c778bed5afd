/*
 * hbos - how rare the values are by histograms: the sum over the columns of
 * -log of the density of a histogram of sqrt(rows) bins, the highest bin
 * being 1.
 *
 * A value outside of the histogram, or in a bin without rows, counts like one
 * that has its bin for itself.  O(rows * columns); 8 bytes a bin.
 *
 * Goldstein and Dengel 2012.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/xmem.h"
#include "detect/batch.h"
#include "detect/maths.h"
#include "detect/model.h"
#include "json/write.h"

/* Of a column. */
struct histogram {
	double low, width; /* of the first bin; width 0: the column is left out
			    */
	double most; /* in a bin */
	double *counts; /* owned */
};

struct model {
	size_t columns, bins;
	struct histogram *of; /* owned */
};

static void
destroy(void *model)
{
	struct model *m = model;

	if (!m)
		return;
	for (size_t j = 0; j < m->columns; j++)
		free(m->of[j].counts);
	free(m->of);
	free(m);
}

static struct model *
model_new(size_t columns, size_t bins)
{
	struct model *m = xcalloc(1, sizeof(*m));

	m->columns = columns;
	m->bins = bins;
	m->of = xcalloc(columns, sizeof(*m->of));
	return m;
}

/* The last value belongs to the last bin. */
static double *
bin(const struct histogram *h, double x, size_t bins)
{
	double at = (x - h->low) / h->width;

	return &h->counts[at < (double)bins ? (size_t)at : bins - 1];
}

static double
rarity(const struct histogram *h, double x, size_t bins)
{
	double n = 1;

	if (!(h->width > 0))
		return 0;
	if (x >= h->low && x <= h->low + h->width * (double)bins * (1 + 1e-12))
		n = fmax(n, *bin(h, x, bins));
	return maths_log(h->most / n);
}

static double
score(const void *model, const double *x)
{
	const struct model *m = model;
	double sum = 0;

	for (size_t j = 0; j < m->columns; j++)
		sum += rarity(&m->of[j], x[j], m->bins);
	return sum;
}

static void
fill(struct histogram *h, size_t bins, const struct matrix *m, size_t j)
{
	double low = INFINITY, high = -INFINITY;

	for (size_t i = 0; i < m->rows; i++) {
		low = fmin(low, matrix_row(m, i)[j]);
		high = fmax(high, matrix_row(m, i)[j]);
	}
	h->counts = xcalloc(bins, sizeof(*h->counts));
	h->low = low;
	h->width = high / (double)bins - low / (double)bins;
	for (size_t i = 0; h->width > 0 && i < m->rows; i++) {
		double *n = bin(h, matrix_row(m, i)[j], bins);

		++*n;
		h->most = fmax(h->most, *n);
	}
}

static void *
fit(const struct matrix *m, const struct batch_options *o, double *scores)
{
	size_t bins = (size_t)ceil(sqrt((double)m->rows));
	struct model *model = model_new(m->columns, bins);

	(void)o;
	for (size_t j = 0; j < m->columns; j++)
		fill(&model->of[j], bins, m, j);
	for (size_t i = 0; i < m->rows; i++)
		scores[i] = score(model, matrix_row(m, i));
	return model;
}

static void
save(const void *model, struct buf *b)
{
	const struct model *m = model;

	jwrite_count(b, "{\"bins\":", m->bins);
	buf_adds(b, ",\"histograms\":[");
	for (size_t j = 0; j < m->columns; j++) {
		const struct histogram *h = &m->of[j];

		jwrite_number(b, j > 0 ? ",{\"low\":" : "{\"low\":", h->low);
		jwrite_number(b, ",\"width\":", h->width);
		model_add(b, ",\"counts\":", h->counts, m->bins);
		buf_addc(b, '}');
	}
	buf_adds(b, "]}");
}

static bool
load_histogram(struct jval v, size_t bins, struct histogram *h)
{
	h->counts = model_get_new(v, "counts", bins);
	if (!h->counts ||
	    !model_get_one(
		v, "low", -DETECT_VALUE_MAX, DETECT_VALUE_MAX, &h->low) ||
	    !model_get_one(v, "width", 0, 2 * DETECT_VALUE_MAX, &h->width))
		return false;
	h->most = 1;
	for (size_t i = 0; i < bins; i++)
		h->most = fmax(h->most, h->counts[i]);
	return true;
}

static void *
load(struct jval v, size_t columns)
{
	struct jval all = jval_get(v, "histograms", 10);
	struct jiter it = jval_iter(all);
	struct model *m;
	size_t bins;
	bool is_good = true;

	if (jval_type(all) != J_ARRAY || jval_count(all) != columns ||
	    !model_get_count(v, "bins", 1, 1000000, &bins))
		return NULL;
	m = model_new(columns, bins);
	for (size_t j = 0; is_good && j < columns && jiter_next(&it); j++)
		is_good = load_histogram(it.value, bins, &m->of[j]);
	if (is_good)
		return m;
	destroy(m);
	return NULL;
}

const struct batch_method batch_hbos = {
    .name = "hbos",
    .about = "how rare each value is by histograms; very fast",
    .threshold = NAN,
    .fit = fit,
    .score = score,
    .save = save,
    .load = load,
    .destroy = destroy,
};
