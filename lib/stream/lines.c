#include <string.h>

#include "stream/annot.h"
#include "stream/lines.h"
#include "json/fault.h"

static void
on_control(struct worker *w, const struct record *r)
{
	struct mark m;

	if (w->filter->settle)
		w->filter->settle(w);
	m = (struct mark){w->out.len, w->side.len};
	buf_add(&w->tally.marks, &m, sizeof(m));
	if (w->filter->control) {
		w->filter->control(w, r);
		return;
	}
	buf_add(&w->out, r->text, r->len);
	buf_addc(&w->out, '\n');
}

static void
on_malformed(struct worker *w, struct badline *b)
{
	struct filter *f = w->filter;
	struct tally *t = &w->tally;

	t->n_malformed++;
	if (!f->malformed || !f->malformed(w, b))
		t->n_lost++;
	if (t->n_bad < FILTER_SHOWN) {
		t->bad[t->n_bad] = *b;
		t->bad[t->n_bad].text = NULL; /* gone when it is reported */
	}
	t->n_bad++;
}

static bool
is_blank(const char *s, size_t len)
{
	while (len > 0 && (*s == ' ' || *s == '\t' || *s == '\r')) {
		s++;
		len--;
	}
	return len == 0;
}

/* The parser only says that there is a fault: find which, and where. */
static void
explain(struct badline *b)
{
	size_t at = 0;
	enum jerror why = jfault_find(b->text, b->len, &at);

	b->why = why ? why : JERR_SYNTAX;
	b->at = at;
}

static void
on_line(struct worker *w, struct record *r)
{
	struct badline b = {
	    r->text, r->len, r->line, r->offset, 0, JERR_LENGTH};

	if (is_blank(r->text, r->len))
		return;
	if (r->len <= w->filter->max_line)
		b.why = jdoc_parse(&w->doc, r->text, r->len);
	if (b.why == JERR_SYNTAX)
		explain(&b);
	if (b.why) {
		on_malformed(w, &b);
		return;
	}
	r->root = jval_root(&w->doc);
	if (annot_is_control(r->root)) {
		on_control(w, r);
		return;
	}
	w->tally.n_records++;
	if (w->filter->record)
		w->filter->record(w, r);
}

void
lines_work(struct worker *w)
{
	const struct block *b = &w->block;
	const char *p = b->data, *end, *lf;
	struct record r = {.name = w->filter->in_name,
	    .file = w->filter->n_files,
	    .line = b->line};

	w->tally.n_bytes += b->len + b->dropped;
	if (b->dropped)
		on_malformed(w, &(struct badline){NULL, b->dropped, b->line,
				    b->offset, 0, JERR_LENGTH});
	if (b->len == 0)
		return;
	end = p + b->len;
	for (; p < end; p = lf + 1, r.line++) {
		lf = memchr(p, '\n', (size_t)(end - p));
		r.text = p;
		r.len = (size_t)(lf - p);
		r.offset = b->offset + (uint64_t)(p - b->data);
		on_line(w, &r);
	}
	w->tally.n_rejected += w->n_rejected;
	w->n_rejected = 0;
}
