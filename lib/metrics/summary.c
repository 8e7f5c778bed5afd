#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/diag.h"
#include "core/timestamp.h"
#include "core/xmem.h"
#include "metrics/summary.h"
#include "json/write.h"

#define PARTIAL 3 /* exit status: groups were not told apart */

struct summary_group {
	struct buf label; /* owned; empty: there are no groups */
	struct series *fields; /* owned */
	int64_t first, last; /* times */
	bool has_time;
};

static struct summary_group *
new_group(const struct summary *s)
{
	struct summary_group *g = xcalloc(1, sizeof(*g));

	g->fields = xcalloc(s->fields.n, sizeof(*g->fields));
	return g;
}

/* The group whose key is in s->key.  Records of one come in rows. */
static struct summary_group *
find_group(struct summary *s, struct jval root)
{
	struct summary_group *g = s->last;

	s->key.len = 0;
	buf_addc(&s->key, '\n'); /* so that there is a key */
	grouping_key(&s->by, root, &s->key);
	if (g && s->key.len == s->last_key.len &&
	    memcmp(s->key.data, s->last_key.data, s->key.len) == 0)
		return g;
	g = map_get(&s->groups, s->key.data, s->key.len);
	if (!g &&
	    (s->groups.n >= s->max_groups || s->key.len > GROUPING_KEY_MAX)) {
		s->is_full = true;
		if (!s->others)
			s->others = new_group(s);
		return s->others;
	}
	if (!g) {
		g = new_group(s);
		*map_put(&s->groups, s->key.data, s->key.len) = g;
		if (s->by.n > 0)
			grouping_write(&s->by, root, &g->label);
	}
	s->last = g;
	s->last_key.len = 0;
	buf_add(&s->last_key, s->key.data, s->key.len);
	return g;
}

/* A date-time, or seconds since 1970. */
static void
add_time(struct summary_group *g, struct jval v)
{
	size_t len;
	const char *text = jval_string(v, &len);
	int64_t ms;

	if (jval_is_number(v) && fabs(jval_double(v)) < 1e11)
		ms = (int64_t)(jval_double(v) * 1000);
	else if (jval_type(v) != J_STRING || !timestamp_parse(text, len, &ms))
		return;
	if (!g->has_time || ms < g->first)
		g->first = ms;
	if (!g->has_time || ms > g->last)
		g->last = ms;
	g->has_time = true;
}

static void
record(struct worker *w, const struct record *r)
{
	struct summary *s = w->filter->arg;
	struct summary_group *g;

	if (s->is_log &&
	    !jval_is_string(jval_get(r->root, "event", 5), "run", 3))
		return;
	g = find_group(s, r->root);
	fields_read(&s->view, &s->all, r->root);
	for (size_t i = 0; i < s->fields.n; i++) {
		struct jval v = s->view.values[s->slots[i]];

		if (jval_is_number(v))
			series_add(&g->fields[i], jval_double(v));
		else if (jval_type(v) == J_ABSENT || jval_type(v) == J_NULL)
			g->fields[i].n_missing++;
		else
			g->fields[i].n_other++;
	}
	if (s->has_time)
		add_time(g, s->view.values[s->slots[s->fields.n]]);
}

/* Checkpoints are about records, of which none passes. */
static void
control(struct worker *w, const struct record *r)
{
	(void)w;
	(void)r;
}

static void
write_group(
    const struct summary *s, struct worker *w, const struct summary_group *g)
{
	struct buf *b = &w->scratch;

	for (size_t i = 0; i < s->fields.n; i++) {
		b->len = 0;
		buf_addc(b, '{');
		if (s->by.n > 0) {
			buf_adds(b, "\"group\":");
			if (g->label.len > 0)
				buf_add(b, g->label.data, g->label.len);
			else
				buf_adds(b, "null");
			buf_addc(b, ',');
		}
		jwrite_text(b, "\"field\":", s->fields.names[i]);
		buf_addc(b, ',');
		series_write(b, &g->fields[i],
		    g->has_time ? (double)(g->last - g->first) / 1000 : 0);
		buf_addc(b, '}');
		filter_emit(w, b->data, b->len);
	}
}

static void
end(struct worker *w)
{
	struct summary *s = w->filter->arg;
	const struct map_entry *e;
	size_t i = 0;

	if (s->by.n == 0) {
		s->key.len = 0;
		find_group(s, (struct jval){NULL, 0});
	}
	while ((e = map_next(&s->groups, &i)))
		write_group(s, w, e->value);
	if (s->others)
		write_group(s, w, s->others);
}

int
summary_run(struct summary *s, struct filter *f, int n, char *const *files)
{
	int status;

	f->name = "metrics";
	f->arg = s;
	f->jobs = 1;
	f->record = record;
	f->control = control;
	f->end = end;
	s->slots = xcalloc(s->fields.n + 1, sizeof(*s->slots));
	for (size_t i = 0; i < s->fields.n; i++)
		s->slots[i] = fields_add(&s->all, &s->fields.fields[i]);
	if (s->has_time)
		s->slots[s->fields.n] = fields_add(&s->all, &s->time);
	fields_view_init(&s->view, &s->all);
	filter_init(f);
	filter_files(f, n, files);
	status = filter_finish(f);
	if (!s->is_full)
		return status;
	diag_warn("there are more than %zu groups: further ones are counted as "
		  "the group null (--max-groups)",
	    s->max_groups);
	return status ? status : PARTIAL;
}

static void
free_group(struct summary *s, struct summary_group *g)
{
	if (!g)
		return;
	for (size_t i = 0; i < s->fields.n; i++)
		series_release(&g->fields[i]);
	free(g->fields);
	buf_release(&g->label);
	free(g);
}

void
summary_release(struct summary *s)
{
	const struct map_entry *e;
	size_t i = 0;

	while ((e = map_next(&s->groups, &i)))
		free_group(s, e->value);
	free_group(s, s->others);
	map_release(&s->groups);
	grouping_release(&s->fields);
	grouping_release(&s->by);
	jpath_release(&s->time);
	fields_view_release(&s->view);
	fields_release(&s->all);
	free(s->slots);
	buf_release(&s->key);
	buf_release(&s->last_key);
}
