/* report, second part: the summary of a data set. */
#include <math.h>
#include <stdlib.h>

#include "quality/advice.h"
#include "quality/report.h"
#include "json/write.h"

static void
add_rounded(struct buf *b, const char *before, double x, int decimals)
{
	jwrite_number(b, before, quality_round(x, decimals));
}

/* A name, or null where it is not known. */
static void
add_name(struct buf *b, const char *before, const char *name)
{
	buf_adds(b, before);
	if (name)
		jwrite_text(b, "", name);
	else
		buf_adds(b, "null");
}

static void
add_dimension(struct buf *b, const struct pool *t, const struct quality *q,
    enum dimension d)
{
	struct pool_count count = pool_dimension(t, d);
	const struct roster_check *worst;
	double score;

	jwrite_text(b, "", dimension_names[d]);
	add_rounded(b, ":{\"score\":", quality_dimension(q, d), 2);
	jwrite_count(b, ",\"evaluated\":", count.made);
	jwrite_count(b, ",\"failed\":", count.failed);
	worst = pool_worst(t, d, &score);
	if (worst) {
		add_name(b, ",\"worst_field\":", worst->field);
		add_rounded(b, ",\"worst_score\":", score, 2);
	}
	buf_addc(b, '}');
}

static void
add_dimensions(struct buf *b, const struct pool *t, const struct quality *q)
{
	const char *before = ",\"dimensions\":{";
	bool any = false;

	for (int d = 0; d < DIMENSION_COUNT; d++) {
		if (q->made[d] <= 0)
			continue;
		buf_adds(b, before);
		add_dimension(b, t, q, (enum dimension)d);
		before = ",";
		any = true;
	}
	buf_adds(b, any ? "}" : ",\"dimensions\":{}");
}

static void
add_weights(struct buf *b, const double *weights)
{
	buf_adds(b, ",\"weights\":{");
	for (int d = 0; d < DIMENSION_COUNT; d++) {
		jwrite_text(b, d ? "," : "", dimension_names[d]);
		buf_addc(b, ':');
		jwrite_double(b, weights[d]);
	}
	buf_addc(b, '}');
}

static void
add_histogram(struct buf *b, const struct pool *t)
{
	buf_adds(b, ",\"histogram\":");
	for (size_t i = 0; i < POOL_BARS; i++)
		jwrite_count(b, i ? "," : "[", t->bars[i]);
	buf_addc(b, ']');
}

static void
add_examples(struct buf *b, const struct evidence *e)
{
	buf_adds(b, ",\"examples\":[");
	for (size_t i = 0; i < e->n; i++) {
		const struct example *x = &e->all[i];

		jwrite_text(b, i ? ",{\"file\":" : "{\"file\":", x->file);
		jwrite_count(b, ",\"line\":", x->line);
		if (x->text.len > 0) {
			buf_adds(b, ",\"value\":");
			buf_add(b, x->text.data, x->text.len);
		}
		buf_addc(b, '}');
	}
	buf_addc(b, ']');
}

static void
add_advice(struct buf *b, const struct advice *a)
{
	const struct roster_check *c = a->check;

	add_name(b, "{\"field\":", c ? c->field : NULL);
	add_name(b, ",\"rule\":", c ? c->rule : NULL);
	add_name(b, ",\"keyword\":", c ? c->keyword : "malformed");
	jwrite_text(b,
	    ",\"severity\":", severity_names[c ? c->severity : SEVERITY_ERROR]);
	jwrite_text(b, ",\"dimension\":", dimension_names[a->dimension]);
	jwrite_count(b, ",\"failed\":", a->count.failed);
	add_rounded(b,
	    ",\"share\":", (double)a->count.failed / (double)a->count.made, 4);
	add_rounded(b, ",\"points\":", a->points, 2);
	jwrite_text(b, ",\"advice\":", a->text);
	if (c && c->message)
		jwrite_text(b, ",\"message\":", c->message);
	if (c && c->text) {
		buf_adds(b, ",\"paste\":");
		buf_adds(b, c->text);
	}
	add_examples(b, a->evidence);
	if (a->roster) {
		jwrite_text(b, ",\"set\":", a->roster->id);
		jwrite_count(b, ",\"check\":", a->number);
	}
	buf_addc(b, '}');
}

static void
add_recommendations(struct buf *b, const struct pool *t, const double *weights)
{
	size_t n;
	struct advice *all = advice_find(t, weights, &n);

	buf_adds(b, ",\"recommendations\":[");
	for (size_t i = 0; i < n; i++) {
		if (i > 0)
			buf_addc(b, ',');
		add_advice(b, &all[i]);
	}
	buf_addc(b, ']');
	free(all);
}

static void
add_check(
    struct buf *b, const struct roster_check *c, const struct pool_count *n)
{
	add_name(b, "{\"rule\":", c->rule);
	add_name(b, ",\"field\":", c->field);
	add_name(b, ",\"keyword\":", c->keyword);
	jwrite_text(b, ",\"severity\":", severity_names[c->severity]);
	jwrite_text(b, ",\"dimension\":", dimension_names[c->dimension]);
	jwrite_count(b, ",\"group\":", c->field_number);
	jwrite_count(b, ",\"evaluated\":", n->made);
	jwrite_count(b, ",\"failed\":", n->failed);
	jwrite_count(b, ",\"lost\":", n->lost);
	buf_addc(b, '}');
}

/* All counts, from which the rest can be made again. */
static void
add_sets(struct buf *b, const struct pool *t)
{
	const char *before = "";

	buf_adds(b, ",\"checks\":[");
	for (size_t i = 0; i < t->n_sets; i++) {
		const struct roster *r = t->rosters->all[i];

		if (!t->sets[i].counts)
			continue;
		buf_adds(b, before);
		jwrite_text(b, "{\"set\":", r->id);
		buf_adds(b, ",\"of\":[");
		for (size_t j = 0; j < r->n; j++) {
			if (j > 0)
				buf_addc(b, ',');
			add_check(b, &r->checks[j], &t->sets[i].counts[j]);
		}
		buf_adds(b, "]}");
		before = ",";
	}
	buf_addc(b, ']');
}

void
report_summary(struct buf *b, const struct pool *t, const double *weights,
    const char *label)
{
	struct quality q = pool_quality(t);

	buf_addc(b, '{');
	buf_adds(b, label);
	jwrite_count(b, "\"records\":", t->n_records);
	jwrite_count(b, ",\"malformed\":", t->n_malformed);
	jwrite_count(b, ",\"unassessed\":", t->n_unassessed);
	add_rounded(b, ",\"score\":", quality_score(&q, weights), 2);
	add_dimensions(b, t, &q);
	add_weights(b, weights);
	add_histogram(b, t);
	add_recommendations(b, t, weights);
	add_sets(b, t);
}
