#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "alert/render.h"
#include "core/timestamp.h"
#include "json/write.h"

/* Kept free at the end of a body, for markup and for what render_tail says. */
#define TAIL 400
#define NOTE_MAX 200

const struct render_style render_plain = {text_plain, TEXT_BYTES, "", "", "\n"};

void
render_status(char out[RENDER_STATUS], const struct notice *a)
{
	if (a->is_firing)
		snprintf(out, RENDER_STATUS, "FIRING (%s)",
		    alert_severities[a->severity]);
	else
		snprintf(out, RENDER_STATUS, "RESOLVED");
}

/* The words before the title. */
static void
add_heading(struct text *t, const struct notification *n)
{
	static const char *const words[] = {"FIRING", "FIRING", "STILL FIRING",
	    "ACKED", "DIGEST", "UNDELIVERED", "TEST"};
	const char *word = words[n->cause];
	char text[128];
	uint64_t total = n->n + n->n_left_out;

	if (!n->is_firing && n->cause <= NOTIFICATION_REPEAT)
		word = "RESOLVED";
	text_own(t, word, false);
	if (n->is_firing) {
		snprintf(
		    text, sizeof(text), " (%s)", alert_severities[n->severity]);
		text_own(t, text, false);
	}
	if (total > 1) {
		snprintf(text, sizeof(text), ", %" PRIu64 " alerts", total);
		text_own(t, text, false);
	}
	text_own(t, ": ", false);
}

void
render_title(struct buf *out, const struct notification *n,
    const struct render_style *style, size_t max)
{
	struct text t = {.out = out,
	    .escape = style->escape,
	    .unit = style->unit,
	    .max = max,
	    .is_line = true};

	add_heading(&t, n);
	text_add(&t, n->notices[0].title.data, n->notices[0].title.len);
}

static void
add_label(struct text *t, bool is_first, const char *name, const char *value,
    size_t len)
{
	struct text line = *t;

	line.is_line = true;
	if (!is_first)
		text_own(&line, ", ", false);
	text_adds(&line, name);
	text_own(&line, ": ", false);
	text_add(&line, value, len);
	line.is_line = t->is_line;
	*t = line;
}

/* In whole seconds. */
static void
add_times(struct text *t, const struct notice *a)
{
	char start[TIMESTAMP_SIZE], end[TIMESTAMP_SIZE];
	char text[2 * TIMESTAMP_SIZE + 16];

	timestamp_format(a->starts_at / 1000 * 1000, start);
	timestamp_format(a->ends_at / 1000 * 1000, end);
	if (a->is_firing)
		snprintf(text, sizeof(text), "since %s", start);
	else
		snprintf(text, sizeof(text), "from %s to %s", start, end);
	text_own(t, text, false);
}

static void
add_title(
    struct text *t, const struct notice *a, const struct render_style *style)
{
	char status[RENDER_STATUS];
	bool was_cut = t->is_cut;
	struct text line;

	text_own(t, style->strong, false);
	render_status(status, a);
	text_own(t, status, false);
	text_own(t, ": ", false);
	line = *t;
	line.is_line = true;
	text_add(&line, a->title.data, a->title.len);
	line.is_line = t->is_line;
	*t = line;
	if (!was_cut)
		text_own(t, style->strong_end, true);
}

void
render_notice(struct text *t, const struct notice *a,
    const struct render_style *style, bool with_title)
{
	if (with_title) {
		add_title(t, a, style);
		text_own(t, style->line, false);
	}
	if (a->body.len > 0) {
		text_add(t, a->body.data, a->body.len);
		text_own(t, style->line, false);
	}
	for (size_t i = 0; i < a->n_labels; i++)
		add_label(t, i == 0, a->labels[i].name, a->labels[i].value,
		    a->labels[i].len);
	if (a->n_labels > 0)
		text_own(t, style->line, false);
	add_times(t, a);
	if (a->reason[0] != '\0') {
		text_own(t, ", ", false);
		text_adds(t, a->reason);
	}
}

void
render_counts(struct buf *out, const struct notification *n)
{
	size_t firing[ALERT_CRITICAL + 1] = {0}, resolved = 0;
	const char *between = "";

	for (size_t i = 0; i < n->n; i++) {
		if (n->notices[i].is_firing)
			firing[n->notices[i].severity]++;
		else
			resolved++;
	}
	for (int s = ALERT_CRITICAL; s >= ALERT_INFO; s--) {
		if (firing[s] == 0)
			continue;
		buf_addf(
		    out, "%s%zu %s", between, firing[s], alert_severities[s]);
		between = ", ";
	}
	if (*between != '\0')
		buf_adds(out, " firing");
	if (resolved > 0)
		buf_addf(out, "%s%zu resolved", between, resolved);
}

/* A line of the tail, after what is there. */
static void
begin_line(struct text *t, const struct render_style *style)
{
	if (t->used > 0)
		text_own(t, style->line, true);
}

void
render_tail(struct text *t, const struct notification *n,
    const struct render_style *style, uint64_t n_more)
{
	struct text note;
	char text[64];

	if (n_more > 0) {
		begin_line(t, style);
		snprintf(text, sizeof(text), "and %" PRIu64 " more", n_more);
		text_own(t, text, true);
	}
	if (n->note[0] == '\0')
		return;
	begin_line(t, style);
	note = *t;
	note.is_cut = false;
	note.is_line = true;
	note.max = t->used + NOTE_MAX;
	text_adds(&note, n->note);
	t->used = note.used;
}

/* Append one alert.  Does it fit, or is it the first, which may be cut? */
static bool
add_whole(struct text *t, const struct notification *n, size_t i,
    const struct render_style *style)
{
	bool is_digest = n->cause == NOTIFICATION_DIGEST;

	if (t->used > 0) {
		text_own(t, style->line, false);
		if (!is_digest)
			text_own(t, style->line, false);
	}
	if (is_digest)
		add_title(t, &n->notices[i], style);
	else
		render_notice(
		    t, &n->notices[i], style, n->n + n->n_left_out > 1);
	return (!t->is_cut && t->used <= t->max) || i == 0;
}

void
render_body(struct buf *out, const struct notification *n,
    const struct render_style *style, size_t max)
{
	struct text t = {.out = out,
	    .escape = style->escape,
	    .unit = style->unit,
	    .max = max > 2 * TAIL ? max - TAIL : max / 2};
	struct buf counts = {0};
	size_t i;

	if (n->cause == NOTIFICATION_DIGEST) {
		render_counts(&counts, n);
		buf_addc(&counts, '\0');
		text_own(&t, counts.data, false);
		buf_release(&counts);
	}
	for (i = 0; i < n->n && !t.is_cut; i++) {
		struct text before = t;
		size_t len = out->len;

		if (add_whole(&t, n, i, style))
			continue;
		t = before;
		out->len = len;
		break;
	}
	render_tail(&t, n, style, n->n - i + n->n_left_out);
}

static void
add_json(struct buf *out, const char *before, struct buf *text)
{
	buf_adds(out, before);
	jwrite_string(out, text->data, text->len);
	buf_release(text);
}

void
render_title_json(struct buf *out, const char *before,
    const struct notification *n, const struct render_style *style, size_t max)
{
	struct buf text = {0};

	render_title(&text, n, style, max);
	add_json(out, before, &text);
}

void
render_body_json(struct buf *out, const char *before,
    const struct notification *n, const struct render_style *style, size_t max)
{
	struct buf text = {0};

	render_body(&text, n, style, max);
	add_json(out, before, &text);
}
