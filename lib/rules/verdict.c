#include <stdlib.h>

#include "core/xmem.h"
#include "rules/verdict.h"
#include "stream/reject.h"
#include "stream/side.h"
#include "json/write.h"

#define PARTIAL 3 /* exit status: some records could not be judged */

/* A worker's own. */
struct state {
	struct rules_view view;
	struct rules_stats stats;
};

/* Append those of the severities from low to high that failed, up to *room of
 * them; room and more: what is left of it, and how many were left out. */
static void
add_errors(const struct verdict *d, const struct rules_view *v,
    enum severity low, enum severity high, struct rules_room *room,
    struct buf *out)
{
	size_t start = out->len;

	for (size_t i = 0; v->n_failed > 0 && i < d->rules->n; i++) {
		const struct check *c = &d->rules->checks[i];

		if (v->outcomes[i] != OUTCOME_FAILED || c->severity < low ||
		    c->severity > high)
			continue;
		if (out->len > start && room->n > 0)
			buf_addc(out, ',');
		rules_write_errors(d->rules, v, i, room, out);
	}
}

static void
annotate(const struct verdict *d, const struct rules_view *v, struct worker *w,
    const struct record *r)
{
	struct rules_room room = {d->max_errors, 0};
	struct buf *b = &w->scratch;

	b->len = 0;
	buf_adds(b, rules_reject(v) ? "{\"valid\":false" : "{\"valid\":true");
	jwrite_count(
	    b, ",\"passed\":", d->rules->n - v->n_failed - v->n_skipped);
	jwrite_count(b, ",\"failed\":", v->n_failed);
	jwrite_count(b, ",\"skipped\":", v->n_skipped);
	buf_adds(b, ",\"errors\":[");
	add_errors(d, v, SEVERITY_ERROR, SEVERITY_CRITICAL, &room, b);
	buf_adds(b, "],\"warnings\":[");
	add_errors(d, v, SEVERITY_INFO, SEVERITY_WARNING, &room, b);
	buf_addc(b, ']');
	if (room.n_more > 0)
		jwrite_count(b, ",\"more\":", room.n_more);
	buf_addc(b, '}');
	filter_annotate(w, r, b->data, b->len);
}

static void
reject(const struct verdict *d, const struct rules_view *v, struct worker *w,
    const struct record *r)
{
	struct rules_room room = {d->max_errors, 0};

	w->n_rejected++;
	if (!d->keeps)
		return;
	w->scratch.len = 0;
	add_errors(d, v, SEVERITY_INFO, SEVERITY_CRITICAL, &room, &w->scratch);
	reject_record(&w->side, r, &w->scratch, room.n_more);
}

static void
start(struct worker *w)
{
	const struct verdict *d = w->filter->arg;
	struct state *s = xcalloc(1, sizeof(*s));

	rules_view_init(&s->view, d->rules);
	rules_stats_init(&s->stats, d->rules);
	w->state = s;
}

static void
record(struct worker *w, const struct record *r)
{
	const struct verdict *d = w->filter->arg;
	struct state *s = w->state;

	rules_check(d->rules, &s->view, r->root);
	rules_stats_add(&s->stats, d->rules, &s->view, r->file, r->line);
	if (d->annotates)
		annotate(d, &s->view, w, r);
	else if (rules_reject(&s->view))
		reject(d, &s->view, w, r);
	else
		filter_pass(w, r);
}

/* The line that makes the rejects before it last. */
static void
control(struct worker *w, const struct record *r)
{
	struct verdict *d = w->filter->arg;

	d->has_checkpoints = true;
	filter_emit(w, r->text, r->len);
}

static void
flush(struct filter *f)
{
	const struct verdict *d = f->arg;

	if (d->has_checkpoints)
		side_sync(f->side_fd, f->side_name);
}

static bool
malformed(struct worker *w, const struct badline *b)
{
	const struct verdict *d = w->filter->arg;

	if (d->keeps)
		reject_malformed(&w->side, b);
	return d->keeps;
}

static void
end(struct worker *w)
{
	struct verdict *d = w->filter->arg;
	struct state *s = w->state;

	rules_stats_merge(&d->total, d->rules, &s->stats, &s->view);
	if (w->filter->record != record)
		d->total.n_records = w->filter->n_records;
	if (rules_is_full(d->rules, &s->view))
		filter_fail(w->filter, PARTIAL);
	rules_stats_release(&s->stats, d->rules);
	rules_view_release(&s->view);
	free(s);
}

void
verdict_attach(struct verdict *d, struct filter *f)
{
	rules_stats_init(&d->total, d->rules);
	f->arg = d;
	f->start = start;
	f->malformed = malformed;
	f->end = end;
	if (d->keeps) {
		f->control = control;
		f->flush = flush;
	}
	/* without rules nothing stands between the parser and the output */
	f->record = filter_pass;
	if (d->rules->n + d->rules->n_gates > 0 || d->annotates)
		f->record = record;
	if (rules_is_ordered(d->rules))
		f->jobs = 1;
}

void
verdict_release(struct verdict *d)
{
	rules_stats_release(&d->total, d->rules);
}
