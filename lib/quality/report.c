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

/* Append "failed":[...], what failed of the record at hand. */
static void
add_failed(struct buf *b, const struct rules *rules, const struct rules_view *v)
{
	const char *before = "{\"rule\":";

	buf_adds(b, ",\"failed\":[");
	for (size_t i = 0; v->n_failed > 0 && i < rules->n; i++) {
		const struct check *check = &rules->checks[i];

		if (v->outcomes[i] != OUTCOME_FAILED)
			continue;
		jwrite_text(b, before, check->rule);
		jwrite_text(b, ",\"path\":", check->pointer);
		jwrite_text(b, ",\"keyword\":", check->keyword);
		jwrite_text(
		    b, ",\"severity\":", severity_names[check->severity]);
		buf_addc(b, '}');
		before = ",{\"rule\":";
	}
	buf_addc(b, ']');
}

void
report_record(struct buf *b, const struct rules *rules,
    const struct rules_view *v, const struct quality *q, double score)
{
	const char *before = "";

	add_score(b, "{\"score\":", score);
	buf_adds(b, ",\"dimensions\":{");
	for (int d = 0; d < DIMENSION_COUNT; d++) {
		if (q->made[d] == 0)
			continue;
		jwrite_text(b, before, dimension_names[d]);
		add_score(b, ":", quality_dimension(q, (enum dimension)d));
		before = ",";
	}
	buf_addc(b, '}');
	add_failed(b, rules, v);
	buf_addc(b, '}');
}

double
report_penalty(
    struct buf *b, const struct rules *rules, const struct rules_view *v)
{
	uint64_t errors = 0, warnings = 0;
	double score;

	for (size_t i = 0; v->n_failed > 0 && i < rules->n; i++) {
		enum severity s = rules->checks[i].severity;

		if (v->outcomes[i] != OUTCOME_FAILED)
			continue;
		errors += s >= SEVERITY_ERROR;
		warnings += s == SEVERITY_WARNING;
	}
	score = quality_penalty(errors, warnings);
	buf_adds(b, "{\"score\":");
	jwrite_double(b, quality_round(score, 1));
	jwrite_count(b, ",\"errors\":", errors);
	jwrite_count(b, ",\"warnings\":", warnings);
	add_failed(b, rules, v);
	buf_addc(b, '}');
	return score;
}

void
report_value(struct buf *b, struct jval v)
{
	struct buf text = {0};
	size_t n;

	if (jval_type(v) == J_ABSENT)
		return;
	jwrite_value(&text, v);
	n = utf8_cut(text.data, text.len, VALUE_MAX);
	if (n == text.len)
		buf_add(b, text.data, n);
	else
		jwrite_string(b, text.data, n);
	buf_release(&text);
}
