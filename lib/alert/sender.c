#include <inttypes.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "alert/sender.h"
#include "core/num.h"
#include "core/timestamp.h"
#include "core/xmem.h"

/* One receiver's thread. */
struct line {
	struct sender *sender;
	const struct receiver *receiver;
	pthread_t thread;
	bool runs;
	int64_t failed_ms; /* that long it only failed */
};

struct sender {
	struct job *jobs;
	struct line *lines;
	size_t n_lines;
	int64_t now;
	int64_t begun; /* timestamp_monotonic */
	pthread_mutex_t lock;
	pthread_cond_t is_over;
	struct job **over; /* in the order in which they ended */
	size_t n_jobs, n_over, n_told;
};

/* What the notice borrows. */
struct room {
	struct notice *notices;
	struct notice_label *labels;
	struct buf *texts; /* to be released: titles, bodies, reasons */
	size_t n, n_labels, n_texts;
};

static struct buf *
add_text(struct room *r)
{
	return &r->texts[r->n_texts++];
}

/* What there is to know besides, in words. */
static const char *
reason(struct room *r, const struct instance *i)
{
	struct buf *text;

	if (i->ack_by[0] == '\0')
		return instance_causes[i->cause];
	text = add_text(r);
	buf_addf(text, "acked by %s", i->ack_by);
	if (i->ack_comment.len > 2) {
		buf_adds(text, ": ");
		labels_unquote(text, &i->ack_comment);
	}
	buf_addc(text, '\0');
	return text->data;
}

static void
fill(struct room *r, const struct instance *i)
{
	struct notice *out = &r->notices[r->n++];
	struct buf *title = add_text(r), *body = add_text(r);

	labels_unquote(title, &i->title);
	labels_unquote(body, &i->body);
	*out = (struct notice){.fingerprint = i->fingerprint,
	    .rule = i->rule,
	    .severity = (enum alert_severity)i->severity,
	    .is_firing = i->state == INSTANCE_FIRING,
	    .labels = r->labels + r->n_labels,
	    .n_labels = i->parsed.n,
	    .title = *title,
	    .body = *body,
	    .record = i->record,
	    .starts_at = i->starts_at,
	    .ends_at = i->ends_at,
	    .reason = reason(r, i)};
	for (size_t k = 0; k < i->parsed.n; k++)
		r->labels[r->n_labels++] =
		    (struct notice_label){i->parsed.v[k].name,
			i->parsed.v[k].value.data, i->parsed.v[k].value.len};
}

/* The alerts that this notification is about: of one entry, those from
 * n_sent on; of a digest, of each entry in turn. */
static void
fill_all(struct room *r, const struct job *job, uint64_t *n_left_out)
{
	size_t n_labels = 1, n = 0;

	for (size_t k = 0; k < job->n; k++)
		for (size_t i = 0; i < job->entries[k].n; i++, n++)
			n_labels += job->entries[k].alerts[i].parsed.n;
	r->notices = xcalloc(NOTIFICATION_MAX, sizeof(*r->notices));
	r->labels = xcalloc(n_labels, sizeof(*r->labels));
	r->texts = xcalloc(3 * NOTIFICATION_MAX, sizeof(*r->texts));
	for (int firing = 1; firing >= 0; firing--)
		for (size_t k = 0; k < job->n; k++) {
			const struct letter *e = &job->entries[k];

			for (size_t i = (size_t)e->n_sent;
			     i < e->n && r->n < NOTIFICATION_MAX; i++)
				if ((e->alerts[i].state == INSTANCE_FIRING) ==
				    (firing == 1))
					fill(r, &e->alerts[i]);
		}
	*n_left_out = job->n > 1 ? n - r->n : 0;
}

static void
release_room(struct room *r)
{
	for (size_t i = 0; i < r->n_texts; i++)
		buf_release(&r->texts[i]);
	free(r->texts);
	free(r->notices);
	free(r->labels);
}

/* For people: what another receiver did, or that it comes late. */
static void
write_note(struct buf *note, const struct job *job, int64_t late_ms)
{
	const struct letter *e = &job->entries[0];

	labels_unquote(note, &e->note);
	if (job->n > 1)
		buf_addf(note, "digest of %zu groups", job->n);
	if (late_ms > 0) {
		buf_adds(note, note->len > 0 ? "; " : "");
		buf_adds(note, "delivery was delayed by ");
		num_add_duration(note, late_ms - late_ms % 1000);
	}
	buf_addc(note, '\0');
}

void
sender_render(const struct job *job, int64_t now,
    void (*call)(void *arg, const struct notification *n), void *arg)
{
	const struct letter *e = &job->entries[0];
	int64_t late = now - e->created_at;
	struct buf note = {0}, group = {0};
	struct room room = {0};
	struct notification n = {.receiver = e->receiver,
	    .id = job->id,
	    .thread = e->thread,
	    .is_first = e->is_first != 0,
	    .cause = job->n > 1 ? NOTIFICATION_DIGEST
				: (enum notification_cause)e->cause,
	    .created_at = e->created_at,
	    .late_ms = e->attempts > 1 || job->n > 1 ? late : 0};

	if (n.late_ms < 1000)
		n.late_ms = 0;
	fill_all(&room, job, &n.n_left_out);
	write_note(&note, job, n.late_ms);
	buf_add(&group, e->labels.data, e->labels.len);
	buf_addc(&group, '\0');
	n.note = note.data;
	n.group = job->n > 1 ? "{}" : group.data;
	n.notices = room.notices;
	n.n = room.n;
	notification_finish(&n);
	call(arg, &n);
	buf_release(&n.json);
	buf_release(&note);
	buf_release(&group);
	release_room(&room);
}

struct call {
	struct job *job;
	struct channel_link *link;
};

static void
send(void *arg, const struct notification *n)
{
	struct call *c = arg;

	c->job->n_sent = n->n;
	c->job->outcome = c->job->receiver->channel->send(
	    c->job->receiver->settings, c->link, n, &c->job->attempt);
}

/* How long the job is to wait, instead of being tried. */
static int64_t
put_off(const struct line *line, int64_t begun)
{
	if (line->failed_ms >= SENDER_PATIENCE_MS)
		return SENDER_PUT_OFF_MS;
	return begun - line->sender->begun >= SENDER_LATEST_MS ? 1 : 0;
}

static void
try_job(struct line *line, struct channel_link *link, struct job *job)
{
	int64_t begun = timestamp_monotonic();
	struct call c = {job, link};

	job->put_off_ms = put_off(line, begun);
	if (job->put_off_ms > 0) {
		job->outcome = DELIVERY_TEMPORARY;
		return;
	}
	sender_render(job, line->sender->now, send, &c);
	if (job->outcome == DELIVERY_TEMPORARY)
		line->failed_ms += timestamp_monotonic() - begun;
	else
		line->failed_ms = 0;
}

static void *
work(void *arg)
{
	struct line *line = arg;
	struct sender *s = line->sender;
	struct channel_link link = {0};
	const char *failed = "";

	for (struct job *job = s->jobs; job; job = job->next) {
		if (job->receiver != line->receiver)
			continue;
		job->is_skipped = strcmp(job->entries[0].id, failed) == 0;
		if (!job->is_skipped)
			try_job(line, &link, job);
		if (job->outcome != DELIVERED)
			failed = job->entries[0].id;
		pthread_mutex_lock(&s->lock);
		s->over[s->n_over++] = job;
		pthread_cond_signal(&s->is_over);
		pthread_mutex_unlock(&s->lock);
	}
	channel_link_release(&link);
	return NULL;
}

static void
add_line(struct sender *s, const struct receiver *receiver)
{
	for (size_t i = 0; i < s->n_lines; i++)
		if (s->lines[i].receiver == receiver)
			return;
	s->lines[s->n_lines++] =
	    (struct line){.sender = s, .receiver = receiver};
}

struct sender *
sender_start(struct job *jobs, int64_t now)
{
	struct sender *s = xcalloc(1, sizeof(*s));

	s->jobs = jobs;
	s->now = now;
	s->begun = timestamp_monotonic();
	for (struct job *job = jobs; job; job = job->next)
		s->n_jobs++;
	s->over = xcalloc(s->n_jobs + 1, sizeof(void *));
	s->lines = xcalloc(s->n_jobs + 1, sizeof(*s->lines));
	pthread_mutex_init(&s->lock, NULL);
	pthread_cond_init(&s->is_over, NULL);
	for (struct job *job = jobs; job; job = job->next)
		add_line(s, job->receiver);
	for (size_t i = 0; i < s->n_lines; i++) {
		s->lines[i].runs = pthread_create(&s->lines[i].thread, NULL,
				       work, &s->lines[i]) == 0;
		if (!s->lines[i].runs) /* then it is done here */
			work(&s->lines[i]);
	}
	return s;
}

struct job *
sender_wait(struct sender *s)
{
	struct job *job = NULL;

	pthread_mutex_lock(&s->lock);
	while (s->n_told < s->n_jobs && s->n_told == s->n_over)
		pthread_cond_wait(&s->is_over, &s->lock);
	if (s->n_told < s->n_jobs)
		job = s->over[s->n_told++];
	pthread_mutex_unlock(&s->lock);
	return job;
}

void
job_free(struct job *job)
{
	if (job->borrows)
		buf_release(&job->entries[0].why);
	for (size_t i = 0; i < job->n && !job->borrows; i++)
		letter_release(&job->entries[i]);
	free(job->entries);
	buf_release(&job->attempt.why);
	buf_release(&job->attempt.done);
	free(job);
}

void
sender_free(struct sender *s)
{
	for (size_t i = 0; i < s->n_lines; i++)
		if (s->lines[i].runs)
			pthread_join(s->lines[i].thread, NULL);
	while (s->jobs) {
		struct job *job = s->jobs;

		s->jobs = job->next;
		job_free(job);
	}
	pthread_mutex_destroy(&s->lock);
	pthread_cond_destroy(&s->is_over);
	free(s->over);
	free(s->lines);
	free(s);
}
