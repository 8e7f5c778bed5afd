/*
 * Any lines as records that were annotated, and as summaries.  What is taken
 * must add up, be JSON when it is written, and come back the same.
 */
#include <math.h>

#include "core/utf8.h"
#include "fuzz.h"
#include "quality/annotated.h"
#include "quality/page.h"
#include "quality/report.h"
#include "quality/summary_read.h"

static struct buf
write(const struct pool *p)
{
	struct buf b = {0};

	report_summary(&b, p, quality_weights, "");
	buf_addc(&b, '}');
	must_be_json(&b);
	return b;
}

/* More records than a summary may have, which takes one that has most. */
static bool
is_full(const struct pool *p)
{
	return p->n_records > 1000000000000000 ||
	       p->n_malformed > 1000000000000000;
}

static void
read_back(const struct pool *p)
{
	struct buf text = write(p), again, why = {0};
	struct rosters rosters = {0};
	struct pool q;
	struct jdoc d;

	jdoc_init(&d);
	pool_init(&q, &rosters);
	must(parse(&d, text.data, text.len) == JERR_NONE);
	must(summary_read(&q, jval_root(&d), 0, &why) || is_full(p));
	if (why.len == 0) {
		again = write(&q);
		must(again.len == text.len &&
		     memcmp(again.data, text.data, text.len) == 0);
		buf_release(&again);
	}
	pool_release(&q);
	rosters_release(&rosters);
	jdoc_release(&d);
	buf_release(&text);
	buf_release(&why);
}

static void
write_pages(const struct pool *p)
{
	struct buf text = write(p), page = {0};
	struct jdoc d;

	jdoc_init(&d);
	buf_addc(&text, ']');
	memmove(text.data + 1, text.data, text.len - 1);
	*text.data = '[';
	buf_addc(&text, ']');
	must(parse(&d, text.data, text.len) == JERR_NONE);
	page_html(&page, jval_root(&d), 1);
	page_markdown(&page, jval_root(&d), 1);
	page_text(&page, jval_root(&d), 1);
	must(utf8_is_valid(page.data, page.len));
	jdoc_release(&d);
	buf_release(&text);
	buf_release(&page);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *s = (const char *)data, *end = s + size;
	struct annotated a = {.values = NULL};
	struct rosters rosters = {0};
	struct buf why = {0};
	struct pool p;
	struct jdoc d;

	jdoc_init(&d);
	pool_init(&p, &rosters);
	while (s < end) {
		const char *lf = memchr(s, '\n', (size_t)(end - s));
		size_t len = (size_t)((lf ? lf : end) - s);

		if (parse(&d, s, len) == JERR_NONE) {
			(void)annotated_read(&a, &rosters, jval_root(&d));
			pool_add(&p, &a.outcomes, NAN);
			why.len = 0;
			must(summary_read(&p, jval_root(&d), 1, &why) ||
			     why.len > 0);
		}
		s += len + (lf != NULL);
	}
	read_back(&p);
	write_pages(&p);
	pool_release(&p);
	annotated_release(&a);
	rosters_release(&rosters);
	buf_release(&why);
	jdoc_release(&d);
	return 0;
}
