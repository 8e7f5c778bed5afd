/* scoring, second part: summaries, one of all records or one a window. */
#include <inttypes.h>
#include <math.h>
#include <sysexits.h>

#include "core/base64.h"
#include "core/diag.h"
#include "core/timestamp.h"
#include "quality/page.h"
#include "quality/report.h"
#include "quality/scoring.h"
#include "quality/suggest.h"
#include "json/write.h"

#define SHOWN 10 /* faults in full */
#define DRAINED ((size_t)1 << 20) /* bytes of summaries in memory */

void
scoring_fault(struct scoring *s, struct worker *w, const struct record *r,
    const char *why)
{
	if (s->n_unsound++ < SHOWN)
		diag_error("%s:%" PRIu64 ": %s", r->name, r->line, why);
	filter_fail(w->filter, EX_DATAERR);
}

/* The record's time in milliseconds since 1970: a date-time, or seconds. */
static bool
time_of(const struct scoring *s, struct jval root, int64_t *ms)
{
	struct jval v = jpath_get(&s->time, root);
	size_t len;
	const char *text = jval_string(v, &len);
	double seconds = jval_double(v);

	if (jval_type(v) == J_STRING)
		return timestamp_parse(text, len, ms);
	if (!jval_is_number(v) || !(fabs(seconds) < 1e11))
		return false;
	*ms = (int64_t)(seconds * 1000);
	return true;
}

bool
scoring_is_next(struct scoring *s, struct jval root)
{
	int64_t ms, number;

	if (s->window > 0)
		return s->at.n >= s->window;
	if (s->window_ms == 0)
		return false;
	if (!s->has_time)
		ms = timestamp_now();
	else if (!time_of(s, root, &ms)) {
		s->n_timeless++;
		return false;
	}
	number = ms / s->window_ms - (ms % s->window_ms < 0);
	if (!s->at.is_open) {
		s->at.is_open = true;
		s->at.number = number;
	}
	return number > s->at.number; /* a late one counts where it comes */
}

static void
add_window(const struct scoring *s, struct buf *b)
{
	char text[TIMESTAMP_SIZE];

	if (s->window > 0) {
		jwrite_count(b, "\"window\":{\"first\":", s->at.first + 1);
		jwrite_count(b, ",\"last\":", s->at.first + s->at.n);
		buf_adds(b, "},");
	} else if (s->window_ms > 0) {
		timestamp_format(s->at.number * s->window_ms, text);
		if (!s->at.is_open) { /* there was no time */
			buf_adds(
			    b, "\"window\":{\"start\":null,\"end\":null},");
			return;
		}
		jwrite_text(b, "\"window\":{\"start\":", text);
		timestamp_format((s->at.number + 1) * s->window_ms, text);
		jwrite_text(b, ",\"end\":", text);
		buf_adds(b, "},");
	}
}

static void
add_profile(struct scoring *s, struct buf *b)
{
	struct buf data = {0};

	buf_adds(b, ",\"profile\":");
	suggest_profile(b, &s->profile);
	if (s->sketches) {
		profile_save(&data, &s->profile);
		buf_adds(b, ",\"sketches\":\"");
		base64_add(b, data.data, data.len);
		buf_addc(b, '"');
	}
	buf_release(&data);
}

struct close {
	struct scoring *s;
	struct worker *w;
};

/*
 * Keep a summary for the report, which has the details of the first ones, one
 * line for further ones, and no more than the number of the rest: windows
 * come without end.
 */
static void
keep(struct scoring *s, const struct pool *t, double score, const char *label,
    const struct buf *summary)
{
	struct buf *b = &s->summaries;

	if (s->n_summaries == PAGE_LINES) {
		s->n_more++;
		return;
	}
	if (s->n_summaries++ < PAGE_PARTS) {
		buf_add(b, summary->data, summary->len);
	} else {
		buf_addf(b, "{%s", label);
		jwrite_count(b, "\"records\":", t->n_records);
		jwrite_count(b, ",\"malformed\":", t->n_malformed);
		jwrite_number(b, ",\"score\":", quality_round(score, 2));
		buf_addc(b, '}');
	}
	buf_addc(b, '\n');
}

static void
write_group(void *arg, const struct group *g)
{
	struct close *c = arg;
	struct scoring *s = c->s;
	struct buf *b = &c->w->scratch, label = {0};
	struct quality q = pool_quality(&g->pool);
	double score = quality_score(&q, s->weights);
	bool is_group =
	    s->groups.labels.n > 0 || g->label.len > 0 || g == s->groups.others;

	if (is_group) {
		buf_adds(&label, "\"group\":");
		if (g->label.len > 0)
			buf_add(&label, g->label.data, g->label.len);
		else
			buf_adds(&label, "null");
		buf_addc(&label, ',');
	}
	add_window(s, &label);
	buf_addc(&label, '\0');
	b->len = 0;
	report_summary(b, &g->pool, s->weights, label.data);
	if (s->has_profile && !is_group) /* it is of all records */
		add_profile(s, b);
	buf_addc(b, '}');
	if (s->is_summary || s->is_merge)
		s->n_below += quality_round(score, 2) < s->least;
	if (s->is_summary || s->is_merge)
		filter_emit(c->w, b->data, b->len);
	if (c->w->out.len > DRAINED)
		filter_drain(c->w);
	if (s->report)
		keep(s, &g->pool, score, label.data, b);
	buf_release(&label);
}

void
scoring_close(struct scoring *s, struct worker *w)
{
	struct close c = {s, w};

	groups_each(&s->groups, write_group, &c);
	groups_clear(&s->groups);
	s->at.first += s->at.n;
	s->at.n = 0;
	s->at.is_open = false;
}
