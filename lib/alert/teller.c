#include <string.h>
#include <sys/random.h>
#include <sysexits.h>

#include "alert/settle.h"
#include "alert/take.h"
#include "alert/teller.h"
#include "core/diag.h"
#include "core/random.h"
#include "core/timestamp.h"

/* A visit that comes this soon after another is none of its own. */
#define VISIT_MS 1000

void
teller_init(struct teller *s)
{
	book_init(&s->book, s->alerts->name);
}

static void
drop_jobs(struct teller *s)
{
	while (s->jobs) {
		struct job *job = s->jobs;

		s->jobs = job->next;
		job_free(job);
	}
}

void
teller_release(struct teller *s)
{
	drop_jobs(s);
	book_release(&s->book);
	buf_release(&s->events);
}

/* One transaction on the book. */
struct change {
	struct teller *s;
	int (*work)(struct book *b, int64_t now, void *arg);
	void *arg;
	bool is_kept; /* write it */
};

static int
step(struct store_txn *t, void *arg)
{
	struct change *c = arg;
	struct book *b = &c->s->book;
	int status = book_load(b, t);

	if (status == 0 && c->work)
		status = c->work(b, store_now(t), c->arg);
	if (status == 0 && c->is_kept)
		book_save(b, t);
	return status;
}

static int
run(struct change *c)
{
	struct teller *s = c->s;
	struct buf key = {0};
	const char *watch[] = {NULL, NULL};
	int status;

	book_key(&key, s->book.name);
	watch[0] = key.data;
	status = store_do(s->store, STORE_STATE, watch, step, c);
	buf_release(&key);
	if (status == 0) {
		buf_add(&s->events, s->book.events.data, s->book.events.len);
		s->book.events.len = 0;
	} else if (s->book.why.len > 0) {
		diag_error("%.*s", (int)s->book.why.len, s->book.why.data);
	} else {
		diag_error("%s", store_why(s->store));
	}
	return status;
}

int
teller_load(struct teller *s)
{
	return run(&(struct change){.s = s});
}

/* How often somebody looks; the commits of one run are one visit. */
static void
visit(struct teller *s, int64_t now)
{
	struct book_head *h = &s->book.head;

	if (s->has_visited)
		return;
	if (h->visited_at > 0 && now - h->visited_at >= VISIT_MS)
		h->visit_ms = now - h->visited_at;
	h->visited_at = now;
}

/* What follows from the book; what is due is taken. */
static void
conclude(struct teller *s, int64_t now)
{
	struct settling settling = {
	    .book = &s->book, .alerts = s->alerts, .now = now};

	visit(s, now);
	drop_jobs(s);
	settle(&settling);
	settle_release(&settling);
	s->jobs = take_jobs(&s->book, s->alerts, s->at_once, now);
}

struct committing {
	struct teller *s;
	const struct batch *batch;
	int (*work)(struct book *b, int64_t now, void *arg);
	void *arg;
};

static int
commit(struct book *b, int64_t now, void *arg)
{
	struct committing *c = arg;
	int status = c->work ? c->work(b, now, c->arg) : 0;

	if (status != 0)
		return status;
	if (c->batch)
		batch_apply(c->batch, b, now);
	if (c->s->alerts->doc.root)
		conclude(c->s, now);
	return 0;
}

static int
run_commit(struct committing *c)
{
	int status = run(&(struct change){c->s, commit, c, true});

	if (status == 0)
		c->s->has_visited = true;
	else
		drop_jobs(c->s); /* taken, but not for sure */
	return status;
}

int
teller_commit(struct teller *s, const struct batch *batch)
{
	return run_commit(&(struct committing){.s = s, .batch = batch});
}

int
teller_change(struct teller *s,
    int (*work)(struct book *b, int64_t now, void *arg), void *arg)
{
	return run_commit(
	    &(struct committing){.s = s, .work = work, .arg = arg});
}

static void
report(const struct job *job)
{
	const struct buf *why = &job->attempt.why;

	if (job->is_skipped || job->put_off_ms > 0 || job->outcome == DELIVERED)
		return;
	diag_error("%s: %.*s (%zu alert%s %s)", job->receiver->name,
	    (int)why->len, why->data ? why->data : "", job->n_sent,
	    job->n_sent == 1 ? "" : "s",
	    job->outcome == DELIVERY_TEMPORARY ? "kept in the outbox"
					       : "not delivered");
}

struct marking {
	struct teller *s;
	const struct job *job;
	uint64_t dice;
	bool is_dead; /* out */
};

static int
mark(struct book *b, int64_t now, void *arg)
{
	struct marking *m = arg;

	m->is_dead = take_mark(b, m->s->alerts, m->job, m->dice, now);
	return 0;
}

static int
mark_job(struct teller *s, const struct job *job)
{
	struct marking m = {.s = s, .job = job};
	int status;

	if (getrandom(&m.dice, sizeof(m.dice), 0) != sizeof(m.dice))
		m.dice = (uint64_t)timestamp_monotonic();
	status = run(&(struct change){s, mark, &m, true});
	if (status == 0 && m.is_dead)
		s->status = EX_UNAVAILABLE;
	return status;
}

/* Send what was taken; returns the first status that is not 0. */
static int
send_jobs(struct teller *s)
{
	struct sender *sender = sender_start(s->jobs, timestamp_now());
	const struct job *job;
	size_t n_put_off = 0;
	int first = 0;

	s->jobs = NULL; /* the sender's */
	while ((job = sender_wait(sender))) {
		int status;

		report(job);
		n_put_off += job->put_off_ms == SENDER_PUT_OFF_MS;
		status = mark_job(s, job);
		if (first == 0)
			first = status;
	}
	sender_free(sender);
	if (n_put_off > 0)
		diag_error("%zu more notification%s for receivers that fail "
			   "kept in the outbox",
		    n_put_off, n_put_off == 1 ? "" : "s");
	return first;
}

int
teller_send(struct teller *s)
{
	int status = 0;

	while (s->jobs && status == 0) {
		status = send_jobs(s);
		s->at_once = false; /* once is enough */
		if (status == 0)
			status = teller_commit(s, NULL);
	}
	return status;
}

int
teller_status(const struct teller *s)
{
	const struct letter *e;

	if (s->status != 0)
		return s->status;
	for (size_t i = 0; (e = book_next(&s->book, BOOK_ENTRIES, &i, NULL));)
		if (e->state == OUTBOX_WAITING && e->holder[0] == '\0')
			return TELLER_PARTIAL;
	return 0;
}
