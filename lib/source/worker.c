#include <stdlib.h>
#include <string.h>

#include "core/xmem.h"
#include "source/task.h"

void
worker_init(struct worker *w, struct source *s)
{
	*w = (struct worker){.source = s};
	w->emit.all = &s->all;
	jdoc_init(&w->page);
	emit_init(&w->emit);
}

static void
forget(struct worker *w)
{
	expr_free(w->records);
	expr_free(w->map);
	page_exprs_release(&w->pages);
	jpath_release(&w->path);
	w->records = w->map = NULL;
	w->has_path = w->is_whole = w->is_bare = false;
	w->d = NULL;
}

void
worker_release(struct worker *w)
{
	forget(w);
	emit_release(&w->emit);
	jdoc_release(&w->page);
	buf_release(&w->envelope.text);
	buf_release(&w->text);
}

/* Is it a path of names? */
static bool
names_only(const struct jpath *p)
{
	for (size_t i = 0; i < p->n; i++)
		if (!p->steps[i].name)
			return false;
	return true;
}

/* Does an expression look at what stands at or below the path? */
static bool
looks_below(const char *expression, const struct jpath *path)
{
	struct jpath_error err;
	struct jpath p;
	bool is_below = true;

	if (!expression)
		return false;
	if (!jpath_compile(&p, expression, &err))
		return true; /* nobody knows */
	for (size_t i = 0; i < path->n && is_below; i++)
		is_below =
		    i >= p.n ||
		    (p.steps[i].name && p.steps[i].len == path->steps[i].len &&
			memcmp(p.steps[i].name, path->steps[i].name,
			    p.steps[i].len) == 0);
	jpath_release(&p);
	return is_below;
}

/* "PATH[]", and nothing that pages ask is in there. */
static bool
find_path(struct worker *w, const struct definition *d)
{
	const char *s = d->records;
	size_t len = s ? strlen(s) : 0;
	struct jpath_error err;
	char *text;
	bool good;

	if (len < 3 || strcmp(s + len - 2, "[]") != 0)
		return false;
	text = xstrndup(s, len - 2);
	good = jpath_compile(&w->path, text, &err);
	free(text);
	return good && names_only(&w->path) &&
	       !looks_below(d->pages.token, &w->path) &&
	       !looks_below(d->pages.has_more, &w->path) &&
	       !looks_below(d->pages.total, &w->path) &&
	       !looks_below(d->pages.total_pages, &w->path);
}

/* map, then -x. */
static bool
compile_map(struct worker *w, const struct definition *d, struct buf *why)
{
	const char *x = w->source->options->expression;
	struct buf both = {0};

	w->emit.what = d->map ? "map" : "-x";
	if (d->map && x)
		buf_addf(&both, "(%s) | (%s)", d->map, x);
	else if (d->map || x)
		buf_adds(&both, x ? x : d->map);
	buf_addc(&both, '\0');
	if (both.len > 1)
		w->map = expr_new(both.data, NULL, why);
	buf_release(&both);
	w->emit.expression = w->map;
	return w->map || !(d->map || x);
}

bool
worker_set(struct worker *w, const struct definition *d, struct buf *why)
{
	const struct pages *p = &d->pages;
	bool asks_body = p->token || p->has_more || p->total || p->total_pages;
	const char *records = d->records;

	if (w->d == d || (w->is_bare && d->is_bare))
		return true;
	forget(w);
	if (!records && asks_body)
		records = "if type == \"array\" then .[] else . end";
	if (records) {
		w->records = expr_new(records, NULL, why);
		w->has_path = find_path(w, d);
		w->is_whole = !w->has_path;
	}
	if ((records && !w->records) || !compile_map(w, d, why) ||
	    !page_exprs_new(&w->pages, p, why))
		return false;
	w->is_bare = d->is_bare;
	w->d = d->is_bare ? NULL : d;
	return true;
}
