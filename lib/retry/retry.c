#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "core/diag.h"
#include "core/num.h"
#include "core/random.h"
#include "core/timestamp.h"
#include "obs/run.h"
#include "retry/attempt.h"
#include "retry/retry.h"
#include "state/budget.h"
#include "stream/stop.h"

/* Of all the attempts. */
struct course {
	const struct retry *r;
	struct gate gate;
	struct attempt attempt;
	int64_t end_ms; /* by timestamp_monotonic; INT64_MAX: none */
	int64_t paid; /* tokens for retries */
	uint64_t n; /* attempt */
	int status; /* exit status as of now */
	bool may_fall_back;
};

static bool
set_variable(const char *name, const char *value)
{
	if (setenv(name, value, 1) == 0)
		return true;
	diag_error("%s: cannot be set", name);
	return false;
}

/* A random UUID (RFC 9562, version 4). */
static bool
set_key(const char *key)
{
	uint64_t seed = random_seed(), low = random_seed();
	char uuid[40];

	snprintf(uuid, sizeof(uuid),
	    "%08" PRIx64 "-%04" PRIx64 "-4%03" PRIx64 "-%04" PRIx64
	    "-%012" PRIx64,
	    seed >> 32, seed >> 16 & 0xffff, seed & 0xfff,
	    (low >> 48 & 0x3fff) | 0x8000, low & UINT64_C(0xffffffffffff));
	return set_variable("CDO_IDEMPOTENCY_KEY", key ? key : uuid);
}

static bool
set_attempt(uint64_t n)
{
	char text[24];

	snprintf(text, sizeof(text), "%" PRIu64, n);
	return set_variable("CDO_ATTEMPT", text);
}

/* How long the next attempt may take; 0: as long as it likes. */
static int64_t
patience(const struct course *c)
{
	int64_t left, most = c->r->timeout_ms;

	if (c->end_ms == INT64_MAX)
		return most;
	left = c->end_ms - timestamp_monotonic();
	if (left < 1)
		left = 1;
	return most > 0 && most < left ? most : left;
}

/* How the attempt ended, for people. */
static void
add_end(struct buf *b, const struct course *c)
{
	const struct attempt *a = &c->attempt;

	if (a->end == ATTEMPT_TIMED_OUT && timestamp_monotonic() >= c->end_ms) {
		buf_adds(b, "the deadline of ");
		num_add_duration(b, c->r->deadline_ms);
		buf_adds(b, " is over");
	} else if (a->end == ATTEMPT_TIMED_OUT) {
		buf_adds(b, "not done within ");
		num_add_duration(b, c->r->timeout_ms);
	} else if (a->signo != 0) {
		buf_addf(b, "killed by signal %d (%s)", a->signo,
		    strsignal(a->signo));
	} else {
		buf_addf(b, "exit status %d", a->status);
	}
}

/* Tell how the attempt ended, and what comes next. */
static void
tell(const struct course *c, enum diag_level level, const struct buf *next)
{
	void (*print)(const char *, ...) =
	    level == DIAG_ERROR ? diag_error : diag_warn;
	struct buf end = {0};

	add_end(&end, c);
	print("%s: attempt %" PRIu64 " of %" PRIu64 ": %.*s; %.*s",
	    c->r->argv[0], c->n, c->r->attempts, (int)end.len, end.data,
	    (int)next->len, next->data);
	buf_release(&end);
}

/* Append until when the breaker refuses. */
static void
add_breaker(struct buf *b, const struct course *c)
{
	char until[TIMESTAMP_SIZE];

	timestamp_format(c->gate.until, until);
	buf_addf(b, "the breaker %s is open until %s", c->r->breaker, until);
}

/*
 * Why there must be no other attempt after this one, which may have one, with
 * wait_ms between; appended to why.  Tells the gate in any case.
 */
static bool
is_last(struct course *c, int64_t wait_ms, struct buf *why)
{
	bool is_slow = c->attempt.end == ATTEMPT_TIMED_OUT;
	int64_t cost = is_slow ? BUDGET_TIMEOUT : BUDGET_RETRY;
	enum gate_verdict verdict;

	if (c->n >= c->r->attempts)
		buf_adds(why, "giving up");
	else if (c->attempt.has_begun)
		buf_adds(why, "giving up, since some of its output is out");
	else if (c->end_ms != INT64_MAX &&
		 timestamp_monotonic() + wait_ms >= c->end_ms)
		buf_adds(why, "giving up, since the deadline is near");
	verdict = gate_fail(&c->gate, why->len > 0 ? 0 : cost);
	if (why->len > 0)
		return true;
	if (verdict == GATE_CLOSED)
		add_breaker(why, c);
	else if (verdict == GATE_SPENT)
		buf_addf(why, "giving up, since the retries of %s are used up",
		    c->r->breaker);
	c->paid += cost;
	return why->len > 0;
}

/* The attempt failed in a way that another may mend: wait for that.  Returns
 * whether there is one. */
static bool
wait_for_next(struct course *c)
{
	int64_t wait = backoff_ms(&c->r->backoff, c->n, random_seed());
	struct buf next = {0};
	bool is_over = is_last(c, wait, &next);

	if (!is_over) {
		buf_adds(&next, "retrying in ");
		num_add_duration(&next, wait);
	}
	tell(c, is_over ? DIAG_ERROR : DIAG_WARNING, &next);
	buf_release(&next);
	if (is_over)
		return false;
	run_counts.retries++;
	if (stop_sleep(wait))
		return true;
	c->status = 128 + stop_signal();
	c->may_fall_back = false;
	return false;
}

/* The breaker lets no attempt begin. */
static void
refuse(struct course *c)
{
	struct buf why = {0};

	add_breaker(&why, c);
	diag_error("%s: %.*s", c->r->argv[0], (int)why.len, why.data);
	buf_release(&why);
	if (c->n == 1)
		c->status = EX_UNAVAILABLE;
}

/* Judge the attempt.  Returns whether another one is to be made. */
static bool
conclude(struct course *c)
{
	const struct attempt *a = &c->attempt;

	c->status = a->status;
	if (a->end == ATTEMPT_ENDED && a->status == 0) {
		gate_tell(&c->gate, BREAKER_SUCCESS, c->paid);
		return false;
	}
	c->may_fall_back =
	    a->end == ATTEMPT_TIMED_OUT ||
	    (a->end == ATTEMPT_ENDED && !retry_codes_is_never(a->status));
	if (a->end == ATTEMPT_TIMED_OUT ||
	    (a->end == ATTEMPT_ENDED && c->r->codes.is_in[a->status & 0xff]))
		return wait_for_next(c);
	gate_tell(&c->gate, BREAKER_NEITHER, 0);
	if (a->end == ATTEMPT_ENDED && a->signo != 0)
		diag_error("%s: killed by signal %d (%s)", c->r->argv[0],
		    a->signo, strsignal(a->signo));
	return false;
}

static void
run_attempts(struct course *c)
{
	for (c->n = 1;; c->n++) {
		c->may_fall_back = true;
		if (gate_ask(&c->gate) == GATE_CLOSED) {
			refuse(c);
			return;
		}
		c->status = RETRY_FAILED;
		c->may_fall_back = false;
		if (!set_attempt(c->n))
			return;
		attempt_run(&c->attempt, c->r->argv, c->n, patience(c));
		if (!conclude(c))
			return;
	}
}

/* Let the other command stand in. */
static void
fall_back(struct course *c)
{
	struct attempt *a = &c->attempt;

	diag_warn("%s: failed (%d); running %s instead", c->r->argv[0],
	    c->status, c->r->fallback[0]);
	if (!set_attempt(0))
		return;
	attempt_run(a, c->r->fallback, 0, c->r->timeout_ms);
	c->status = a->status;
	if (a->end == ATTEMPT_TIMED_OUT)
		diag_error("%s: not done in time", c->r->fallback[0]);
	else if (a->end == ATTEMPT_ENDED && a->status != 0)
		diag_error("%s: exit status %d", c->r->fallback[0], a->status);
}

/* Hand out what is held, or say that it is dropped. */
static void
finish(struct course *c)
{
	struct attempt *a = &c->attempt;
	bool is_good = a->end == ATTEMPT_ENDED && c->status == 0;

	if (c->status == 0 || c->r->output == RETRY_LAST) {
		if (attempt_emit(a) != 0)
			c->status = RETRY_FAILED;
	} else if (!is_good && a->output.len > 0) {
		diag_warn("%s: dropped %" PRIu64 " bytes of its output, since "
			  "it failed; see --output",
		    c->r->argv[0], a->output.len);
	}
}

int
retry_run(const struct retry *r, struct store *s)
{
	struct course c = {.r = r, .end_ms = INT64_MAX};

	gate_init(&c.gate, s, r->breaker);
	c.status = attempt_init(&c.attempt, r, &c.gate);
	if (c.status == 0 && !set_key(r->key))
		c.status = RETRY_FAILED;
	if (c.status == 0) {
		if (r->deadline_ms > 0)
			c.end_ms = timestamp_monotonic() + r->deadline_ms;
		run_attempts(&c);
		if (c.status != 0 && r->fallback && c.may_fall_back &&
		    !c.attempt.has_begun)
			fall_back(&c);
		finish(&c);
	}
	attempt_release(&c.attempt);
	gate_release(&c.gate);
	return c.status;
}
