#include <stdlib.h>

#include "core/xmem.h"
#include "schema/report.h"

void
report_free(struct report *r)
{
	if (!r)
		return;
	pool_free(&r->pool);
	free(r->faults);
	free(r);
}

static void
add_way(struct buf *b, const struct way *way)
{
	if (!way->up)
		return;
	add_way(b, way->up);
	buf_addc(b, '/');
	if (!way->name) {
		buf_addf(b, "%zu", way->index);
		return;
	}
	for (size_t i = 0; i < way->len; i++) {
		if (way->name[i] == '~')
			buf_adds(b, "~0");
		else if (way->name[i] == '/')
			buf_adds(b, "~1");
		else
			buf_addc(b, way->name[i]);
	}
}

static const char *
keep(struct report *r, const struct buf *b)
{
	char *s = pool_take(&r->pool, b->len + 1);

	if (b->len > 0)
		memcpy(s, b->data, b->len);
	s[b->len] = '\0';
	return s;
}

void
report_add(struct report *r, const struct node *n, const char *keyword,
    uint32_t at, const struct way *way, struct jval v, const struct buf *why)
{
	struct buf path = {0};

	add_way(&path, way);
	/* what is told is paid for, so that it stays linear in the record */
	if (!step_take(r->w, path.len + why->len)) {
		buf_release(&path);
		return;
	}
	if (r->n == r->cap) {
		r->cap = r->cap ? 2 * r->cap : 16;
		r->faults = xrealloc(r->faults, r->cap, sizeof(*r->faults));
	}
	r->faults[r->n++] = (struct fault){.path = keep(r, &path),
	    .message = keep(r, why),
	    .keyword = keyword,
	    .source = n->source,
	    .at = at,
	    .value = v,
	    .depth = way->depth};
	buf_release(&path);
}

/* Where the keyword is: its pointer, in another document behind its URI. */
static void
add_schema(struct buf *b, const struct schema *s, const struct fault *f)
{
	const struct source *src = s->sources[f->source];

	if (f->source > 0) {
		buf_adds(b, src->uri);
		buf_addc(b, '#');
	}
	source_pointer(src, f->at, b);
}

static void
tell(const struct schema *s, const struct fault *f,
    void (*each)(const struct schema_fault *, void *arg), void *arg)
{
	struct buf message = {0}, pointer = {0};

	buf_adds(&message, f->message);
	if (f->n_other > 0)
		buf_addf(&message, " (the closest of %zu alternatives)",
		    f->n_other + 1);
	buf_addc(&message, '\0');
	add_schema(&pointer, s, f);
	buf_addc(&pointer, '\0');
	each(&(struct schema_fault){.path = f->path,
		 .keyword = f->keyword,
		 .schema = pointer.data,
		 .message = message.data,
		 .value = f->value,
		 .n_other = f->n_other},
	    arg);
	buf_release(&message);
	buf_release(&pointer);
}

/* Tell that there may be more. */
static void
give_up(struct report *r, struct jval root, const struct way *way)
{
	const struct node *n = &r->w->s->nodes[r->w->s->root];
	struct buf why = {0};

	buf_adds(&why,
	    r->w->is_too_deep
		? "cannot be checked: here the schema leads too deep, or back "
		  "to itself"
		: "takes too long to check");
	if (r->w->is_too_deep)
		r->n = 0; /* the same again and again */
	r->w->steps = why.len;
	report_add(r, n, "", n->at, way, root, &why);
	buf_release(&why);
}

size_t
schema_explain(const struct schema *s, struct schema_view *w, struct jval root,
    size_t max, void (*each)(const struct schema_fault *, void *arg), void *arg)
{
	struct way way = {0};
	struct report *r;

	if (max == 0)
		return 0;
	if (!w->report)
		w->report = xcalloc(1, sizeof(*w->report));
	r = w->report;
	r->w = w;
	r->n = 0;
	r->max = max;
	pool_back(&r->pool, (struct pool_mark){0});
	view_begin(w, root);
	explain_value(r, s->root, root, &way);
	if (w->gave_up)
		give_up(r, root, &way);
	for (size_t i = 0; i < r->n && i < max; i++)
		tell(s, &r->faults[i], each, arg);
	return r->n < max ? r->n : max;
}
