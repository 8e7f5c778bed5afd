#include <string.h>
#include <sysexits.h>

#include "core/diag.h"
#include "core/replace.h"
#include "quality/page.h"
#include "json/parse.h"
#include "json/write.h"

enum page_format
page_format(const char *path)
{
	static const struct {
		const char *end;
		enum page_format format;
	} all[] = {{".html", PAGE_HTML}, {".htm", PAGE_HTML},
	    {".md", PAGE_MARKDOWN}, {".txt", PAGE_TEXT}};
	size_t len = strlen(path);

	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++) {
		size_t n = strlen(all[i].end);

		if (len > n && strcmp(path + len - n, all[i].end) == 0)
			return all[i].format;
	}
	return PAGE_NONE;
}

struct jval
page_member(struct jval v, const char *name)
{
	return jval_get(v, name, strlen(name));
}

void
page_add_value(struct buf *b, struct jval v)
{
	size_t len;
	const char *s = jval_string(v, &len);

	if (jval_type(v) == J_STRING)
		buf_add(b, s, len);
	else
		jwrite_value(b, v);
}

void
page_title(struct buf *b, struct jval summary)
{
	struct jval group = page_member(summary, "group");
	struct jval window = page_member(summary, "window");
	struct jiter it = jval_iter(group);
	size_t start = b->len;

	if (jval_type(group) == J_NULL)
		buf_adds(b, "everything else");
	while (jiter_next(&it)) {
		if (b->len > start)
			buf_adds(b, ", ");
		page_add_value(b, it.value);
	}
	if (jval_type(window) == J_ABSENT)
		return;
	if (b->len > start)
		buf_adds(b, ", ");
	if (jval_type(page_member(window, "start")) == J_NULL) {
		buf_adds(b, "without a time");
		return;
	}
	it = jval_iter(window);
	for (size_t i = 0; jiter_next(&it); i++) {
		buf_adds(b, i ? " to " : "");
		page_add_value(b, it.value);
	}
}

bool
page_is_alone(struct jval summaries)
{
	struct jval only = jval_at(summaries, 0);

	return jval_count(summaries) == 1 &&
	       jval_type(page_member(only, "group")) == J_ABSENT &&
	       jval_type(page_member(only, "window")) == J_ABSENT;
}

void
page_add_score(struct buf *b, struct jval score)
{
	if (jval_is_number(score))
		buf_addf(b, "%.1f", jval_double(score));
	else
		buf_adds(b, "none");
}

void
page_add_count(struct buf *b, struct jval count)
{
	struct buf digits = {0};

	jwrite_value(&digits, count);
	for (size_t i = 0; i < digits.len; i++) {
		if (i > 0 && (digits.len - i) % 3 == 0)
			buf_addc(b, ',');
		buf_addc(b, digits.data[i]);
	}
	buf_release(&digits);
}

/* The lines as the elements of an array. */
static void
join(struct buf *b, const struct buf *summaries)
{
	buf_addc(b, '[');
	for (size_t i = 0; i < summaries->len; i++) {
		char c = summaries->data[i];

		if (c != '\n')
			buf_addc(b, c);
		else if (i + 1 < summaries->len)
			buf_addc(b, ',');
	}
	buf_addc(b, ']');
}

bool
page_write(const char *path, const struct buf *summaries, uint64_t n_more)
{
	static void (*const formats[])(struct buf *, struct jval, uint64_t) = {
	    [PAGE_HTML] = page_html,
	    [PAGE_MARKDOWN] = page_markdown,
	    [PAGE_TEXT] = page_text,
	};
	struct buf text = {0}, page = {0};
	struct jdoc doc;
	const char *why;
	int status;

	jdoc_init(&doc);
	join(&text, summaries);
	buf_reserve(&text, JDOC_PADDING);
	if (jdoc_parse(&doc, text.data, text.len) == JERR_NONE) {
		formats[page_format(path)](&page, jval_root(&doc), n_more);
		status = replace_file(path, page.data, page.len, 0666);
		why = strerror(status);
	} else { /* the array around them was one level too much */
		status = EX_DATAERR;
		why = "a summary is nested too deeply for a page";
	}
	if (status != 0)
		diag_error("%s: %s", path, why);
	buf_release(&text);
	buf_release(&page);
	jdoc_release(&doc);
	return status == 0;
}
