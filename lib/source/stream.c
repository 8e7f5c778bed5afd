/* task: a stream, page by page. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "core/diag.h"
#include "core/xmem.h"
#include "source/record.h"
#include "source/task.h"
#include "stream/stop.h"

/* Is that how a page or stream ended? */
enum end { END_MORE, END_DONE, END_CUT, END_FAILED, END_ENOUGH };

static void
set_name(struct stream *st)
{
	st->name.len = 0;
	buf_adds(&st->name, st->task->name);
	if (st->pager.n_pages > 0)
		buf_addf(&st->name, ": page %" PRIu64, st->pager.n_pages + 1);
	buf_addc(&st->name, '\0');
}

const char *
stream_header(const struct stream *st)
{
	const struct pages *p = &st->d->pages;

	if (st->w->source->options->replay)
		return st->replayed.len > 1 ? st->replayed.data : NULL;
	if (p->kind == PAGE_LINK)
		return http_result_header(&st->result, "Link");
	return p->name ? http_result_header(&st->result, p->name) : NULL;
}

/* What there is to say about a page that came; it may yet be no good. */
static enum end
judge(struct stream *st, int *status)
{
	struct emit *e = &st->w->emit;
	struct pager_page page = {
	    .n_records = e->n_values,
	    .n_bytes = st->n_bytes,
	    .hash = e->hash,
	    .header = stream_header(st),
	    .from = http_result_url(&st->result),
	    .url = st->request.url.data,
	};
	struct buf why = {0};
	enum pager_verdict verdict = PAGER_END;

	if (st->has_body)
		page.body = jval_root(&st->w->page);
	if (!pager_check(&st->pager, &page, &why) || st->track.is_unsorted) {
		if (st->track.is_unsorted)
			buf_adds(&why, "records are not in the order that the"
				       " cursor's order, asc, promises");
		emit_drop(e);
		verdict = PAGER_FAILED;
	} else {
		verdict = pager_next(&st->pager, &page, &why);
	}
	if (verdict == PAGER_FAILED || verdict == PAGER_TRUNCATED)
		diag_error("%s: %.*s", st->name.data, (int)why.len, why.data);
	buf_release(&why);
	if (verdict == PAGER_FAILED)
		*status = EX_PROTOCOL;
	if (verdict == PAGER_NEXT && st->d->cursor.order == CURSOR_DESC &&
	    !st->d->cursor.param && st->track.is_below)
		verdict = PAGER_END; /* all that follows is older */
	switch (verdict) {
	case PAGER_NEXT:
		return END_MORE;
	case PAGER_END:
		return END_DONE;
	case PAGER_TRUNCATED:
		return END_CUT;
	default:
		return END_FAILED;
	}
}

/* Write a checkpoint behind what is out or about to go. */
static void
checkpoint(struct stream *st, bool is_end)
{
	struct source *s = st->w->source;
	struct buf line = {0};
	char **last;

	if (!st->track.c || st->is_stale || s->options->is_dry)
		return;
	track_checkpoint(&st->track, is_end, &line);
	if (line.len > 0) {
		emit_control(&st->w->emit, line.data, line.len);
		pthread_mutex_lock(&s->lock);
		last = (char **)map_put(
		    &s->checkpoints, st->track.key.data, st->track.key.len - 1);
		free(*last);
		*last = xstrndup(line.data, line.len - 1);
		pthread_mutex_unlock(&s->lock);
	}
	buf_release(&line);
}

/* It was stopped by us: by max_records? */
static enum end
stopped(const struct stream *st)
{
	const struct emit *e = &st->w->emit;

	if (e->n_records < e->most)
		return END_ENOUGH;
	diag_error("%s: cut off after %" PRIu64
		   " records (max_records); there may be more",
	    st->name.data, st->d->pages.max_records);
	return END_CUT;
}

/* From where it is, or was. */
static enum page_end
get_page(struct stream *st, int *status)
{
	const struct source_options *o = st->w->source->options;
	enum page_end end;

	if (o->replay)
		return record_replay(st, o->replay, status);
	end = page_ask(st, status);
	if (o->record && record_save(st, o->record) != 0) {
		*status = EX_CANTCREAT;
		end = PAGE_LOST;
	}
	return end;
}

/* One page.  Returns how it ended. */
static enum end
run_page(struct stream *st, int *status)
{
	const struct source_options *o = st->w->source->options;
	struct emit *e = &st->w->emit;
	enum end end = END_FAILED;

	set_name(st);
	emit_begin(e, st->name.data);
	if (st->track.c)
		track_page(&st->track);
	st->is_started = st->is_cut = st->has_body = false;
	st->n_bytes = 0;
	st->recorded.len = 0;
	if (o->is_dry) {
		*status = stream_print(st);
		return *status ? END_FAILED : END_DONE;
	}
	*status = stream_compose_page(st, o->replay != NULL);
	if (*status != 0)
		return END_FAILED;
	switch (get_page(st, status)) {
	case PAGE_CAME:
		end = judge(st, status);
		emit_out(e); /* which tells whether all of them may go */
		if (e->is_full || e->is_broken || stop_signal())
			end = end == END_FAILED ? end : stopped(st);
		else if (end != END_FAILED && track_is_stepwise(&st->track))
			checkpoint(st, false);
		emit_keep(e);
		break;
	case PAGE_ABSENT:
		emit_drop(e);
		end = END_DONE;
		break;
	case PAGE_STOPPED:
		end = stopped(st);
		emit_keep(e);
		break;
	case PAGE_LOST:
		break;
	}
	http_result_release(&st->result);
	return end;
}

static enum end
run_pages(struct stream *st, int *status)
{
	enum end end = END_MORE;

	pager_release(&st->pager);
	pager_init(&st->pager, st->d, &st->w->pages);
	st->w->emit.most = st->d->pages.max_records;
	stream_set_variables(st);
	while (end == END_MORE && !stop_signal()) {
		end = run_page(st, status);
		if (st->w->emit.most != UINT64_MAX)
			st->w->emit.most =
			    st->pager.n_records < st->d->pages.max_records
				? st->d->pages.max_records - st->pager.n_records
				: 0;
		if (end == END_MORE && !stream_keep_lease(st, status))
			end = END_FAILED;
	}
	return end == END_MORE ? END_ENOUGH : end;
}

/* All windows, or the only one. */
static enum end
run_windows(struct stream *st, int *status)
{
	bool has_windows = st->track.c && st->track.c->step_ms > 0;
	enum end end = END_DONE;

	if (has_windows && !track_window(&st->track))
		return END_DONE;
	do {
		end = run_pages(st, status);
		if (end == END_DONE && st->track.c &&
		    (has_windows || !track_is_stepwise(&st->track) ||
			st->track.seq == 0)) {
			emit_begin(&st->w->emit, st->name.data);
			checkpoint(st, true);
			emit_keep(&st->w->emit);
		}
	} while (end == END_DONE && has_windows && track_window(&st->track));
	return end;
}

/* What the cursor noticed. */
static void
tell_track(const struct stream *st)
{
	const struct track *t = &st->track;

	if (t->n_without > 0)
		diag_warn("%s: %" PRIu64
			  " records without a value of the cursor at %s",
		    st->task->name, t->n_without, t->c->field);
	if (t->is_forgetful)
		diag_warn("%s: more than %d records at the same %s: some may"
			  " come again",
		    st->task->name, TRACK_SEEN, t->c->field);
}

static void
account(struct source *s, enum end end, int status)
{
	pthread_mutex_lock(&s->lock);
	if (end == END_CUT)
		s->n_cut++;
	if (end != END_FAILED)
		s->n_good++;
	else if (s->n_failed++ == 0)
		s->status = status;
	pthread_mutex_unlock(&s->lock);
}

/* With the lease, or if there is no cursor. */
static int
run(struct stream *st)
{
	struct source *s = st->w->source;
	int status = 0;
	enum end end = run_windows(st, &status);

	if (st->track.c)
		tell_track(st);
	if (st->is_stale) {
		pthread_mutex_lock(&s->lock);
		s->n_stale++;
		pthread_mutex_unlock(&s->lock);
	}
	account(s, end, status);
	return status;
}

/* Somebody else is at it. */
static int
give_way(struct stream *st)
{
	struct source *s = st->w->source;

	if (!s->options->is_exclusive) {
		diag_info("%s: another run is at it", st->task->name);
		account(s, END_DONE, 0);
		return 0;
	}
	diag_error("%s: another run is at it", st->task->name);
	account(s, END_FAILED, EX_TEMPFAIL);
	return EX_TEMPFAIL;
}

static int
begin(struct stream *st)
{
	struct source *s = st->w->source;
	const struct source_options *o = s->options;
	struct buf why = {0};
	int status = 0;

	if (!worker_set(st->w, st->d, &why))
		status = EX_CONFIG;
	pthread_mutex_lock(&s->lock);
	if (status == 0 && !o->is_dry && !o->replay)
		status = definition_unlock(st->task->d, o->tokens);
	if (status == 0)
		status = track_begin(&st->track, &st->d->cursor,
		    st->d->cursor.field ? source_store(s) : NULL, st->d->name,
		    o->stream ? o->stream : "main", st->task->partition,
		    o->since, &why);
	pthread_mutex_unlock(&s->lock);
	if (why.len > 0)
		diag_error("%s: %.*s", st->task->name, (int)why.len, why.data);
	buf_release(&why);
	return status;
}

/* Is it all that is below a prefix of a bucket? */
static bool
is_prefix(struct stream *st)
{
	const struct source_options *o = st->w->source->options;
	struct buf *url = &st->request.url;

	if (o->is_dry || st->task->url || st->d->url.n == 0 ||
	    strncmp(st->d->url.parts[0].text, "s3://", 5) != 0)
		return false;
	pager_init(&st->pager, st->d, &st->w->pages);
	stream_set_variables(st);
	return stream_compose_page(st, false) == 0 &&
	       (st->d->pages.kind == PAGE_S3 ||
		   url->data[url->len - 1] == '/' ||
		   !strchr(url->data + 5, '/'));
}

static bool
see(void *arg, const char *text, size_t len, struct jval record)
{
	return track_see(arg, text, len, record);
}

static void
release(struct stream *st)
{
	track_release(&st->track);
	pager_release(&st->pager);
	composed_release(&st->request);
	body_release(&st->body);
	buf_release(&st->name);
	buf_release(&st->annotation);
	buf_release(&st->recorded);
	buf_release(&st->replayed);
}

int
stream_look(struct worker *w, const struct task *task,
    int (*look)(void *arg, struct stream *st), void *arg)
{
	struct stream st = {.w = w, .task = task, .d = task->d};
	int status;

	buf_adds(&st.name, task->name);
	buf_addc(&st.name, '\0');
	status = begin(&st);
	pager_init(&st.pager, st.d, &w->pages);
	if (st.track.c && st.track.c->step_ms > 0)
		track_window(&st.track);
	stream_set_variables(&st);
	if (status == 0)
		status = stream_compose_page(&st, false);
	if (status == 0)
		status = look(arg, &st);
	release(&st);
	return status;
}

int
stream_run(struct worker *w, const struct task *task)
{
	const struct source_options *o = w->source->options;
	struct stream st = {.w = w, .task = task, .d = task->d};
	bool is_ours = true, has_lease;
	int status;

	buf_adds(&st.name, task->name);
	buf_addc(&st.name, '\0');
	status = begin(&st);
	w->emit.see = st.track.c ? see : NULL;
	w->emit.see_arg = &st.track;
	w->emit.hold = task->d->is_bare ? SOURCE_HOLD : SOURCE_HOLD_PAGE;
	if (o->hold >= 0)
		w->emit.hold = (size_t)o->hold;
	has_lease = st.track.c && !o->is_dry;
	if (status == 0 && has_lease)
		status = stream_step_lease(&st, stream_take, &is_ours);
	if (status != 0)
		account(w->source, END_FAILED, status);
	else if (!is_ours)
		status = give_way(&st);
	else if (is_prefix(&st)) {
		status = stream_list_bucket(&st);
		account(w->source, status ? END_FAILED : END_DONE, status);
	} else
		status = run(&st);
	if (has_lease && is_ours)
		stream_step_lease(&st, stream_drop, NULL);
	release(&st);
	return status;
}
