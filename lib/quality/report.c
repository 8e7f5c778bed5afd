#include <math.h>

#include "core/utf8.h"
#include "quality/report.h"
#include "json/write.h"

#define VALUE_MAX 100 /* bytes of an example */

static void
add_score(struct buf *b, const char *before, double x)
{
	jwrite_number(b, before, quality_round(x, 2));
}

static void
add_name(struct buf *b, const char *before, const char *name)
{
	if (name) {
		jwrite_text(b, before, name);
	} else {
		buf_adds(b, before);
		buf_adds(b, "null");
	}
}

/* Append "failed":[...], what failed of the record at hand. */
static void
add_failed(struct buf *b, const struct outcomes *o)
{
	const char *before = "{\"rule\":";

	buf_adds(b, ",\"failed\":[");
	for (size_t i = 0; o->n_failed > 0 && i < o->roster->n; i++) {
		const struct roster_check *c = &o->roster->checks[i];

		if (o->outcomes[i] != OUTCOME_FAILED)
			continue;
		add_name(b, before, c->rule);
		add_name(b, ",\"path\":", c->pointer);
		add_name(b, ",\"keyword\":", c->keyword);
		jwrite_text(b, ",\"severity\":", severity_names[c->severity]);
		buf_addc(b, '}');
		before = ",{\"rule\":";
	}
	buf_addc(b, ']');
}

void
report_record(struct buf *b, const struct outcomes *o, const struct quality *q,
    double score)
{
	const char *before = "";

	add_score(b, "{\"score\":", score);
	buf_adds(b, ",\"dimensions\":{");
	for (int d = 0; d < DIMENSION_COUNT; d++) {
		if (q->made[d] <= 0)
			continue;
		jwrite_text(b, before, dimension_names[d]);
		add_score(b, ":", quality_dimension(q, (enum dimension)d));
		before = ",";
	}
	buf_addc(b, '}');
	add_failed(b, o);
	buf_addc(b, '}');
}

double
report_penalty(struct buf *b, const struct outcomes *o)
{
	uint64_t errors = 0, warnings = 0;
	double score;

	for (size_t i = 0; o->n_failed > 0 && i < o->roster->n; i++) {
		enum severity s = o->roster->checks[i].severity;

		if (o->outcomes[i] != OUTCOME_FAILED)
			continue;
		errors += s >= SEVERITY_ERROR;
		warnings += s == SEVERITY_WARNING;
	}
	score = quality_penalty(errors, warnings);
	buf_adds(b, "{\"score\":");
	jwrite_double(b, quality_round(score, 1));
	jwrite_count(b, ",\"errors\":", errors);
	jwrite_count(b, ",\"warnings\":", warnings);
	add_failed(b, o);
	buf_addc(b, '}');
	return score;
}

/* What filters have added is no part of the record. */
static void
add_object(struct buf *b, struct jval v)
{
	struct jiter it = jval_iter(v);
	const char *before = "{";

	while (jiter_next(&it)) {
		if (jval_is_string(it.name, "_cdo", 4))
			continue;
		buf_adds(b, before);
		jwrite_value(b, it.name);
		buf_addc(b, ':');
		jwrite_value(b, it.value);
		before = ",";
	}
	buf_adds(b, *before == '{' ? "{}" : "}");
}

void
report_value(struct buf *b, struct jval v)
{
	struct buf text = {0};
	const char *s;
	size_t n;

	if (jval_type(v) == J_ABSENT)
		return;
	if (jval_type(v) == J_STRING) {
		s = jval_string(v, &n);
		jwrite_string(b, s, utf8_cut(s, n, VALUE_MAX));
		return;
	}
	if (jval_type(v) == J_OBJECT)
		add_object(&text, v);
	else
		jwrite_value(&text, v);
	n = utf8_cut(text.data, text.len, VALUE_MAX);
	if (n == text.len)
		buf_add(b, text.data, n);
	else
		jwrite_string(b, text.data, n);
	buf_release(&text);
}
