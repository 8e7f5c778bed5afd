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

static void
add_dimension(struct buf *b, const struct report *r, const struct quality *q,
    enum dimension d)
{
	struct pool_count count = pool_dimension(r->pool, d);
	const struct check *worst;
	double score;

	jwrite_text(b, "", dimension_names[d]);
	add_rounded(b, ":{\"score\":", quality_dimension(q, d), 2);
	jwrite_count(b, ",\"evaluated\":", count.made);
	jwrite_count(b, ",\"failed\":", count.failed);
	worst = pool_worst(r->pool, d, &score);
	if (worst) {
		jwrite_text(b, ",\"worst_field\":", worst->field);
		add_rounded(b, ",\"worst_score\":", score, 2);
	}
	buf_addc(b, '}');
}

static void
add_dimensions(struct buf *b, const struct report *r, const struct quality *q)
{
	const char *before = ",\"dimensions\":{";
	bool any = false;

	for (int d = 0; d < DIMENSION_COUNT; d++) {
		if (q->made[d] == 0)
			continue;
		buf_adds(b, before);
		add_dimension(b, r, q, (enum dimension)d);
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
add_histogram(struct buf *b, const struct pool *p)
{
	buf_adds(b, ",\"histogram\":");
	for (size_t i = 0; i < POOL_BARS; i++)
		jwrite_count(b, i ? "," : "[", p->bars[i]);
	buf_addc(b, ']');
}

static void
add_examples(struct buf *b, const struct report *r, size_t kind)
{
	const struct examples *x = &r->evidence->kinds[kind];

	buf_adds(b, ",\"examples\":[");
	for (size_t i = 0; i < x->n; i++) {
		const struct example *e = &x->all[i];

		jwrite_text(
		    b, i ? ",{\"file\":" : "{\"file\":", r->files[e->file]);
		jwrite_count(b, ",\"line\":", e->line);
		if (e->text.len > 0) {
			buf_adds(b, ",\"value\":");
			buf_add(b, e->text.data, e->text.len);
		}
		buf_addc(b, '}');
	}
	buf_addc(b, ']');
}

static void
add_advice(struct buf *b, const struct report *r, const struct advice *a)
{
	const struct check *check = a->check;

	if (check) {
		jwrite_text(b, "{\"field\":", check->field);
		jwrite_text(b, ",\"rule\":", check->rule);
		jwrite_text(b, ",\"keyword\":", check->keyword);
		jwrite_text(
		    b, ",\"severity\":", severity_names[check->severity]);
	} else {
		buf_adds(b, "{\"field\":null,\"rule\":null,"
			    "\"keyword\":\"malformed\",\"severity\":\"error\"");
	}
	jwrite_text(b, ",\"dimension\":", dimension_names[a->dimension]);
	jwrite_count(b, ",\"failed\":", a->count.failed);
	add_rounded(b,
	    ",\"share\":", (double)a->count.failed / (double)a->count.made, 4);
	add_rounded(b, ",\"points\":", a->points, 2);
	jwrite_text(b, ",\"advice\":", a->text);
	if (check && check->message)
		jwrite_text(b, ",\"message\":", check->message);
	add_examples(b, r, a->kind);
	buf_addc(b, '}');
}

static void
add_recommendations(struct buf *b, const struct report *r)
{
	size_t n;
	struct advice *all = advice_find(r->pool, r->weights, &n);

	buf_adds(b, ",\"recommendations\":[");
	for (size_t i = 0; i < n; i++) {
		if (i > 0)
			buf_addc(b, ',');
		add_advice(b, r, &all[i]);
	}
	buf_addc(b, ']');
	free(all);
}

void
report_summary(struct buf *b, const struct report *r)
{
	struct quality q = pool_quality(r->pool);

	jwrite_count(b, "{\"records\":", r->pool->n_records);
	jwrite_count(b, ",\"malformed\":", r->pool->n_malformed);
	jwrite_count(b, ",\"unassessed\":", r->pool->n_unassessed);
	add_rounded(b, ",\"score\":", quality_score(&q, r->weights), 2);
	add_dimensions(b, r, &q);
	add_weights(b, r->weights);
	add_histogram(b, r->pool);
	add_recommendations(b, r);
	buf_addc(b, '}');
}
