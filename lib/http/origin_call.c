/*
 * origin: before a call, and after it.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "core/random.h"
#include "core/timestamp.h"
#include "core/xmem.h"
#include "http/origin_private.h"
#include "stream/stop.h"

#define BATCH_US 250000 /* turns are reserved for so long */
#define BATCH_MAX 1024
#define SETTLED_MS 1000 /* what refuses was read no longer ago */
#define YEAR_S ((int64_t)366 * 86400)

static void
refresh(struct origin *o, int64_t older_than_ms)
{
	if (!o->is_known || timestamp_monotonic() - o->seen_at >= older_than_ms)
		origin_run(o, NULL, NULL);
}

/* What the breaker would say, without being asked. */
static struct breaker_answer
peek(const struct origin *o, int64_t now)
{
	struct breaker copy = o->now.breaker;
	long pid;
	bool is_dead = copy.probe[0] && holder_is_dead(copy.probe, &pid);

	if (o->is_probing)
		is_dead = false;
	if (o->is_probing && copy.is_open)
		return (struct breaker_answer){
		    BREAKER_REFUSE, copy.probe_until};
	return breaker_ask(
	    &copy, &breaker_rules, o->all->self, 1, is_dead, now);
}

struct probe {
	const struct origin *origin;
	int64_t ms;
	struct breaker_answer answer;
};

static unsigned
ask_for_probe(struct machines *m, int64_t now, void *arg)
{
	struct probe *p = arg;
	long pid;
	bool is_dead =
	    m->breaker.probe[0] && holder_is_dead(m->breaker.probe, &pid);

	p->answer = breaker_ask(&m->breaker, &breaker_rules,
	    p->origin->all->self, p->ms, is_dead, now);
	return p->answer.verdict == BREAKER_PROBE ? ORIGIN_BREAKER : 0;
}

/* May the call go, as the breaker has it?  With ms it becomes the probe if
 * there is to be one. */
static enum origin_verdict
ask_breaker(struct origin *o, int64_t ms, int64_t *until)
{
	struct probe p = {.origin = o, .ms = ms};

	p.answer = peek(o, timestamp_now());
	if (p.answer.verdict == BREAKER_REFUSE && !o->is_probing) {
		refresh(o, SETTLED_MS);
		p.answer = peek(o, timestamp_now());
	}
	if (p.answer.verdict == BREAKER_PROBE && ms > 0) {
		origin_run(o, ask_for_probe, &p);
		o->is_probing = p.answer.verdict == BREAKER_PROBE;
		o->prober = pthread_self();
	}
	*until = p.answer.until;
	return p.answer.verdict == BREAKER_REFUSE ? ORIGIN_OPEN : ORIGIN_GO;
}

struct reserve {
	struct origin *origin;
	size_t n;
	int64_t max_wait_ms, wait_ms;
};

static unsigned
reserve_turns(struct machines *m, int64_t now, void *arg)
{
	struct reserve *r = arg;
	struct origin *o = r->origin;
	int64_t wait = 0;

	o->n_turns = o->next_turn = 0;
	while (o->n_turns < r->n &&
	       rate_take(&m->rate, &o->rules.rate, r->max_wait_ms, now, &wait))
		o->turns[o->n_turns++] = now + wait;
	o->full_us = m->rate.full_us;
	if (o->n_turns > 0)
		return ORIGIN_RATE;
	r->wait_ms = wait;
	return 0;
}

/* Set *at to the next turn.  Returns false if that is later than max_wait. */
static bool
take_turn(struct origin *o, int64_t max_wait_ms, int64_t now, int64_t *at)
{
	int64_t interval = o->rules.rate.interval_us;
	struct reserve r = {.origin = o, .max_wait_ms = max_wait_ms};

	*at = now;
	if (interval == 0)
		return true;
	if (o->next_turn == o->n_turns) {
		r.n = (size_t)(BATCH_US / interval);
		r.n = r.n < 1 ? 1 : r.n;
		r.n = r.n > BATCH_MAX ? BATCH_MAX : r.n;
		if (!o->turns)
			o->turns = xcalloc(r.n, sizeof(*o->turns));
		origin_run(o, reserve_turns, &r);
		*at = now + r.wait_ms;
	}
	if (o->next_turn == o->n_turns)
		return false;
	*at = o->turns[o->next_turn++];
	return true;
}

/* Reserve a turn behind not_before: *wait_ms is how long it is to come. */
static enum origin_verdict
ask_rate(
    struct origin *o, int64_t max_wait_ms, int64_t *wait_ms, int64_t *until)
{
	int64_t now = timestamp_now(), at;

	if (o->now.rate.not_before - now > max_wait_ms)
		refresh(o, SETTLED_MS); /* the clock may have been set back */
	*until = o->now.rate.not_before;
	if (*until - now > max_wait_ms)
		return ORIGIN_HELD;
	if (!take_turn(o, max_wait_ms, now, &at)) {
		*until = at;
		return o->now.rate.not_before - now > max_wait_ms ? ORIGIN_HELD
								  : ORIGIN_BUSY;
	}
	if (at < o->now.rate.not_before) /* told since it was reserved */
		at = o->now.rate.not_before;
	*wait_ms = at - now < max_wait_ms ? at - now : max_wait_ms;
	return ORIGIN_GO;
}

/* The turn has come.  But others may have been told not to call meanwhile: how
 * long is it to wait once more? */
static enum origin_verdict
look_again(
    const struct origin *o, int64_t end, int64_t *wait_ms, int64_t *until)
{
	int64_t now = timestamp_now();

	*until = o->now.rate.not_before;
	*wait_ms = *until - now;
	if (*wait_ms <= 0)
		return ORIGIN_GO;
	return timestamp_monotonic() + *wait_ms > end ? ORIGIN_HELD : ORIGIN_GO;
}

enum origin_verdict
origin_enter(
    struct origin *o, int64_t max_wait_ms, int64_t probe_ms, int64_t *until)
{
	enum origin_verdict v;
	int64_t wait_ms = 0, end = timestamp_monotonic() + max_wait_ms;

	pthread_mutex_lock(&o->all->lock);
	refresh(o, ORIGIN_FRESH_MS);
	v = ask_breaker(o, 0, until);
	if (v == ORIGIN_GO)
		v = ask_rate(o, max_wait_ms, &wait_ms, until);
	while (v == ORIGIN_GO && wait_ms > 0) {
		pthread_mutex_unlock(&o->all->lock);
		if (!stop_sleep(wait_ms))
			return ORIGIN_STOPPED;
		pthread_mutex_lock(&o->all->lock);
		v = look_again(o, end, &wait_ms, until);
	}
	if (v == ORIGIN_GO) /* at last, for a probe must not wait */
		v = ask_breaker(o, probe_ms, until);
	pthread_mutex_unlock(&o->all->lock);
	return v;
}

/* A 4xx is a success: the server lives.  A 429 says nothing about that, nor
 * does what was never sent because of us. */
static enum breaker_outcome
outcome_of(const struct http_result *r)
{
	if (r->class == HTTP_STOPPED || r->status == 429)
		return BREAKER_NEITHER;
	if (r->class == HTTP_OK || (r->status >= 300 && r->status < 500))
		return BREAKER_SUCCESS;
	if (r->status >= 500 || r->class == HTTP_TEMPORARY)
		return BREAKER_FAILURE;
	if (r->status > 0)
		return BREAKER_SUCCESS;
	return r->exit == EX_PROTOCOL || r->exit == EX_UNAVAILABLE
		   ? BREAKER_FAILURE
		   : BREAKER_NEITHER;
}

/* A number at the start of a header, or -1. */
static int64_t
header_number(const struct http_result *r, const char *name)
{
	const char *s = name ? http_result_header(r, name) : NULL;
	int64_t n = 0;

	if (!s || !isdigit((unsigned char)*s))
		return -1;
	for (; isdigit((unsigned char)*s); s++)
		if (n < INT64_C(100) * YEAR_S)
			n = n * 10 + (*s - '0');
	return n;
}

/* How long the headers of quota want us to wait, or -1. */
static int64_t
quota_wait_ms(const struct origin *o, const struct http_result *r)
{
	int64_t left = header_number(r, o->rules.remaining);
	int64_t reset = header_number(r, o->rules.reset);
	int64_t now = r->date_ms >= 0 ? r->date_ms : timestamp_now();

	if (reset < 0 || (left != 0 && r->status != 429))
		return -1;
	if (o->rules.reset_form == ORIGIN_RESET_EPOCH)
		return reset * 1000 > now ? reset * 1000 - now : -1;
	return reset * 1000;
}

void
origin_learn(const struct origin *o, struct http_result *r)
{
	int64_t wait = quota_wait_ms(o, r);

	if (r->retry_after_ms < 0 || (r->class == HTTP_OK && wait >= 0))
		r->retry_after_ms = wait;
}

struct tell {
	const char *holder;
	enum breaker_outcome outcome;
	int64_t cost, given, hold_ms;
	double random;
	bool is_paid;
};

static unsigned
tell(struct machines *m, int64_t now, void *arg)
{
	struct tell *c = arg;
	struct breaker copy;
	unsigned changed = 0;

	if (c->outcome != BREAKER_NEITHER || *c->holder) {
		breaker_tell(&m->breaker, &breaker_rules, c->holder, c->outcome,
		    c->random, now);
		changed |= ORIGIN_BREAKER;
	}
	if (c->hold_ms >= 0) {
		rate_hold(&m->rate, now + c->hold_ms, now);
		changed |= ORIGIN_RATE;
	}
	if (c->given > 0) {
		budget_give(&m->budget, c->given, now);
		changed |= ORIGIN_BUDGET;
	}
	copy = m->breaker;
	c->is_paid =
	    c->cost > 0 &&
	    breaker_ask(&copy, &breaker_rules, "", 1, false, now).verdict !=
		BREAKER_REFUSE &&
	    budget_take(&m->budget, c->cost, now);
	if (c->is_paid)
		changed |= ORIGIN_BUDGET;
	return changed;
}

bool
origin_leave(
    struct origin *o, const struct http_result *r, int64_t cost, int64_t paid)
{
	struct tell c = {.holder = "",
	    .outcome = outcome_of(r),
	    .cost = cost,
	    .hold_ms = -1};
	uint64_t seed = random_seed();
	bool is_probe;

	c.random = random_unit(&seed);
	if (r->retry_after_ms >= 0 &&
	    (r->status >= 400 || quota_wait_ms(o, r) >= 0))
		c.hold_ms = r->retry_after_ms < ORIGIN_HOLD_MAX_MS
				? r->retry_after_ms
				: ORIGIN_HOLD_MAX_MS;
	if (c.outcome == BREAKER_SUCCESS)
		c.given = paid > 0 ? paid : 1;
	pthread_mutex_lock(&o->all->lock);
	is_probe = o->is_probing && pthread_equal(o->prober, pthread_self());
	if (is_probe) {
		c.holder = o->all->self;
		o->is_probing = false;
	}
	if (c.outcome == BREAKER_SUCCESS && !is_probe && cost == 0 &&
	    c.hold_ms < 0) {
		o->n_good++;
		o->given += c.given;
	} else if (c.outcome != BREAKER_NEITHER || is_probe || cost > 0 ||
		   c.hold_ms >= 0) {
		origin_run(o, tell, &c);
	}
	pthread_mutex_unlock(&o->all->lock);
	return c.is_paid;
}

struct hold {
	int64_t not_before;
};

static unsigned
hold(struct machines *m, int64_t now, void *arg)
{
	const struct hold *h = arg;
	int64_t most = now + ORIGIN_HOLD_MAX_MS;

	rate_hold(&m->rate, h->not_before < most ? h->not_before : most, now);
	return ORIGIN_RATE;
}

void
origin_hold(struct origin *o, int64_t not_before)
{
	struct hold h = {not_before};

	pthread_mutex_lock(&o->all->lock);
	origin_run(o, hold, &h);
	pthread_mutex_unlock(&o->all->lock);
}
