/* What cdo-alert does with records. */
#include <sysexits.h>
#include <unistd.h>

#include "alert/engine.h"
#include "alert/teller.h"
#include "alert/verbs.h"
#include "core/diag.h"
#include "core/timestamp.h"
#include "stream/filter.h"
#include "stream/out.h"

#define COMMIT_MS 10000 /* what is no news waits that long at most */
#define NEWS_MS 1000 /* so long do news, where the input never pauses */
#define LOOK 1024 /* at the clock, every so many records */

struct tool {
	struct alerts alerts;
	struct teller teller;
	struct engine engine;
	int64_t committed_at;
	bool is_open; /* the store was read */
	bool was_read; /* there was an input, though maybe an empty one */
	uint64_t n_records;
	uint64_t n_marks; /* control lines whose flush is still to come */
};

/* Read what is known; not before it is needed. */
static int
open_book(struct tool *t)
{
	int status = t->is_open ? 0 : teller_load(&t->teller);

	if (status == 0 && !t->is_open)
		engine_init(&t->engine);
	t->is_open |= status == 0;
	return status;
}

/* Commit, send, and append the events. */
static int
try_to_tell(struct tool *t, struct buf *out)
{
	int status = open_book(t);

	if (status == 0)
		status = teller_commit(&t->teller, &t->engine.batch);
	if (status == 0) {
		engine_renew(&t->engine);
		status = teller_send(&t->teller);
		engine_renew(&t->engine);
	}
	t->committed_at = timestamp_monotonic();
	buf_add(out, t->teller.events.data, t->teller.events.len);
	t->teller.events.len = 0;
	return status;
}

/* The same in the middle: what is not kept is not told, nor passed on, so
 * that the run that comes again does it. */
static void
tell(struct tool *t, struct buf *out)
{
	int status = try_to_tell(t, out);

	if (status != 0)
		die(status, "alerts were not kept; run it again");
}

/* Is it time, though the input does not pause? */
static bool
is_late(struct tool *t)
{
	if (engine_is_full(&t->engine))
		return true;
	return t->n_records % LOOK == 0 && t->engine.batch.has_news &&
	       timestamp_monotonic() - t->committed_at >= NEWS_MS;
}

static void
record(struct worker *w, const struct record *r)
{
	struct tool *t = w->filter->arg;
	int status = open_book(t);

	if (status != 0)
		die(status, "nothing is known of alerts before this");
	t->n_records++;
	engine_record(&t->engine, r);
	if (is_late(t))
		tell(t, &w->out);
}

/* Who reads on may count on it that all before this was told. */
static void
control(struct worker *w, const struct record *r)
{
	struct tool *t = w->filter->arg;

	tell(t, &w->out);
	t->n_marks++;
	buf_add(&w->out, r->text, r->len);
	buf_addc(&w->out, '\n');
}

/* The input pauses: tell what is new.  The flush of a control line has
 * nothing to do: what waits now may come from records behind it. */
static void
flush(struct filter *f)
{
	struct tool *t = f->arg;
	struct buf events = {0};

	t->was_read = true;
	if (t->n_marks > 0) {
		t->n_marks--;
		return;
	}
	if (!t->is_open ||
	    (!t->engine.batch.has_news &&
		timestamp_monotonic() - t->committed_at < COMMIT_MS))
		return;
	tell(t, &events);
	out_write(STDOUT_FILENO, "<stdout>", events.data, events.len);
	buf_release(&events);
}

static void
end(struct worker *w)
{
	struct tool *t = w->filter->arg;
	int status;

	if (!t->is_open && !t->was_read)
		return;
	status = try_to_tell(t, &w->out);
	if (t->is_open)
		engine_end(&t->engine);
	if (status == 0)
		status = teller_status(&t->teller);
	if (t->engine.is_partial)
		filter_fail(w->filter, TELLER_PARTIAL);
	if (status != 0)
		filter_fail(w->filter, status);
}

int
alert_records(const char *path, struct filter *f, int n, char *const *files)
{
	static struct tool t; /* the filter keeps it */
	int status = alerts_load(&t.alerts, path, true);

	if (status == 0) {
		t.teller.store = store_new(NULL, STORE_WAIT_MS);
		t.teller.alerts = &t.alerts;
		teller_init(&t.teller);
		t.engine.alerts = &t.alerts;
		t.engine.book = &t.teller.book;
		t.engine.strip = f->strip;
		t.committed_at = timestamp_monotonic();
		f->record = record;
		f->control = control;
		f->flush = flush;
		f->end = end;
		f->arg = &t;
		filter_init(f);
		filter_files(f, n, files);
		status = filter_finish(f);
		if (t.is_open)
			engine_release(&t.engine);
	}
	teller_release(&t.teller);
	store_free(t.teller.store);
	alerts_release(&t.alerts);
	return status;
}
