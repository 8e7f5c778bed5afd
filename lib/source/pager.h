#ifndef SOURCE_PAGER_H
#define SOURCE_PAGER_H

#include "http/http.h"
#include "source/compose.h"
#include "source/guard.h"
#include "json/expr.h"
#include "json/value.h"

/*
 * pager - from one page to the next, until a rule says that it is enough, or
 * a guard that it would never be.
 */

/* The expressions of a definition, compiled for one thread. */
struct page_exprs {
	struct expr *token, *has_more, *total, *total_pages; /* owned; NULL */
};

/* Returns whether all are good, else the reason is appended to why. */
bool page_exprs_new(
    struct page_exprs *e, const struct pages *p, struct buf *why);
void page_exprs_release(struct page_exprs *e);

struct pager {
	const struct definition *d; /* lent, as is x */
	const struct page_exprs *x;
	uint64_t number; /* of the page, or the offset, to ask for */
	uint64_t n_pages, n_records, n_bytes; /* so far */
	struct buf token, url; /* of the next page; strings; or empty */
	struct buf first; /* the first page's origin; a string */
	struct guard guard;
};

/* What a page was like. */
struct pager_page {
	struct jval body; /* without the records; or absent */
	uint64_t n_records, n_bytes;
	uint64_t hash; /* of the records */
	const char *header; /* that leads to the next one; or NULL */
	const char *from; /* where it came from; NULL: as asked */
	const char *url; /* where it was asked for */
};

enum pager_verdict {
	PAGER_NEXT,
	PAGER_END,
	PAGER_TRUNCATED, /* there may be more; why says what limit it was */
	PAGER_FAILED /* why says what is wrong */
};

void pager_init(
    struct pager *g, const struct definition *d, const struct page_exprs *x);
void pager_release(struct pager *g);

/* What is to be added to the request, at most 2; to be released one by one.
 * Returns how many. */
size_t pager_extras(const struct pager *g, struct extra extras[2]);

/* The URL to ask, or NULL: the definition's. */
const char *pager_url(const struct pager *g);

/* Is there a loop?  To be asked before a page counts.  Returns false with the
 * reason appended to why. */
bool pager_check(
    struct pager *g, const struct pager_page *page, struct buf *why);

/* The page counts: go on to the next one. */
enum pager_verdict pager_next(
    struct pager *g, const struct pager_page *page, struct buf *why);

#endif
