#include <inttypes.h>
#include <string.h>

#include "core/num.h"
#include "core/secret.h"
#include "source/pager.h"
#include "source/url.h"

static bool
compile(struct expr **x, const char *text, struct buf *why)
{
	*x = text ? expr_new(text, NULL, why) : NULL;
	return !text || *x;
}

bool
page_exprs_new(struct page_exprs *e, const struct pages *p, struct buf *why)
{
	*e = (struct page_exprs){0};
	return compile(&e->token, p->token, why) &&
	       compile(&e->has_more, p->has_more, why) &&
	       compile(&e->total, p->total, why) &&
	       compile(&e->total_pages, p->total_pages, why);
}

void
page_exprs_release(struct page_exprs *e)
{
	expr_free(e->token);
	expr_free(e->has_more);
	expr_free(e->total);
	expr_free(e->total_pages);
	*e = (struct page_exprs){0};
}

void
pager_init(
    struct pager *g, const struct definition *d, const struct page_exprs *x)
{
	const struct pages *p = &d->pages;

	*g = (struct pager){.d = d, .x = x};
	g->number = p->start;
	if (p->start == UINT64_MAX)
		g->number = p->kind == PAGE_PAGE;
}

void
pager_release(struct pager *g)
{
	buf_release(&g->token);
	buf_release(&g->url);
	buf_release(&g->first);
	guard_release(&g->guard);
	*g = (struct pager){0};
}

size_t
pager_extras(const struct pager *g, struct extra extras[2])
{
	const struct pages *p = &g->d->pages;
	size_t n = 0;

	if (p->size_param && !pager_url(g)) {
		extras[n] = (struct extra){
		    .name = p->size_param, .in = (enum page_place)p->in};
		buf_addf(&extras[n++].text, "%" PRIu64, p->size);
	}
	if (!p->param)
		return n;
	extras[n] =
	    (struct extra){.name = p->param, .in = (enum page_place)p->in};
	if (p->kind == PAGE_PAGE || p->kind == PAGE_OFFSET)
		buf_addf(&extras[n++].text, "%" PRIu64, g->number);
	else if (g->token.len > 0)
		buf_add(&extras[n++].text, g->token.data, g->token.len - 1);
	return n;
}

const char *
pager_url(const struct pager *g)
{
	return g->url.len > 0 ? g->url.data : NULL;
}

bool
pager_check(struct pager *g, const struct pager_page *page, struct buf *why)
{
	if (g->d->pages.kind == PAGE_NONE || page->n_records == 0 ||
	    guard_body(&g->guard, page->hash))
		return true;
	buf_adds(why, "the same records as a page before: the source would"
		      " never end");
	return false;
}

/* The first result of an expression; "" for null, false and none. */
static bool
ask(struct expr *x, struct jval body, struct buf *out, const char *what,
    struct buf *why)
{
	size_t before = why->len;

	out->len = 0;
	buf_addf(why, "%s: ", what);
	if (!body.at || !expr_text(x, body, out, why)) {
		if (!body.at)
			buf_adds(why, "the body is no JSON");
		return false;
	}
	why->len = before;
	if ((out->len == 4 && memcmp(out->data, "null", 4) == 0) ||
	    (out->len == 5 && memcmp(out->data, "false", 5) == 0))
		out->len = 0;
	return true;
}

/* A number that an expression finds.  *is_there: it is one. */
static bool
ask_number(struct expr *x, struct jval body, double *n, bool *is_there,
    const char *what, struct buf *why)
{
	struct buf text = {0};
	bool good = ask(x, body, &text, what, why);

	buf_addc(&text, '\0');
	*is_there = good && num_double(text.data, n) == 0;
	if (good && !*is_there) {
		buf_addf(why, "%s: no number in the body", what);
		good = false;
	}
	buf_release(&text);
	return good;
}

/* Does the body say that this was the last page? */
static enum pager_verdict
ask_for_end(struct pager *g, const struct pager_page *page, struct buf *why)
{
	const struct page_exprs *x = g->x;
	struct buf text = {0};
	double n = 0;
	bool is_there, good = true, is_end = false;

	if (x->has_more) {
		good = ask(x->has_more, page->body, &text, "has_more", why);
		is_end = good && text.len == 0;
	}
	if (good && x->total) {
		good = ask_number(
		    x->total, page->body, &n, &is_there, "total", why);
		is_end |= good && (double)g->n_records >= n;
	}
	if (good && x->total_pages) {
		good = ask_number(x->total_pages, page->body, &n, &is_there,
		    "total_pages", why);
		is_end |= good && (double)g->n_pages >= n;
	}
	buf_release(&text);
	if (!good)
		return PAGER_FAILED;
	return is_end ? PAGER_END : PAGER_NEXT;
}

static bool
is_allowed(const json_t *origins, const char *origin)
{
	size_t n = json_is_array(origins) ? json_array_size(origins) : 1;
	struct buf b = {0};
	bool found = false;

	for (size_t i = 0; i < n && origins && !found; i++) {
		const json_t *v = json_is_array(origins)
				      ? json_array_get(origins, i)
				      : origins;

		b.len = 0;
		found = url_origin(&b, json_string_value(v)) &&
			strcmp(b.data, origin) == 0;
	}
	buf_release(&b);
	return found;
}

/* http://host:80 to https://host:443 is no other origin. */
static bool
is_upgrade(const char *from, const char *to)
{
	size_t n = strlen(from);

	return strncmp(from, "http://", 7) == 0 && n > 10 &&
	       strcmp(from + n - 3, ":80") == 0 &&
	       strncmp(to, "https://", 8) == 0 && strlen(to) == n + 2 &&
	       strncmp(from + 7, to + 8, n - 10) == 0 &&
	       strcmp(to + n - 2, ":443") == 0;
}

/* Go to a URL that the page told, if we may. */
static enum pager_verdict
follow(struct pager *g, const struct pager_page *page, const char *reference,
    struct buf *why)
{
	const char *from = page->from;
	struct buf origin = {0}, url = {0};
	enum pager_verdict verdict = PAGER_NEXT;

	if (g->first.len == 0) {
		url_origin(&g->first, page->url);
		buf_addc(&g->first, '\0');
	}
	if (!url_resolve(&url, from ? from : page->url, reference) ||
	    !url_origin(&origin, url.data)) {
		buf_adds(why, "the next page has no URL of http or https");
		verdict = PAGER_FAILED;
	} else if (strcmp(origin.data, g->first.data) != 0 &&
		   !is_upgrade(g->first.data, origin.data) &&
		   !is_allowed(g->d->allow_origins, origin.data)) {
		buf_addf(why,
		    "the next page is on %s; allow_origins would permit it",
		    origin.data);
		verdict = PAGER_FAILED;
	} else if (g->n_pages == 1 &&
		   !guard_token(&g->guard, page->url, strlen(page->url))) {
		verdict = PAGER_NEXT; /* the first page, noted now */
	}
	if (verdict == PAGER_NEXT &&
	    !guard_token(&g->guard, url.data, url.len)) {
		buf_adds(why, "the next page's URL came before: the source"
			      " would never end");
		verdict = PAGER_FAILED;
	}
	buf_release(&origin);
	buf_release(&g->url);
	if (verdict == PAGER_NEXT) {
		buf_addc(&url, '\0');
		g->url = url;
	} else {
		buf_release(&url);
	}
	return verdict;
}

/* Take the token that the page told, unless there is none. */
static enum pager_verdict
take_token(struct pager *g, struct buf *token, struct buf *why)
{
	if (token->len == 0)
		return PAGER_END;
	if (!guard_token(&g->guard, token->data, token->len)) {
		buf_adds(why, "the next page's token came before: the source"
			      " would never end");
		return PAGER_FAILED;
	}
	buf_addc(token, '\0');
	buf_release(&g->token);
	g->token = *token;
	*token = (struct buf){0};
	return PAGER_NEXT;
}

/* By the kind. */
static enum pager_verdict
step(struct pager *g, const struct pager_page *page, struct buf *why)
{
	const struct pages *p = &g->d->pages;
	enum pager_verdict verdict = PAGER_END;
	struct buf text = {0};

	switch (p->kind) {
	case PAGE_PAGE:
		g->number++;
		verdict = PAGER_NEXT;
		break;
	case PAGE_OFFSET:
		g->number += page->n_records;
		verdict = PAGER_NEXT;
		break;
	case PAGE_CURSOR:
		verdict = ask(g->x->token, page->body, &text, "token", why)
			      ? take_token(g, &text, why)
			      : PAGER_FAILED;
		break;
	case PAGE_HEADER:
		buf_adds(&text, page->header ? page->header : "");
		verdict = take_token(g, &text, why);
		break;
	case PAGE_NEXT_URL:
		if (!ask(g->x->token, page->body, &text, "url", why))
			verdict = PAGER_FAILED;
		break;
	case PAGE_LINK:
		if (page->header)
			url_of_link(
			    &text, page->header, p->rel ? p->rel : "next");
		break;
	default:
		break;
	}
	if ((p->kind == PAGE_NEXT_URL || p->kind == PAGE_LINK) &&
	    text.len > 0) {
		buf_addc(&text, '\0');
		verdict = follow(g, page, text.data, why);
	}
	buf_release(&text);
	return verdict;
}

/* Is it enough?  There would be a next page. */
static enum pager_verdict
look_at_limits(const struct pager *g, struct buf *why)
{
	const struct pages *p = &g->d->pages;

	if (g->n_pages >= p->max_pages)
		buf_addf(why, "cut off after %" PRIu64 " pages (max_pages)",
		    g->n_pages);
	else if (g->n_records >= p->max_records)
		buf_addf(why, "cut off after %" PRIu64 " records (max_records)",
		    g->n_records);
	else if (g->n_bytes >= p->max_bytes)
		buf_addf(why, "cut off after %" PRIu64 " bytes (max_bytes)",
		    g->n_bytes);
	else
		return PAGER_NEXT;
	buf_adds(why, "; there may be more");
	return PAGER_TRUNCATED;
}

enum pager_verdict
pager_next(struct pager *g, const struct pager_page *page, struct buf *why)
{
	const struct pages *p = &g->d->pages;
	enum pager_verdict verdict;

	g->n_pages++;
	g->n_records += page->n_records;
	g->n_bytes += page->n_bytes;
	if (p->kind == PAGE_NONE || (page->n_records == 0 && !p->on_empty))
		return PAGER_END;
	verdict = ask_for_end(g, page, why);
	if (verdict == PAGER_NEXT)
		verdict = step(g, page, why);
	if (verdict == PAGER_NEXT)
		verdict = look_at_limits(g, why);
	return verdict;
}
