#include "alert/mail_html.h"
#include "alert/render.h"

#define PAGE_MAX 90000 /* bytes, before the last alert */
#define VALUE_MAX 12000 /* bytes of one piece of data, escaped */
#define TITLE_MAX 1200

static const struct render_style style = {
    text_html_lines, TEXT_BYTES, "", "", "<br>\n"};

/* Of what fires by severity, and of what is resolved. */
static const char *
color_of(bool is_firing, enum alert_severity severity)
{
	static const char *const colors[] = {
	    "#2f6fab", "#b7791f", "#c05621", "#c53030"};

	return is_firing ? colors[severity] : "#2f855a";
}

static void
add(struct buf *out, const char *s, size_t len, bool is_line)
{
	struct text t = {.out = out,
	    .escape = style.escape,
	    .max = VALUE_MAX,
	    .is_line = is_line};

	text_add(&t, s, len);
}

static void
add_string(struct buf *out, const char *s)
{
	add(out, s, strlen(s), true);
}

static void
add_head(struct buf *out, const struct notification *n)
{
	buf_adds(out, "<!DOCTYPE html>\n<html><head><meta charset=\"utf-8\">\n"
		      "<meta name=\"viewport\" "
		      "content=\"width=device-width, initial-scale=1\">\n"
		      "<title>");
	render_title(out, n, &style, TITLE_MAX);
	buf_adds(out,
	    "</title></head>\n"
	    "<body style=\"margin:0; padding:16px; background:#f1f3f5; "
	    "color:#1f2933;\n"
	    " font:15px/1.5 -apple-system, 'Segoe UI', Roboto, Helvetica, "
	    "Arial, sans-serif\">\n"
	    "<table role=\"presentation\" width=\"100%\" cellpadding=\"0\" "
	    "cellspacing=\"0\"\n"
	    " style=\"max-width:640px; margin:0 auto; background:#ffffff; "
	    "border:1px solid #d9dee3;\n"
	    " border-radius:8px; border-collapse:separate; "
	    "overflow:hidden\">\n");
	buf_addf(out,
	    "<tr><td style=\"padding:14px 20px; background:%s; "
	    "color:#ffffff;\n font-size:17px; font-weight:600\">",
	    color_of(n->is_firing, n->severity));
	render_title(out, n, &style, TITLE_MAX);
	buf_adds(out, "</td></tr>\n");
}

static void
add_label(struct buf *out, const char *name, const char *value, size_t len)
{
	buf_adds(out, "<tr><td style=\"padding:1px 14px 1px 0; "
		      "color:#66727f; vertical-align:top\">");
	add_string(out, name);
	buf_adds(out, "</td><td style=\"word-break:break-word\">");
	add(out, value, len, true);
	buf_adds(out, "</td></tr>\n");
}

static void
add_heading(struct buf *out, const struct notice *a)
{
	char status[RENDER_STATUS];

	render_status(status, a);
	buf_addf(out,
	    "<div style=\"font-weight:600\"><span style=\"color:%s\">%s</span>"
	    "&ensp;",
	    color_of(a->is_firing, a->severity), status);
	add(out, a->title.data, a->title.len, true);
	buf_adds(out, "</div>\n");
}

/* The last line: when, and what there is to know besides. */
static void
add_times(struct buf *out, const struct notice *a)
{
	struct notice rest = *a;
	struct text t = {.out = out, .escape = style.escape, .max = VALUE_MAX};

	buf_adds(out, "<div style=\"margin-top:8px; color:#66727f; "
		      "font-size:13px\">");
	rest.body.len = rest.n_labels = 0;
	render_notice(&t, &rest, &style, false);
	buf_adds(out, "</div>\n");
}

static void
add_notice(struct buf *out, const struct notice *a)
{
	buf_adds(out, "<tr><td style=\"padding:16px 20px; "
		      "border-top:1px solid #e4e8ec\">\n");
	add_heading(out, a);
	if (a->body.len > 0) {
		buf_adds(out, "<div style=\"margin-top:6px; "
			      "word-break:break-word\">");
		add(out, a->body.data, a->body.len, false);
		buf_adds(out, "</div>\n");
	}
	buf_adds(out, "<table role=\"presentation\" cellpadding=\"0\" "
		      "cellspacing=\"0\"\n style=\"margin-top:8px; "
		      "font-size:14px\">\n");
	add_label(out, "rule", a->rule, strlen(a->rule));
	for (size_t i = 0; i < a->n_labels; i++)
		add_label(out, a->labels[i].name, a->labels[i].value,
		    a->labels[i].len);
	buf_adds(out, "</table>\n");
	add_times(out, a);
	buf_adds(out, "</td></tr>\n");
}

static void
add_foot(struct buf *out, const struct notification *n, uint64_t n_more,
    const char *link)
{
	struct text t = {.out = out, .escape = style.escape, .max = VALUE_MAX};
	size_t start;

	buf_adds(out, "<tr><td style=\"padding:14px 20px; "
		      "border-top:1px solid #e4e8ec;\n"
		      " color:#66727f; font-size:13px\">\n");
	start = out->len;
	render_tail(&t, n, &style, n_more);
	if (out->len > start)
		buf_adds(out, "<br>\n");
	if (link) {
		buf_adds(out, "<a href=\"");
		add_string(out, link);
		buf_adds(out, "\" style=\"color:#2f6fab\">Open</a> &middot;\n");
	}
	buf_adds(out, "cdo-alert to ");
	add_string(out, n->receiver);
	buf_adds(out, "</td></tr>\n</table>\n</body></html>\n");
}

static void
add_digest(struct buf *out, const struct notification *n)
{
	buf_adds(out, "<tr><td style=\"padding:16px 20px 8px\">");
	render_counts(out, n);
	buf_adds(out, "</td></tr>\n<tr><td style=\"padding:0 20px 16px\">\n");
}

void
mail_html(struct buf *out, const struct notification *n, const char *link)
{
	size_t start = out->len, i;
	bool is_digest = n->cause == NOTIFICATION_DIGEST;

	add_head(out, n);
	if (is_digest)
		add_digest(out, n);
	for (i = 0; i < n->n && out->len - start < PAGE_MAX; i++) {
		if (is_digest)
			add_heading(out, &n->notices[i]);
		else
			add_notice(out, &n->notices[i]);
	}
	if (is_digest)
		buf_adds(out, "</td></tr>\n");
	add_foot(out, n, n->n - i + n->n_left_out, link);
}
