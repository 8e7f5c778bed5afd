#ifndef QUALITY_PAGE_H
#define QUALITY_PAGE_H

#include <stdbool.h>

#include "core/buf.h"
#include "json/value.h"

/*
 * page - summaries (report.h) as a page for people: HTML, Markdown or text.
 *
 * An HTML page stands alone: style and pictures are in it, it loads nothing
 * and runs nothing.  Everything from the data is escaped.
 */

enum page_format { PAGE_HTML, PAGE_MARKDOWN, PAGE_TEXT, PAGE_NONE };

#define PAGE_PARTS 100 /* groups or windows with details, */
#define PAGE_LINES 10000 /* with a line; more are only counted */

/* What the end of the file's name asks for. */
enum page_format page_format(const char *path);

/*
 * Write the page about summaries, one a line, to the file at path, as
 * replace_file does.  n_more: how many there were besides.  Returns whether it
 * is there, or false after a diagnostic.
 */
bool page_write(const char *path, const struct buf *summaries, uint64_t n_more);

/* Private: append the page.  summaries: an array of objects; n_more: others. */
void page_html(struct buf *b, struct jval summaries, uint64_t n_more);
void page_markdown(struct buf *b, struct jval summaries, uint64_t n_more);
void page_text(struct buf *b, struct jval summaries, uint64_t n_more);

/* Private: is there one, about all records? */
bool page_is_alone(struct jval summaries);

/* Private: the member of that name; what a summary is about ("Recife, 12:00 to
 * 13:00"); a score as text; a value as text, with its quotes only inside of
 * others. */
struct jval page_member(struct jval v, const char *name);
void page_title(struct buf *b, struct jval summary);
void page_add_score(struct buf *b, struct jval score);
void page_add_value(struct buf *b, struct jval v);

/* Private: "1,234,567". */
void page_add_count(struct buf *b, struct jval count);

#endif
