#ifndef RETRY_RETRY_H
#define RETRY_RETRY_H

#include <stdbool.h>
#include <stdint.h>

#include "core/backoff.h"
#include "retry/codes.h"
#include "store/store.h"

/*
 * retry - a command, again and again until it works or makes no sense.
 *
 * Each attempt is given the same input and the same idempotency key, runs in
 * a process group of its own and ends with us.  Its output waits in a hold
 * until it has succeeded.  Waits are drawn by core/backoff; a breaker and a
 * budget of retries, shared by all processes of the store, go before them.
 */

enum retry_output {
	RETRY_FINAL, /* of an attempt that succeeds */
	RETRY_STREAM, /* as it comes; then there is no other attempt */
	RETRY_LAST /* of the last attempt, whatever became of it */
};

enum retry_input {
	RETRY_SPOOL, /* all that there is, for each attempt */
	RETRY_PASS, /* our standard input, as it is */
	RETRY_NONE /* /dev/null */
};

/* Of a wrapper: cdo(7). */
enum {
	RETRY_TIMED_OUT = 124,
	RETRY_FAILED = 125,
	RETRY_CANNOT_RUN = 126,
	RETRY_NOT_FOUND = 127
};

/* Everything is lent. */
struct retry {
	char *const *argv; /* ends with NULL; at least the name */
	char *const *fallback; /* the same, or NULL */
	uint64_t attempts; /* in all, at least 1 */
	struct backoff backoff;
	struct retry_codes codes;
	int64_t timeout_ms, grace_ms; /* of an attempt; 0: none, the default */
	int64_t deadline_ms; /* of attempts and waits together; 0: none */
	const char *breaker; /* name, or NULL */
	const char *key; /* idempotency key; NULL: a new one */
	enum retry_output output;
	enum retry_input input;
	uint64_t max_hold; /* bytes of input, and of an attempt's output */
	bool has_prefix; /* before each line of the attempts' stderr */
};

/*
 * Do it.  s is used if there is a breaker.  Sets CDO_ATTEMPT and
 * CDO_IDEMPOTENCY_KEY in our environment.
 * Returns the exit status: the command's, or its fallback's; 128 and the
 * signal that ended it or us; EX_UNAVAILABLE if the breaker was open; or one
 * of those above.  Failures are told by diag.
 */
int retry_run(const struct retry *r, struct store *s);

#endif
