#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/xmem.h"
#include "detect/fitted_private.h"
#include "detect/model.h"
#include "detect/select.h"
#include "json/write.h"

#define GRID_ROWS ((size_t)10000) /* that the grid is made from, at most */

/* Learn how to scale, and do it. */
static void
scale_all(struct fitted *f, const struct matrix *m, double *x)
{
	f->means = xcalloc(f->columns, sizeof(*f->means));
	f->units = xcalloc(f->columns, sizeof(*f->units));
	for (size_t j = 0; j < f->columns; j++) {
		f->means[j] = matrix_mean(m, j);
		f->units[j] = matrix_deviation(m, j, f->means[j]);
	}
	for (size_t i = 0; i < m->rows; i++)
		fitted_scale(f, x + i * f->columns, x + i * f->columns);
}

void
fitted_scale(const struct fitted *f, const double *x, double *out)
{
	for (size_t j = 0; j < f->columns; j++) {
		if (!f->units)
			out[j] = x[j];
		else
			out[j] = f->units[j] > 0
				     ? (x[j] - f->means[j]) / f->units[j]
				     : 0;
	}
}

void
fitted_fit(struct fitted *f, const struct batch_method *method,
    const struct matrix *m, double *x, bool is_scaled,
    const struct batch_options *o, double *scores)
{
	*f = (struct fitted){
	    .method = method, .columns = m->columns, .rows = m->rows};
	if (is_scaled)
		scale_all(f, m, x);
	f->model = method->fit(m, o, scores);
}

/* Quantiles of every column, by rows that are spread over all. */
void
fitted_remember(struct fitted *f, const struct matrix *m)
{
	size_t step = (m->rows + GRID_ROWS - 1) / GRID_ROWS;
	size_t n = (m->rows + step - 1) / step;
	double *x = xcalloc(n, sizeof(*x));

	f->grid = xcalloc(FITTED_GRID * f->columns, sizeof(*f->grid));
	for (size_t j = 0; j < f->columns; j++) {
		for (size_t i = 0; i < n; i++)
			x[i] = matrix_row(m, i * step)[j];
		select_sort(x, n);
		for (size_t i = 0; i < FITTED_GRID; i++)
			f->grid[j * FITTED_GRID + i] =
			    x[i * (n - 1) / (FITTED_GRID - 1)];
	}
	free(x);
}

double
fitted_score(const struct fitted *f, const double *x, double *room)
{
	fitted_scale(f, x, room);
	return f->method->score(f->model, room);
}

void
fitted_save(const struct fitted *f, struct buf *b)
{
	jwrite_count(b, "{\"rows\":", f->rows);
	jwrite_number(b, ",\"threshold\":", f->threshold);
	if (f->units) {
		model_add(b, ",\"means\":", f->means, f->columns);
		model_add(b, ",\"deviations\":", f->units, f->columns);
	}
	model_add(b, ",\"usual\":", f->grid, FITTED_GRID * f->columns);
	buf_adds(b, ",\"model\":");
	f->method->save(f->model, b);
	buf_addc(b, '}');
}

bool
fitted_load(struct fitted *f, const struct batch_method *method, size_t columns,
    struct jval v)
{
	*f = (struct fitted){.method = method, .columns = columns};
	f->grid = model_get_new(v, "usual", FITTED_GRID * columns);
	if (!f->grid ||
	    !model_get_one(v, "threshold", -DBL_MAX, DBL_MAX, &f->threshold) ||
	    !model_get_count(v, "rows", 1, (size_t)1 << 52, &f->rows))
		return false;
	if (model_count(v, "means") > 0 || model_count(v, "deviations") > 0) {
		f->means = model_get_new(v, "means", columns);
		f->units = model_get_new(v, "deviations", columns);
		if (!f->means || !f->units)
			return false;
	}
	f->model = method->load(jval_get(v, "model", 5), columns);
	return f->model != NULL;
}

void
fitted_release(struct fitted *f)
{
	if (f->method)
		f->method->destroy(f->model);
	free(f->means);
	free(f->units);
	free(f->grid);
	*f = (struct fitted){0};
}
