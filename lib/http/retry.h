#ifndef HTTP_RETRY_H
#define HTTP_RETRY_H

#include <stdbool.h>
#include <stdint.h>

#include "http/http.h"
#include "http/origin.h"

/*
 * retry - a transfer, again and again until it works or makes no sense.
 *
 * What is tried again: what was never sent (name not found once more only,
 * connection refused), with any method; 408 and 429, with any method; what
 * was sent and got no full answer, 500, 502 to 504 and 520 to 524, with
 * methods that may arrive twice, and 425 once.  Nothing else.
 *
 * The wait before retry n is drawn between base and base * 2^n, at most cap.
 * Where the server said Retry-After, its wait is taken instead and up to a
 * tenth (at most 5 s) added, so that clients do not come back together; one
 * beyond max_wait, or beyond the deadline, is not waited for at all.
 *
 * With an origin each attempt waits for its turn by the rate limit (a retry
 * is a call as well), asks the breaker, and is told to it; a retry must be
 * paid for by the origin's budget; and none follows once the breaker opened.
 * A call that is refused sends nothing: HTTP_TEMPORARY with r->refused, and
 * an exit of EX_UNAVAILABLE for a breaker that is open, else EX_TEMPFAIL.
 */

struct http_policy {
	unsigned attempts; /* in all, at least 1 */
	int64_t base_ms, cap_ms;
	int64_t max_wait_ms; /* for Retry-After */
	int64_t deadline_ms; /* for all of it, from the call on */
};

#define HTTP_POLICY \
	{ \
		.attempts = 4, .base_ms = 1000, .cap_ms = 60000, \
		.max_wait_ms = 120000, .deadline_ms = 300000 \
	}

/*
 * Called before the wait: drop what the failed attempt delivered, tell it.
 * r: of the failed attempt.  Returns false if there must be no other one, as
 * when some of its body went on already.
 */
typedef bool http_on_retry(
    void *arg, const struct http_result *r, int64_t wait_ms);

/*
 * Do q (its arg goes to on_retry, which may be NULL, too); *r is of the last
 * attempt.  o: may be NULL.  A signal ends a wait at once.  Retries are added
 * to run_counts. Returns r->class.
 */
enum http_class http_retry(struct http *h, const struct http_request *q,
    const struct http_policy *p, struct origin *o, http_on_retry *on_retry,
    struct http_result *r);

/*
 * The wait before retry n (from 1), without Retry-After.
 * dice: any number, uniform over uint64_t.
 */
int64_t http_backoff_ms(const struct http_policy *p, unsigned n, uint64_t dice);

/*
 * Read a Retry-After: seconds, or an HTTP-date, which is compared with the
 * answer's own Date, or with now_ms if that is NULL or no date.
 * Returns milliseconds, at most a year; -1 if it is neither, or past.
 */
int64_t http_retry_after_ms(
    const char *value, const char *date, int64_t now_ms);

#endif
