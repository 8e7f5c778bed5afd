/*
 * ensemble - what isolation_forest, knn and ecod say together: the mean of
 * their scores, each less its mean and divided by its standard deviation.  0
 * is usual.
 *
 * The three look at different things, which make up for each other: how
 * easily a row is cut off, how far its neighbours are, how rare its values
 * are one by one.  knn looks at columns that were divided by their standard
 * deviation, and among at most 10000 rows that are drawn at random: local
 * anomalies stand out of a sample too (Sugiyama and Borgwardt 2013).
 *
 * Time and memory: what the three take, for knn with at most 10000 rows.
 *
 * Aggarwal and Sathe 2015.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/xmem.h"
#include "detect/batch.h"
#include "detect/forest.h"
#include "detect/model.h"
#include "json/write.h"

enum { FOREST, KNN, ECOD, MEMBERS };

#define SAMPLE ((size_t)10000) /* rows */
#define NEIGHBOURS 5

static const struct batch_method *const methods[MEMBERS] = {
    &batch_isolation_forest, &batch_knn, &batch_ecod};

struct model {
	size_t columns;
	void *members[MEMBERS]; /* owned */
	double centre[MEMBERS], unit[MEMBERS]; /* of the scores */
	double *means, *units; /* owned; of the columns, for knn */
};

static void
destroy(void *model)
{
	struct model *m = model;

	if (!m)
		return;
	for (size_t i = 0; i < MEMBERS; i++)
		methods[i]->destroy(m->members[i]);
	free(m->means);
	free(m->units);
	free(m);
}

static void
scale(const struct model *m, const double *x, double *out)
{
	for (size_t j = 0; j < m->columns; j++)
		out[j] =
		    m->units[j] > 0 ? (x[j] - m->means[j]) / m->units[j] : 0;
}

struct work {
	const struct model *model;
	const struct matrix *m;
	double *scores;
};

static void
score_near(void *arg, size_t from, size_t to)
{
	struct work *w = arg;
	double *x = xcalloc(w->model->columns, sizeof(*x));

	for (size_t i = from; i < to; i++) {
		if (!isnan(w->scores[i]))
			continue;
		scale(w->model, matrix_row(w->m, i), x);
		w->scores[i] = batch_knn.score(w->model->members[KNN], x);
	}
	free(x);
}

/* knn by a sample; the rows of that are scored without themselves. */
static void
fit_near(struct model *model, const struct matrix *m,
    const struct batch_options *o, double *scores)
{
	struct batch_options options = *o;
	struct forest_sampler s;
	size_t n = m->rows < SAMPLE ? m->rows : SAMPLE;
	double *x = xcalloc(n * m->columns, sizeof(*x));
	double *own = xcalloc(n, sizeof(*own));
	uint64_t stream = o->seed;
	struct work w = {model, m, scores};

	options.neighbours = NEIGHBOURS;
	forest_sampler_init(&s, m->rows, n);
	forest_draw(&s, &stream);
	for (size_t i = 0; i < n; i++)
		scale(model, matrix_row(m, s.rows[i]), x + i * m->columns);
	model->members[KNN] =
	    batch_knn.fit(&(struct matrix){x, n, m->columns}, &options, own);
	for (size_t i = 0; i < m->rows; i++)
		scores[i] = NAN;
	for (size_t i = 0; i < n; i++)
		scores[s.rows[i]] = own[i];
	batch_share(o->jobs, m->rows, score_near, &w);
	forest_sampler_release(&s);
	free(own);
	free(x);
}

static double
standard(const struct model *m, size_t member, double score)
{
	return m->unit[member] > 0
		   ? (score - m->centre[member]) / m->unit[member] / MEMBERS
		   : 0;
}

static void *
fit(const struct matrix *m, const struct batch_options *o, double *scores)
{
	struct model *model = xcalloc(1, sizeof(*model));
	double *one = xcalloc(m->rows, sizeof(*one));

	model->columns = m->columns;
	model->means = xcalloc(m->columns, sizeof(*model->means));
	model->units = xcalloc(m->columns, sizeof(*model->units));
	for (size_t j = 0; j < m->columns; j++) {
		model->means[j] = matrix_mean(m, j);
		model->units[j] = matrix_deviation(m, j, model->means[j]);
	}
	memset(scores, 0, m->rows * sizeof(*scores));
	for (size_t k = 0; k < MEMBERS; k++) {
		struct matrix all = {one, m->rows, 1};

		if (k == KNN)
			fit_near(model, m, o, one);
		else
			model->members[k] = methods[k]->fit(m, o, one);
		model->centre[k] = matrix_mean(&all, 0);
		model->unit[k] = matrix_deviation(&all, 0, model->centre[k]);
		for (size_t i = 0; i < m->rows; i++)
			scores[i] += standard(model, k, one[i]);
	}
	free(one);
	return model;
}

static double
score(const void *model, const double *x)
{
	const struct model *m = model;
	double *scaled = xcalloc(m->columns, sizeof(*scaled));
	double sum = 0;

	scale(m, x, scaled);
	for (size_t k = 0; k < MEMBERS; k++)
		sum += standard(m, k,
		    methods[k]->score(m->members[k], k == KNN ? scaled : x));
	free(scaled);
	return sum;
}

static void
save(const void *model, struct buf *b)
{
	const struct model *m = model;

	model_add(b, "{\"means\":", m->means, m->columns);
	model_add(b, ",\"deviations\":", m->units, m->columns);
	model_add(b, ",\"member_means\":", m->centre, MEMBERS);
	model_add(b, ",\"member_deviations\":", m->unit, MEMBERS);
	for (size_t k = 0; k < MEMBERS; k++) {
		jwrite_text(b, ",", methods[k]->name);
		buf_addc(b, ':');
		methods[k]->save(m->members[k], b);
	}
	buf_addc(b, '}');
}

static void *
load(struct jval v, size_t columns)
{
	struct model *m = xcalloc(1, sizeof(*m));
	bool is_good;

	m->columns = columns;
	m->means = model_get_new(v, "means", columns);
	m->units = model_get_new(v, "deviations", columns);
	is_good =
	    m->means && m->units &&
	    model_get(v, "member_means", m->centre, MEMBERS, -1e300, 1e300) &&
	    model_get(v, "member_deviations", m->unit, MEMBERS, 0, 1e300);
	for (size_t k = 0; is_good && k < MEMBERS; k++) {
		const char *name = methods[k]->name;

		m->members[k] =
		    methods[k]->load(jval_get(v, name, strlen(name)), columns);
		is_good = m->members[k] != NULL;
	}
	if (is_good)
		return m;
	destroy(m);
	return NULL;
}

const struct batch_method batch_ensemble = {
    .name = "ensemble",
    .about = "isolation_forest, knn and ecod together; the best guess",
    .threshold = NAN,
    .uses = BATCH_FOREST | BATCH_SEED,
    .fit = fit,
    .score = score,
    .save = save,
    .load = load,
    .destroy = destroy,
};
