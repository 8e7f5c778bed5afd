/* page, second part: HTML. */
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "quality/page.h"
#include "json/write.h"

static const char head[] =
    "<!DOCTYPE html>\n"
    "<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
    "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n"
    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none';"
    " style-src 'unsafe-inline'; img-src data:\">\n"
    "<link rel=\"icon\" href=\"data:,\">\n"
    "<title>Data quality</title>\n"
    "<style>\n"
    ":root{color-scheme:light dark;--back:#f6f7f9;--card:#fff;--text:#1c2430;"
    "--soft:#5b6675;--line:#dfe3e8;--good:#1f8a4c;--fair:#b7791f;"
    "--poor:#c0392b}\n"
    "@media(prefers-color-scheme:dark){:root{--back:#14181e;--card:#1d232b;"
    "--text:#e7ebf0;--soft:#9aa6b5;--line:#323a45;--good:#4cc38a;"
    "--fair:#e2b257;--poor:#f0796b}}\n"
    "*{box-sizing:border-box}\n"
    "body{margin:0;background:var(--back);color:var(--text);"
    "font:16px/1.5 system-ui,sans-serif}\n"
    "main{max-width:60rem;margin:0 auto;padding:1.5rem 1rem 4rem}\n"
    "h1{font-size:1.6rem;margin:0 0 1rem}\n"
    "h2{font-size:1.2rem;margin:2rem 0 .75rem}\n"
    "h3{font-size:1rem;margin:0 0 .25rem}\n"
    "section,article{background:var(--card);border:1px solid var(--line);"
    "border-radius:10px;padding:1rem;margin:0 0 1rem;overflow-wrap:anywhere}\n"
    ".top{display:flex;flex-wrap:wrap;gap:1rem 2.5rem;align-items:center}\n"
    ".grid{display:grid;gap:1rem;"
    "grid-template-columns:repeat(auto-fit,minmax(9.5rem,1fr))}\n"
    ".grid section{margin:0;text-align:center}\n"
    "svg{display:block;margin:0 auto;max-width:100%;height:auto}\n"
    ".top svg{margin:0}\n"
    ".soft{color:var(--soft);font-size:.9rem}\n"
    ".good{color:var(--good)}.fair{color:var(--fair)}.poor{color:var(--poor)}\n"
    "svg .good,svg .fair,svg .poor{stroke:currentColor;fill:none}\n"
    "svg .back{stroke:var(--line);fill:none}\n"
    "svg text{fill:var(--text);font-weight:600}\n"
    "svg .label{fill:var(--soft);font-weight:400}\n"
    "svg rect{fill:currentColor}\n"
    "pre{background:var(--back);border-radius:6px;padding:.6rem;"
    "margin:.5rem 0 0;white-space:pre-wrap;font-size:.85rem}\n"
    "dl{display:grid;grid-template-columns:auto 1fr;gap:.2rem .8rem;margin:0}\n"
    "dt{color:var(--soft)}dd{margin:0;font-weight:600}\n"
    "table{border-collapse:collapse;width:100%}\n"
    "td,th{padding:.3rem .5rem;border-bottom:1px solid var(--line);"
    "text-align:left}\n"
    "td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}\n"
    ".scroll{overflow-x:auto}\n"
    ".points{float:right;font-weight:700;margin-left:1rem}\n"
    "ul{margin:.4rem 0 0;padding-left:1.2rem}\n"
    "</style></head><body><main>\n";

static void
add_escaped(struct buf *b, const char *s, size_t len)
{
	for (size_t i = 0; i < len; i++)
		switch (s[i]) {
		case '&':
			buf_adds(b, "&amp;");
			break;
		case '<':
			buf_adds(b, "&lt;");
			break;
		case '>':
			buf_adds(b, "&gt;");
			break;
		case '"':
			buf_adds(b, "&quot;");
			break;
		case '\0':
			buf_adds(b, "\xEF\xBF\xBD");
			break;
		default:
			buf_addc(b, s[i]);
		}
}

/* A value from the data, escaped. */
static void
add_value(struct buf *b, struct jval v)
{
	struct buf text = {0};

	page_add_value(&text, v);
	add_escaped(b, text.data, text.len);
	buf_release(&text);
}

/* The class of a score. */
static const char *
grade(struct jval score)
{
	if (!jval_is_number(score))
		return "soft";
	if (jval_double(score) >= 95)
		return "good";
	return jval_double(score) >= 80 ? "fair" : "poor";
}

/* An arc of three quarters of a circle, and the score in it. */
static void
add_gauge(struct buf *b, struct jval score, int size)
{
	const double all = 2 * 3.14159265358979 * 42 * 0.75;
	double part = fmin(fmax(jval_double(score), 0), 100) / 100 * all;

	buf_addf(b,
	    "<svg width=\"%d\" height=\"%d\" viewBox=\"0 0 100 90\" "
	    "role=\"img\" aria-label=\"score ",
	    size, size * 9 / 10);
	page_add_score(b, score);
	buf_addf(b,
	    "\"><g fill=\"none\" stroke-width=\"9\" stroke-linecap=\"round\" "
	    "transform=\"rotate(135 50 50)\"><circle class=\"back\" cx=\"50\" "
	    "cy=\"50\" r=\"42\" stroke-dasharray=\"%.2f 400\"/>",
	    all);
	if (part > 0)
		buf_addf(b,
		    "<circle class=\"%s\" cx=\"50\" cy=\"50\" r=\"42\" "
		    "stroke-dasharray=\"%.2f 400\"/>",
		    grade(score), part);
	buf_adds(b, "</g><text x=\"50\" y=\"57\" text-anchor=\"middle\" "
		    "font-size=\"22\">");
	page_add_score(b, score);
	buf_adds(b, "</text></svg>");
}

static void
add_dimensions(struct buf *b, struct jval summary)
{
	struct jiter it = jval_iter(page_member(summary, "dimensions"));

	buf_adds(b, "<div class=\"grid\">\n");
	while (jiter_next(&it)) {
		struct jval worst = page_member(it.value, "worst_field");

		buf_adds(b, "<section><h3>");
		add_value(b, it.name);
		buf_adds(b, "</h3>");
		add_gauge(b, page_member(it.value, "score"), 110);
		buf_adds(b, "<div class=\"soft\">");
		page_add_count(b, page_member(it.value, "failed"));
		buf_adds(b, " of ");
		page_add_count(b, page_member(it.value, "evaluated"));
		buf_adds(b, " checks failed");
		if (jval_type(worst) == J_STRING) {
			buf_adds(b, "<br>worst: <b>");
			add_value(b, worst);
			buf_adds(b, "</b> at ");
			page_add_score(b, page_member(it.value, "worst_score"));
		}
		buf_adds(b, "</div></section>\n");
	}
	buf_adds(b, "</div>\n");
}

static void
add_bar(struct buf *b, struct jval count, double most, int i)
{
	double height = jval_double(count) / most * 110;
	int x = 10 + i * 34;

	if (height > 0 && height < 1.5)
		height = 1.5;
	buf_addf(b,
	    "<rect class=\"%s\" style=\"stroke:none;fill:currentColor\" "
	    "x=\"%d\" y=\"%.1f\" width=\"28\" height=\"%.1f\"/>",
	    i >= 9   ? "good"
	    : i >= 8 ? "fair"
		     : "poor",
	    x, 130 - height, height);
	buf_addf(b,
	    "<text class=\"label\" x=\"%d\" y=\"146\" text-anchor=\"middle\" "
	    "font-size=\"10\">%d</text>",
	    x + 14, i * 10);
	if (jval_double(count) <= 0)
		return;
	buf_addf(b,
	    "<text class=\"label\" x=\"%d\" y=\"%.1f\" text-anchor=\"middle\" "
	    "font-size=\"%s\">",
	    x + 14, 126 - height, jval_double(count) < 1e5 ? "9" : "6");
	page_add_count(b, count);
	buf_adds(b, "</text>");
}

static void
add_histogram(struct buf *b, struct jval summary)
{
	struct jval bars = page_member(summary, "histogram");
	struct jiter it = jval_iter(bars);
	double most = 1;

	while (jiter_next(&it))
		most = fmax(most, jval_double(it.value));
	buf_adds(b, "<h2>Records by score</h2><section><svg width=\"700\" "
		    "viewBox=\"0 0 360 152\" role=\"img\" aria-label=\""
		    "histogram of the records' scores\">");
	it = jval_iter(bars);
	for (int i = 0; jiter_next(&it); i++)
		add_bar(b, it.value, most, i);
	buf_adds(b, "</svg></section>\n");
}

static void
add_examples(struct buf *b, struct jval advice)
{
	struct jiter it = jval_iter(page_member(advice, "examples"));
	const char *before = "<ul>";

	while (jiter_next(&it)) {
		struct jval value = page_member(it.value, "value");

		buf_adds(b, before);
		buf_adds(b, "<li>");
		if (jval_type(value) != J_ABSENT) {
			struct buf text = {0};

			jwrite_value(&text, value);
			buf_adds(b, "<code>");
			add_escaped(b, text.data, text.len);
			buf_adds(b, "</code> ");
			buf_release(&text);
		}
		buf_adds(b, "<span class=\"soft\">");
		add_value(b, page_member(it.value, "file"));
		buf_addc(b, ':');
		add_value(b, page_member(it.value, "line"));
		buf_adds(b, "</span></li>");
		before = "";
	}
	if (*before == '\0')
		buf_adds(b, "</ul>");
}

static void
add_advice(struct buf *b, struct jval a)
{
	struct jval field = page_member(a, "field");
	struct jval message = page_member(a, "message");
	struct jval paste = page_member(a, "paste");
	struct buf text = {0};

	buf_adds(b, "<article><span class=\"points\">+");
	jwrite_double(b, jval_double(page_member(a, "points")));
	buf_adds(b, "</span><h3>");
	if (jval_type(field) == J_STRING) {
		add_value(b, field);
		buf_addc(b, ' ');
	}
	buf_adds(b, "<span class=\"soft\">");
	add_value(b, page_member(a, "keyword"));
	buf_adds(b, ", ");
	add_value(b, page_member(a, "dimension"));
	buf_adds(b, ", ");
	add_value(b, page_member(a, "severity"));
	buf_adds(b, "</span></h3>\n");
	if (jval_type(message) == J_STRING) {
		buf_adds(b, "<div>");
		add_value(b, message);
		buf_adds(b, "</div>");
	}
	buf_adds(b, "<div>");
	add_value(b, page_member(a, "advice"));
	buf_adds(b, "</div><div class=\"soft\">failed: ");
	page_add_count(b, page_member(a, "failed"));
	buf_addf(
	    b, " (%.4g %%)</div>", 100 * jval_double(page_member(a, "share")));
	add_examples(b, a);
	if (jval_type(paste) == J_OBJECT) {
		jwrite_value(&text, paste);
		buf_adds(b, "<pre>");
		add_escaped(b, text.data, text.len);
		buf_adds(b, "</pre>");
	}
	buf_adds(b, "</article>\n");
	buf_release(&text);
}

static void
add_recommendations(struct buf *b, struct jval summary)
{
	struct jiter it = jval_iter(page_member(summary, "recommendations"));
	bool any = false;

	while (jiter_next(&it)) {
		if (!any)
			buf_adds(b, "<h2>What to mend first</h2>\n");
		any = true;
		add_advice(b, it.value);
	}
}

static void
add_facts(struct buf *b, struct jval summary)
{
	static const struct {
		const char *name, *words;
	} facts[] = {{"records", "records"}, {"malformed", "malformed lines"},
	    {"unassessed", "without a score"}};

	buf_adds(b, "<dl>");
	for (size_t i = 0; i < sizeof(facts) / sizeof(*facts); i++) {
		buf_addf(b, "<dt>%s</dt><dd>", facts[i].words);
		page_add_count(b, page_member(summary, facts[i].name));
		buf_adds(b, "</dd>");
	}
	buf_adds(b, "</dl>");
}

static void
add_summary(struct buf *b, struct jval summary, size_t number, bool is_alone)
{
	if (!is_alone) {
		buf_addf(b, "<h2 id=\"part%zu\">", number);
		struct buf title = {0};

		page_title(&title, summary);
		add_escaped(b, title.data, title.len);
		buf_release(&title);
		buf_adds(b, "</h2>\n");
	}
	buf_adds(b, "<section class=\"top\">");
	add_gauge(b, page_member(summary, "score"), 180);
	add_facts(b, summary);
	buf_adds(b, "</section>\n");
	add_dimensions(b, summary);
	add_histogram(b, summary);
	add_recommendations(b, summary);
}

/* One line for each summary. */
static void
add_overview(struct buf *b, struct jval summaries, uint64_t n_more)
{
	struct jiter it = jval_iter(summaries);

	buf_adds(b, "<section class=\"scroll\"><table><thead><tr><th>part</th>"
		    "<th class=\"n\">score</th><th class=\"n\">records</th>"
		    "<th class=\"n\">malformed</th></tr></thead><tbody>\n");
	for (size_t i = 0; jiter_next(&it); i++) {
		struct jval score = page_member(it.value, "score");
		struct buf title = {0};

		page_title(&title, it.value);
		buf_addf(b, "<tr><td>");
		if (i < PAGE_PARTS)
			buf_addf(b, "<a href=\"#part%zu\">", i);
		add_escaped(b, title.data, title.len);
		buf_addf(b, "%s</td><td class=\"n %s\">",
		    i < PAGE_PARTS ? "</a>" : "", grade(score));
		page_add_score(b, score);
		buf_adds(b, "</td><td class=\"n\">");
		page_add_count(b, page_member(it.value, "records"));
		buf_adds(b, "</td><td class=\"n\">");
		page_add_count(b, page_member(it.value, "malformed"));
		buf_adds(b, "</td></tr>\n");
		buf_release(&title);
	}
	buf_adds(b, "</tbody></table>");
	if (n_more > 0)
		buf_addf(b, "<p>And %" PRIu64 " more.</p>", n_more);
	buf_adds(b, "</section>\n");
}

void
page_html(struct buf *b, struct jval summaries, uint64_t n_more)
{
	struct jiter it = jval_iter(summaries);
	bool is_alone = page_is_alone(summaries);

	buf_adds(b, head);
	buf_adds(b, "<h1>Data quality</h1>\n");
	if (!is_alone)
		add_overview(b, summaries, n_more);
	for (size_t i = 0; i < PAGE_PARTS && jiter_next(&it); i++)
		add_summary(b, it.value, i, is_alone);
	buf_adds(b, "</main></body></html>\n");
}
