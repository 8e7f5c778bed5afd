#ifndef HTTP_ORIGIN_H
#define HTTP_ORIGIN_H

#include <stdbool.h>
#include <stdint.h>

#include "core/buf.h"
#include "http/http.h"
#include "state/breaker.h"
#include "state/rate.h"
#include "store/store.h"

/*
 * origin - what stands before each call to a server, for all processes of the
 * store: its breaker, its budget of retries, its rate limit, and the moment
 * before which it wants no call (state/breaker, budget, rate).
 *
 * Nothing of it costs a transaction a call.  A process knows the state as of
 * its last transaction, at most ORIGIN_FRESH_MS ago, and decides by that.
 * At once it tells failures, with the tokens for the retry, and what the
 * server said about waiting; successes are told together with the next of
 * those, or when the state is read again, or at the end.  Turns of a rate
 * limit are reserved for a quarter of a second at a time, and what is left of
 * them is given back at the end if nobody reserved behind it.  A probe of a
 * breaker is leased in the store before it goes.
 *
 * So a kill -9 loses: successes of the last ORIGIN_FRESH_MS (the next run
 * sees a few failures more in the window than there were, and fewer tokens
 * for retries), and up to a quarter of a second's turns, which nobody takes.
 * It never loses a failure, an opening, or a not_before.  That another
 * process opened a breaker is noticed ORIGIN_FRESH_MS later at most.
 *
 * A store that fails is one warning; from then on the process is alone with
 * what it knows.  Any thread may call.
 */

#define ORIGIN_FRESH_MS 5000
/* Whatever a server says, it is not left alone for longer. */
#define ORIGIN_HOLD_MAX_MS (INT64_C(24) * 3600 * 1000)

struct origins;
struct origin;

/* A header that tells the calls that are left, and one that tells when there
 * are more again. */
enum origin_reset { ORIGIN_RESET_DELTA, ORIGIN_RESET_EPOCH };

struct origin_rules {
	struct rate_rule rate; /* an interval of 0: none */
	const char *remaining, *reset; /* names of headers; lent; or NULL */
	enum origin_reset reset_form; /* both in seconds */
};

/*
 * s is lent, and used by nobody else as long as the origins are; NULL: the
 * process is alone from the start, without a warning.
 */
struct origins *origins_new(struct store *s);

/* Tell what is not told yet, and free them.  NULL is fine.  No thread may be
 * in a call. */
void origins_free(struct origins *all);

/* Append the name of a URL's origin: "https://api.example.org:443".  Returns
 * false if that is no URL of a scheme that http knows; b is as it was. */
bool origin_name(struct buf *b, const char *url);

/*
 * The origin of a name: as origin_name makes it, or one that several share.
 * The same for the same name, with the rules of the first call; rules may be
 * NULL.  Lives as long as all.
 */
struct origin *origins_get(
    struct origins *all, const char *name, const struct origin_rules *rules);

enum origin_verdict {
	ORIGIN_GO,
	ORIGIN_OPEN, /* the breaker is */
	ORIGIN_HELD, /* before not_before */
	ORIGIN_BUSY, /* the turn by the rate limit would come too late */
	ORIGIN_STOPPED /* by a signal, while it waited for the turn */
};

/*
 * Wait for a turn, up to max_wait_ms, and ask whether a call may go.  With
 * ORIGIN_GO it must, and origin_leave be called after it; it has probe_ms for
 * it if it is the probe of a breaker.  Otherwise *until: when to ask again,
 * in ms since 1970.
 */
enum origin_verdict origin_enter(
    struct origin *o, int64_t max_wait_ms, int64_t probe_ms, int64_t *until);

/* Learn from the answer's headers of quota: if they say to wait, and there
 * was no Retry-After, r->retry_after_ms is that wait. */
void origin_learn(const struct origin *o, struct http_result *r);

/*
 * Tell how the call ended, in the thread that entered; and that the server
 * wants a wait, if r says so and is no success.
 * cost: of the retry that shall follow, in tokens of state/budget, or 0.
 * paid: what retries of this call have cost before, for a success.
 * Returns whether the retry may go: the budget paid for it, and the breaker
 * did not open.
 */
bool origin_leave(
    struct origin *o, const struct http_result *r, int64_t cost, int64_t paid);

/* The server wants no call before then, ms since 1970. */
void origin_hold(struct origin *o, int64_t not_before);

/* What is known of an origin now. */
struct origin_look {
	const char *breaker; /* as breaker_name has it; static */
	int64_t open_until; /* if it is not "closed"; ms since 1970 */
	int64_t failures; /* in a row */
	int64_t retries; /* tokens in the budget, of 100 */
	int64_t not_before; /* ms since 1970; 0, or past: none */
	int64_t turn_at; /* of the next call by the rate limit; past: now */
};

/*
 * Look, without changing anything: for explain.
 * Returns 0, or an EX_ status with the reason appended to why.
 */
int origin_look(struct origin *o, struct origin_look *look, struct buf *why);

#endif
