#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "quality/advice.h"
#include "quality/report.h"
#include "json/write.h"

static void
add_string(struct buf *b, const char *before, const char *s)
{
	buf_adds(b, before);
	jwrite_string(b, s, strlen(s));
}

static void
add_uint(struct buf *b, const char *before, uint64_t n)
{
	buf_adds(b, before);
	jwrite_uint(b, n);
}

static void
add_rounded(struct buf *b, const char *before, double x, int decimals)
{
	buf_adds(b, before);
	jwrite_double(b, quality_round(x, decimals));
}

static void
add_dimension(struct buf *b, const struct report *r, const struct quality *q,
    enum dimension d)
{
	struct pool_count count = pool_dimension(r->pool, d);
	const struct check *worst;
	double score;

	add_string(b, "", dimension_names[d]);
	add_rounded(b, ":{\"score\":", quality_dimension(q, d), 2);
	add_uint(b, ",\"evaluated\":", count.made);
	add_uint(b, ",\"failed\":", count.failed);
	worst = pool_worst(r->pool, d, &score);
	if (worst) {
		add_string(b, ",\"worst_field\":", worst->field);
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
		add_string(b, d ? "," : "", dimension_names[d]);
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
		add_uint(b, i ? "," : "[", p->bars[i]);
	buf_addc(b, ']');
}

static void
add_examples(struct buf *b, const struct report *r, size_t kind)
{
	const struct examples *x = &r->evidence->kinds[kind];

	buf_adds(b, ",\"examples\":[");
	for (size_t i = 0; i < x->n; i++) {
		const struct example *e = &x->all[i];

		add_string(
		    b, i ? ",{\"file\":" : "{\"file\":", r->files[e->file]);
		add_uint(b, ",\"line\":", e->line);
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
		add_string(b, "{\"field\":", check->field);
		add_string(b, ",\"rule\":", check->rule);
		add_string(b, ",\"keyword\":", check->keyword);
		add_string(
		    b, ",\"severity\":", severity_names[check->severity]);
	} else {
		buf_adds(b, "{\"field\":null,\"rule\":null,"
			    "\"keyword\":\"malformed\",\"severity\":\"error\"");
	}
	add_string(b, ",\"dimension\":", dimension_names[a->dimension]);
	add_uint(b, ",\"failed\":", a->count.failed);
	add_rounded(b,
	    ",\"share\":", (double)a->count.failed / (double)a->count.made, 4);
	add_rounded(b, ",\"points\":", a->points, 2);
	add_string(b, ",\"advice\":", a->text);
	if (check && check->message)
		add_string(b, ",\"message\":", check->message);
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

	add_uint(b, "{\"records\":", r->pool->n_records);
	add_uint(b, ",\"malformed\":", r->pool->n_malformed);
	add_uint(b, ",\"unassessed\":", r->pool->n_unassessed);
	add_rounded(b, ",\"score\":", quality_score(&q, r->weights), 2);
	add_dimensions(b, r, &q);
	add_weights(b, r->weights);
	add_histogram(b, r->pool);
	add_recommendations(b, r);
	buf_addc(b, '}');
}
