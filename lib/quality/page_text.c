/* page, third part: Markdown and plain text. */
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "quality/page.h"
#include "json/write.h"

#define BAR 40 /* columns */

/* A value on one line; marks of Markdown and control characters are escaped. */
static void
add_plain(struct buf *b, struct jval v, bool is_markdown)
{
	struct buf text = {0};

	page_add_value(&text, v);
	for (size_t i = 0; i < text.len; i++) {
		unsigned char c = (unsigned char)text.data[i];

		if (c < ' ' || c == 127) {
			buf_addc(b, ' ');
			continue;
		}
		if (is_markdown && strchr("\\`*_{}[]<>#|&!~$", c))
			buf_addc(b, '\\');
		buf_addc(b, (char)c);
	}
	buf_release(&text);
}

static void
add_title(struct buf *b, struct jval summary, bool is_markdown)
{
	struct buf title = {0};

	page_title(&title, summary);
	for (size_t i = 0; i < title.len; i++) {
		unsigned char c = (unsigned char)title.data[i];

		if (is_markdown && strchr("\\`*_{}[]<>#|&!~$", c) && c)
			buf_addc(b, '\\');
		buf_addc(b, c < ' ' || c == 127 ? ' ' : (char)c);
	}
	buf_release(&title);
}

/* As many ` as are more than any row of them in the text. */
static void
add_fence(struct buf *b, const struct buf *text)
{
	size_t most = 0, n = 0;

	for (size_t i = 0; i < text->len; i++) {
		n = text->data[i] == '`' ? n + 1 : 0;
		most = n > most ? n : most;
	}
	for (size_t i = 0; i <= most; i++)
		buf_addc(b, '`');
}

/* JSON that no line of Markdown takes for anything else.  It neither begins
 * nor ends with a `. */
static void
add_code(struct buf *b, struct jval v, bool is_markdown)
{
	struct buf text = {0};

	jwrite_value(&text, v);
	if (is_markdown)
		add_fence(b, &text);
	buf_add(b, text.data, text.len);
	if (is_markdown)
		add_fence(b, &text);
	buf_release(&text);
}

static void
add_facts(struct buf *b, struct jval summary)
{
	buf_adds(b, "score ");
	page_add_score(b, page_member(summary, "score"));
	buf_adds(b, ", ");
	page_add_count(b, page_member(summary, "records"));
	buf_adds(b, " records, ");
	page_add_count(b, page_member(summary, "malformed"));
	buf_adds(b, " malformed lines, ");
	page_add_count(b, page_member(summary, "unassessed"));
	buf_adds(b, " without a score\n\n");
}

static void
add_bar(struct buf *b, double share, size_t width)
{
	size_t n = (size_t)lround(fmin(fmax(share, 0), 1) * (double)width);

	for (size_t i = 0; i < width; i++)
		buf_addc(b, i < n ? '#' : '.');
}

static void
text_dimensions(struct buf *b, struct jval summary)
{
	struct jiter it = jval_iter(page_member(summary, "dimensions"));

	while (jiter_next(&it)) {
		struct jval worst = page_member(it.value, "worst_field");
		size_t len;
		const char *name = jval_string(it.name, &len);

		buf_addf(b, "  %-13.*s %5.1f ", (int)len, name,
		    jval_double(page_member(it.value, "score")));
		add_bar(
		    b, jval_double(page_member(it.value, "score")) / 100, 20);
		if (jval_type(worst) == J_STRING) {
			buf_adds(b, "  worst ");
			add_plain(b, worst, false);
			buf_adds(b, " at ");
			page_add_score(b, page_member(it.value, "worst_score"));
		}
		buf_addc(b, '\n');
	}
	buf_addc(b, '\n');
}

static void
markdown_dimensions(struct buf *b, struct jval summary)
{
	struct jiter it = jval_iter(page_member(summary, "dimensions"));

	buf_adds(b, "| dimension | score | failed | of | worst field |\n"
		    "| --- | ---: | ---: | ---: | --- |\n");
	while (jiter_next(&it)) {
		struct jval worst = page_member(it.value, "worst_field");

		buf_adds(b, "| ");
		add_plain(b, it.name, true);
		buf_adds(b, " | ");
		page_add_score(b, page_member(it.value, "score"));
		buf_adds(b, " | ");
		page_add_count(b, page_member(it.value, "failed"));
		buf_adds(b, " | ");
		page_add_count(b, page_member(it.value, "evaluated"));
		buf_adds(b, " | ");
		if (jval_type(worst) == J_STRING) {
			add_plain(b, worst, true);
			buf_adds(b, " (");
			page_add_score(b, page_member(it.value, "worst_score"));
			buf_addc(b, ')');
		}
		buf_adds(b, " |\n");
	}
	buf_addc(b, '\n');
}

static void
add_histogram(struct buf *b, struct jval summary, const char *indent)
{
	struct jval bars = page_member(summary, "histogram");
	struct jiter it = jval_iter(bars);
	double most = 1;

	while (jiter_next(&it))
		most = fmax(most, jval_double(it.value));
	it = jval_iter(bars);
	for (int i = 0; jiter_next(&it); i++) {
		buf_addf(b, "%s%3d ", indent, i * 10);
		add_bar(b, jval_double(it.value) / most, BAR);
		buf_addc(b, ' ');
		page_add_count(b, it.value);
		buf_addc(b, '\n');
	}
	buf_addc(b, '\n');
}

static void
add_advice(struct buf *b, struct jval a, bool is_markdown)
{
	struct jiter it = jval_iter(page_member(a, "examples"));
	struct jval field = page_member(a, "field");
	struct jval paste = page_member(a, "paste");

	buf_adds(b, is_markdown ? "1. **+" : "  +");
	jwrite_double(b, jval_double(page_member(a, "points")));
	buf_adds(b, is_markdown ? "** " : "  ");
	if (jval_type(field) == J_STRING) {
		add_plain(b, field, is_markdown);
		buf_addc(b, ' ');
	}
	add_plain(b, page_member(a, "keyword"), is_markdown);
	buf_adds(b, ": ");
	add_plain(b, page_member(a, "advice"), is_markdown);
	buf_adds(b, "; failed: ");
	page_add_count(b, page_member(a, "failed"));
	buf_addf(b, " (%.4g %%)\n", 100 * jval_double(page_member(a, "share")));
	while (jiter_next(&it)) {
		struct jval value = page_member(it.value, "value");

		buf_adds(b, is_markdown ? "   - " : "      ");
		if (jval_type(value) != J_ABSENT) {
			add_code(b, value, is_markdown);
			buf_addc(b, ' ');
		}
		add_plain(b, page_member(it.value, "file"), is_markdown);
		buf_addc(b, ':');
		add_plain(b, page_member(it.value, "line"), is_markdown);
		buf_addc(b, '\n');
	}
	if (jval_type(paste) == J_OBJECT) {
		buf_adds(b, is_markdown ? "   - rule: " : "      rule: ");
		add_code(b, paste, is_markdown);
		buf_addc(b, '\n');
	}
}

static void
add_summary(struct buf *b, struct jval summary, bool is_alone, bool is_markdown)
{
	struct jiter it = jval_iter(page_member(summary, "recommendations"));
	bool any = false;

	if (!is_alone) {
		buf_adds(b, is_markdown ? "## " : "");
		add_title(b, summary, is_markdown);
		buf_adds(b, "\n\n");
	}
	add_facts(b, summary);
	if (is_markdown)
		markdown_dimensions(b, summary);
	else
		text_dimensions(b, summary);
	buf_adds(b, "Records by score:\n\n");
	add_histogram(b, summary, is_markdown ? "    " : "  ");
	while (jiter_next(&it)) {
		if (!any)
			buf_adds(b, "What to mend first, by points:\n\n");
		any = true;
		add_advice(b, it.value, is_markdown);
	}
	if (any)
		buf_addc(b, '\n');
}

static void
add_page(
    struct buf *b, struct jval summaries, uint64_t n_more, bool is_markdown)
{
	struct jiter it = jval_iter(summaries);
	uint64_t n = jval_count(summaries) + n_more;
	bool is_alone = page_is_alone(summaries);

	buf_adds(b, is_markdown ? "# Data quality\n\n" : "Data quality\n\n");
	for (size_t i = 0; i < PAGE_PARTS && jiter_next(&it); i++)
		add_summary(b, it.value, is_alone, is_markdown);
	if (n > PAGE_PARTS)
		buf_addf(b, "And %" PRIu64 " more.\n", n - PAGE_PARTS);
}

void
page_markdown(struct buf *b, struct jval summaries, uint64_t n_more)
{
	add_page(b, summaries, n_more, true);
}

void
page_text(struct buf *b, struct jval summaries, uint64_t n_more)
{
	add_page(b, summaries, n_more, false);
}
