/* The verbs by which people and jobs change what is known. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <sysexits.h>
#include <unistd.h>

#include "alert/batch.h"
#include "alert/event.h"
#include "alert/settle.h"
#include "alert/verbs.h"
#include "alert/window.h"
#include "core/diag.h"
#include "core/num.h"
#include "core/process.h"
#include "core/timestamp.h"
#include "json/write.h"

#define ACK_MS (INT64_C(4) * 3600 * 1000) /* if nothing is said */
#define WRAPPER_FAILED 125

/* A call on the command line, for a transaction. */
struct call {
	const struct alert_options *o;
	char **operands;
	struct buf *out; /* what is printed once it is committed */
};

/* Change what the operands name; receivers are told if there is a file. */
static int
change(struct alert_options *o, char **operands,
    int (*work)(struct book *b, int64_t now, void *arg))
{
	struct buf out = {0};
	struct call c = {o, operands, &out};
	int status = alert_open(o, true);

	if (status == 0)
		status = teller_change(&o->teller, work, &c);
	if (status == 0)
		alert_print(&out);
	buf_release(&out);
	return alert_close(o, status);
}

static int
ack(struct book *b, int64_t now, void *arg)
{
	const struct call *c = arg;
	const char *by = alert_person(c->o);
	const char *comment = c->o->comment ? c->o->comment : "";
	int64_t until = c->o->until;

	if (until == 0)
		until = now + (c->o->for_ms > 0 ? c->o->for_ms : ACK_MS);
	for (char **fp = c->operands; *fp; fp++) {
		struct instance *i = alert_find(b, *fp, &b->why);

		if (!i)
			return EX_USAGE;
		if (!instance_ack(i, by, comment, until, now)) {
			buf_addf(&b->why,
			    "%s: does not fire, or the time is "
			    "over already",
			    *fp);
			return EX_DATAERR;
		}
		event_write(&b->events, "acked", i, by, comment, now);
	}
	return 0;
}

int
alert_ack(struct alert_options *o, char **operands)
{
	return change(o, operands, ack);
}

static int
resolve(struct book *b, int64_t now, void *arg)
{
	const struct call *c = arg;

	for (char **fp = c->operands; *fp; fp++) {
		struct instance *i = alert_find(b, *fp, &b->why);
		const struct instance_rule *life;

		if (!i)
			return EX_USAGE;
		life = batch_life(&c->o->alerts, i);
		if (instance_end(i, life, INSTANCE_BY_HAND, now) == 0) {
			if (i->state == INSTANCE_QUIET) {
				i->cause = INSTANCE_BY_HAND;
				continue;
			}
			buf_addf(&b->why, "%s: does not fire", *fp);
			return EX_DATAERR;
		}
		b->head.counts[BOOK_RESOLVED]++;
		event_write(&b->events, "resolved", i, alert_person(c->o),
		    c->o->comment, now);
	}
	return 0;
}

int
alert_resolve(struct alert_options *o, char **operands)
{
	return change(o, operands, resolve);
}

/* Fill the silence; returns false with the reason if it makes no sense. */
static bool
make_silence(
    struct silence *s, const struct call *c, int64_t now, struct buf *why)
{
	const struct alert_options *o = c->o;
	struct window w;
	const char *comma = "";

	s->made_at = now;
	s->starts_at = o->from > 0 ? o->from : now;
	s->ends_at = o->until > 0 ? o->until : s->starts_at + o->for_ms;
	snprintf(s->by, sizeof(s->by), "%s", alert_person(o));
	labels_quote(&s->comment, o->comment ? o->comment : "",
	    o->comment ? strlen(o->comment) : 0);
	if (o->window && !window_parse(&w, o->window, why))
		return false;
	if (o->window)
		labels_quote(&s->window, o->window, strlen(o->window));
	buf_addc(&s->matchers, '[');
	for (char **m = c->operands; *m; m++) {
		if (!matchers_parse(&s->parsed, *m, why))
			return false;
		jwrite_text(&s->matchers, comma, *m);
		comma = ",";
	}
	buf_addc(&s->matchers, ']');
	if (s->ends_at <= now || s->ends_at <= s->starts_at) {
		buf_adds(why, "the silence would be over already");
		return false;
	}
	if (s->parsed.n > SILENCE_MATCHERS) {
		buf_addf(why, "more than %d matchers", SILENCE_MATCHERS);
		return false;
	}
	return true;
}

static int
silence(struct book *b, int64_t now, void *arg)
{
	struct call *c = arg;
	struct silence s = {0}, *kept;
	unsigned char dice[6];

	if (book_count(b, BOOK_SILENCES) >= SILENCES_MAX) {
		buf_addf(
		    &b->why, "there are %d silences already", SILENCES_MAX);
		return EX_DATAERR;
	}
	if (!make_silence(&s, c, now, &b->why)) {
		silence_release(&s);
		return EX_USAGE;
	}
	if (getrandom(dice, sizeof(dice), 0) != sizeof(dice))
		memcpy(dice, &now, sizeof(dice));
	snprintf(s.id, sizeof(s.id), "%02x%02x%02x%02x%02x%02x", dice[0],
	    dice[1], dice[2], dice[3], dice[4], dice[5]);
	kept = book_make(b, BOOK_SILENCES, s.id);
	*kept = s;
	c->out->len = 0;
	buf_addf(c->out, "%s\n", s.id);
	return 0;
}

int
alert_silence(struct alert_options *o, char **operands)
{
	if (!*operands)
		return alert_silences(o);
	return change(o, operands, silence);
}

/* It ends now; it is kept for a time, so that it can be seen. */
static int
unsilence(struct book *b, int64_t now, void *arg)
{
	const struct call *c = arg;

	for (char **id = c->operands; *id; id++) {
		struct silence *s = book_get(b, BOOK_SILENCES, *id);

		if (!s || s->ends_at <= now) {
			buf_addf(&b->why,
			    "%s: no silence that lasts; see "
			    "cdo-alert silence",
			    *id);
			return EX_USAGE;
		}
		s->ends_at = now;
		if (s->starts_at > now)
			s->starts_at = now;
	}
	return 0;
}

int
alert_unsilence(struct alert_options *o, char **operands)
{
	return change(o, operands, unsilence);
}

/* The job's place in the book is its name as a part of a key. */
static struct heartbeat *
find_beat(struct book *b, const char *name, bool makes)
{
	struct buf id = {0};
	struct heartbeat *h;

	state_add_key(&id, name);
	buf_addc(&id, '\0');
	h = makes ? book_make(b, BOOK_BEATS, id.data)
		  : book_get(b, BOOK_BEATS, id.data);
	buf_release(&id);
	return h;
}

static void
remove_beat(struct book *b, const char *name)
{
	struct buf id = {0};

	state_add_key(&id, name);
	buf_addc(&id, '\0');
	book_remove(b, BOOK_BEATS, id.data);
	buf_release(&id);
}

static int
expect(struct book *b, int64_t now, void *arg)
{
	const struct call *c = arg;
	const struct alert_options *o = c->o;
	const char *name = c->operands[0];
	struct heartbeat *h = find_beat(b, name, false);

	if (!h && (o->pause || o->remove)) {
		buf_addf(&b->why, "%s: nobody expects it", name);
		return EX_USAGE;
	}
	if (o->pause || o->remove) {
		h->state = HEARTBEAT_PAUSED;
		h->changed_at = now;
		settle_beats(b, now); /* its alert is over */
		if (o->remove)
			remove_beat(b, name);
		return 0;
	}
	if (!h && book_count(b, BOOK_BEATS) >= HEARTBEATS_MAX) {
		buf_addf(
		    &b->why, "%d jobs are expected already", HEARTBEATS_MAX);
		return EX_DATAERR;
	}
	h = find_beat(b, name, true);
	snprintf(h->name, sizeof(h->name), "%s", name);
	heartbeat_expect(h, o->every_ms,
	    o->grace_ms >= 0 ? o->grace_ms : o->every_ms / 4, o->severity, now);
	return 0;
}

int
alert_expect(struct alert_options *o, char **operands)
{
	if (!*operands)
		return alert_beats(o);
	return change(o, operands, expect);
}

struct report {
	const char *name;
	struct ping_report ping;
};

static int
ping(struct book *b, int64_t now, void *arg)
{
	const struct report *r = arg;
	struct heartbeat *h = find_beat(b, r->name, false);

	if (!h) {
		buf_addf(&b->why, "%s: nobody expects it; see cdo-alert expect",
		    r->name);
		return EX_USAGE;
	}
	heartbeat_ping(h, &r->ping, now);
	settle_beats(b, now);
	return 0;
}

static int
report(struct alert_options *o, const struct report *r)
{
	int status = alert_open(o, true);

	if (status == 0)
		status = teller_change(&o->teller, ping, (void *)r);
	return alert_close(o, status);
}

/* The end of what comes on standard input. */
static void
read_log(struct buf *log)
{
	char part[4096];
	ssize_t n;

	while ((n = read(STDIN_FILENO, part, sizeof(part))) > 0) {
		buf_add(log, part, (size_t)n);
		if (log->len > 16 * HEARTBEAT_LOG) {
			memmove(log->data, log->data + log->len - HEARTBEAT_LOG,
			    HEARTBEAT_LOG);
			log->len = HEARTBEAT_LOG;
		}
	}
}

int
alert_ping(struct alert_options *o, char **operands)
{
	struct buf log = {0};
	struct report r = {
	    operands[0], {o->kind, o->run ? o->run : "", o->exit, NULL, 0}};
	int status;

	if (o->log) {
		read_log(&log);
		r.ping.log = log.len > 0 ? log.data : "";
		r.ping.log_len = log.len;
	}
	status = report(o, &r);
	buf_release(&log);
	return status;
}

/* What the job writes goes where ours goes, and its end is kept. */
static void
pass_on(void *arg, int stream, const char *data, size_t len)
{
	struct buf *log = arg;

	buf_add(log, data, len);
	if (log->len > 16 * HEARTBEAT_LOG) {
		memmove(log->data, log->data + log->len - HEARTBEAT_LOG,
		    HEARTBEAT_LOG);
		log->len = HEARTBEAT_LOG;
	}
	while (len > 0) {
		ssize_t n = write(stream, data, len);

		if (n <= 0)
			return;
		data += n;
		len -= (size_t)n;
	}
}

int
alert_watch(struct alert_options *o, char **operands)
{
	struct buf log = {0};
	char run[HEARTBEAT_RUN];
	char **argv = operands + 1 + (strcmp(operands[1], "--") == 0);
	struct process p = {.argv = argv,
	    .out = PROCESS_PIPE,
	    .err = PROCESS_PIPE,
	    .on_data = pass_on,
	    .arg = &log};
	struct process_result result = {0};
	struct report r = {operands[0], {PING_START, run, -1, NULL, 0}};
	int rc, status;

	if (!argv[0]) {
		diag_error("watch: which command?");
		return EX_USAGE;
	}
	snprintf(run, sizeof(run), "%ld-%lld", (long)getpid(),
	    (long long)timestamp_now());
	report(o, &r); /* the job is more important than the report */
	rc = process_run(&p, &result);
	if (rc != 0)
		diag_error("%s: %s", argv[0], strerror(rc));
	status = result.signo ? 128 + result.signo : result.status;
	if (rc != 0)
		status = rc == ENOENT ? 127 : 126;
	r.ping = (struct ping_report){
	    PING_OK, run, status, log.len > 0 ? log.data : "", log.len};
	if (report(o, &r) == EX_USAGE && status == 0)
		status = WRAPPER_FAILED;
	buf_release(&log);
	return status;
}
