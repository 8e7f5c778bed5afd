#include <stdlib.h>
#include <sysexits.h>
#include <unistd.h>

#include "core/diag.h"
#include "core/xmem.h"
#include "rules/memory.h"
#include "rules/verdict.h"
#include "stream/reject.h"
#include "stream/side.h"
#include "json/write.h"

#define PARTIAL 3 /* exit status: some records could not be judged */

/* A worker's own. */
struct verdict_work {
	struct rules_view view;
	uint32_t *n_errors; /* owned; that were written, one a check */
	struct rules_stats stats;
};

/* Append those of the severities from low to high that failed, up to *room of
 * them; room and more: what is left of it, and how many were left out. */
static void
add_errors(const struct verdict *d, struct verdict_work *s, enum severity low,
    enum severity high, struct rules_room *room, struct buf *out)
{
	const struct rules_view *v = &s->view;
	size_t start = out->len;
	uint64_t before;

	for (size_t i = 0; v->n_failed > 0 && i < d->rules->n; i++) {
		const struct check *c = &d->rules->checks[i];

		if (v->outcomes[i] != OUTCOME_FAILED || c->severity < low ||
		    c->severity > high)
			continue;
		if (out->len > start && room->n > 0)
			buf_addc(out, ',');
		before = room->n;
		rules_write_errors(d->rules, v, i, room, out);
		s->n_errors[i] = (uint32_t)(before - room->n);
	}
}

/* Append the names of the checks that passed with a grade. */
static void
add_graded(const struct verdict *d, const struct rules_view *v, struct buf *b)
{
	const char *before = ",\"graded\":[{\"rule\":";
	bool any = false;

	for (size_t i = 0; i < d->rules->n; i++) {
		const struct check *c = &d->rules->checks[i];

		if (v->outcomes[i] != OUTCOME_PASSED || v->grades[i] == 100)
			continue;
		jwrite_text(b, before, c->rule);
		jwrite_text(b, ",\"path\":", c->pointer);
		jwrite_text(b, ",\"keyword\":", c->keyword);
		buf_addc(b, '}');
		before = ",{\"rule\":";
		any = true;
	}
	if (any)
		buf_addc(b, ']');
}

static void
annotate(const struct verdict *d, struct verdict_work *s, struct worker *w,
    const struct record *r)
{
	const struct rules_view *v = &s->view;
	struct rules_room room = {d->max_errors, 0};
	struct buf *b = &w->scratch;

	b->len = 0;
	buf_adds(b, rules_reject(v) ? "{\"valid\":false" : "{\"valid\":true");
	jwrite_count(
	    b, ",\"passed\":", d->rules->n - v->n_failed - v->n_skipped);
	jwrite_count(b, ",\"failed\":", v->n_failed);
	jwrite_count(b, ",\"skipped\":", v->n_skipped);
	buf_adds(b, ",\"errors\":[");
	add_errors(d, s, SEVERITY_ERROR, SEVERITY_CRITICAL, &room, b);
	buf_adds(b, "],\"warnings\":[");
	add_errors(d, s, SEVERITY_INFO, SEVERITY_WARNING, &room, b);
	buf_addc(b, ']');
	if (room.n_more > 0)
		jwrite_count(b, ",\"more\":", room.n_more);
	add_graded(d, v, b);
	if (d->rules->n > 0) {
		buf_adds(b, ",\"checks\":\"");
		marks_write(b, &d->marks, v, s->n_errors);
		buf_addc(b, '"');
	}
	buf_addc(b, '}');
	filter_annotate(w, r, b->data, b->len);
}

static void
reject(const struct verdict *d, struct verdict_work *s, struct worker *w,
    const struct record *r)
{
	struct rules_room room = {d->max_errors, 0};

	w->n_rejected++;
	if (!d->rejects)
		return;
	w->scratch.len = 0;
	add_errors(d, s, SEVERITY_INFO, SEVERITY_CRITICAL, &room, &w->scratch);
	reject_record(&w->side, r, &w->scratch, room.n_more);
}

static void
start(struct worker *w)
{
	struct verdict *d = w->filter->arg;
	struct verdict_work *s = xcalloc(1, sizeof(*s));

	rules_view_init(&s->view, d->rules);
	s->n_errors = xcalloc(d->rules->n, sizeof(*s->n_errors));
	rules_stats_init(&s->stats, d->rules);
	s->stats.has_places = d->summary != NULL;
	if (d->memory)
		d->status = memory_load(d->memory, &s->view);
	w->state = s;
}

static void
record(struct worker *w, const struct record *r)
{
	const struct verdict *d = w->filter->arg;
	struct verdict_work *s = w->state;

	rules_check(d->rules, &s->view, r->root);
	rules_stats_add(&s->stats, d->rules, &s->view, r->file, r->line);
	if (d->annotates)
		annotate(d, s, w, r);
	else if (rules_reject(&s->view))
		reject(d, s, w, r);
	else
		filter_pass(w, r);
}

/* The line that makes the rejects before it last. */
static void
control(struct worker *w, const struct record *r)
{
	struct verdict *d = w->filter->arg;

	d->has_checkpoints = true;
	if (d->memory) {
		d->n_marks++;
		d->last = w->state;
	}
	filter_emit(w, r->text, r->len);
}

/*
 * With a state there is one worker, and flush comes before each control line
 * and once when all that was worked on is written: only then is the state that
 * of the output.  Kept earlier it would know records that may never be
 * written, and refuse them when they come again.
 */
static void
keep_in_time(struct verdict *d)
{
	if (d->n_marks > 0) {
		d->n_marks--;
		d->is_due = true;
	} else if (d->is_due) {
		d->is_due = false;
		if (d->status == 0)
			d->status = memory_save(d->memory, &d->last->view);
	}
}

static void
flush(struct filter *f)
{
	struct verdict *d = f->arg;

	if (d->has_checkpoints && d->rejects)
		side_sync(f->side_fd, f->side_name);
	if (d->memory)
		keep_in_time(d);
}

static bool
malformed(struct worker *w, const struct badline *b)
{
	const struct verdict *d = w->filter->arg;

	if (d->rejects)
		reject_malformed(&w->side, b);
	return d->rejects != NULL;
}

static void
end(struct worker *w)
{
	struct verdict *d = w->filter->arg;
	struct verdict_work *s = w->state;

	rules_stats_merge(&d->total, d->rules, &s->stats, &s->view);
	if (w->filter->record != record)
		d->total.n_records = w->filter->n_records;
	if (rules_is_full(d->rules, &s->view))
		filter_fail(w->filter, PARTIAL);
	rules_stats_release(&s->stats, d->rules);
	if (d->memory) {
		d->last = s;
		return;
	}
	rules_view_release(&s->view);
	free(s->n_errors);
	free(s);
}

/* Set the filter's callbacks. */
static void
attach(struct verdict *d, struct filter *f)
{
	rules_stats_init(&d->total, d->rules);
	marks_init(&d->marks, d->rules);
	if (d->state)
		d->memory = memory_new(d->rules, d->state);
	f->arg = d;
	f->start = start;
	f->malformed = malformed;
	f->end = end;
	if (d->rejects || d->state) {
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

static void
detach(struct verdict *d)
{
	rules_stats_release(&d->total, d->rules);
	memory_free(d->memory);
	if (!d->last)
		return;
	rules_view_release(&d->last->view);
	free(d->last->n_errors);
	free(d->last);
	d->last = NULL;
}

/* Open a file, if there is one.  Returns false after a diagnostic. */
static bool
open_side(const char *path, int n, char *const *inputs, int *fd)
{
	*fd = path ? side_open(path, n, inputs) : -1;
	return !path || *fd >= 0;
}

int
verdict_run(struct verdict *d, struct filter *f, int n, char *const *files)
{
	int status, summary;

	if (!open_side(d->summary, n, files, &summary) ||
	    !open_side(d->rejects, n, files, &f->side_fd))
		return EX_CANTCREAT;
	f->side_name = d->rejects;
	if (side_is_same(f->side_fd, summary)) {
		diag_error(
		    "%s: is for rejects and for the summary", d->summary);
		return EX_USAGE;
	}
	attach(d, f);
	filter_init(f);
	if (d->status == 0)
		filter_files(f, n, files);
	status = filter_finish(f);
	if (d->memory && d->status == 0)
		d->status = memory_save(d->memory, &d->last->view);
	if (d->status != 0)
		status = d->status;
	if (!verdict_tell(d, f) && d->tells_status &&
	    (status == 0 || status == EX_DATAERR))
		status = 1;
	if (d->summary)
		verdict_summarize(d, f, summary);
	if (d->rejects && close(f->side_fd) != 0)
		die_errno(EX_IOERR, "%s: close", d->rejects);
	marks_release(&d->marks);
	detach(d);
	return status;
}
