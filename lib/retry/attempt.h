#ifndef RETRY_ATTEMPT_H
#define RETRY_ATTEMPT_H

#include "retry/gate.h"
#include "retry/retry.h"
#include "stream/hold.h"

/* attempt - one run of a command of retry's.  Private. */

enum attempt_end {
	ATTEMPT_ENDED, /* by itself, or by a signal of somebody else's */
	ATTEMPT_TIMED_OUT,
	ATTEMPT_STOPPED, /* since we were */
	ATTEMPT_BROKEN /* it did not start, or we failed; that is told */
};

struct attempt {
	const struct retry *r;
	struct gate *gate; /* to be renewed */
	struct hold input, output;
	bool passes_input; /* our standard input, as it is */
	int tty; /* the controlling terminal, or 0 */
	bool has_begun; /* output went out that cannot be taken back */
	/* of the last run */
	uint64_t n;
	enum attempt_end end;
	int status; /* exit status of ours, if there is no other run */
	int signo; /* that killed it, or 0 */
	/* private */
	struct buf line; /* of its stderr, not complete */
	struct buf trouble; /* what failed of ours */
	int errnum;
	bool enough;
};

/* Take the input.  Returns 0, or our exit status after a diagnostic. */
int attempt_init(struct attempt *a, const struct retry *r, struct gate *gate);

/* Run argv as attempt n, for timeout_ms at most (0: as long as it takes).
 * What it writes is in a->output; what was there is gone. */
void attempt_run(
    struct attempt *a, char *const *argv, uint64_t n, int64_t timeout_ms);

/* Write the output that is held.  Returns 0, or RETRY_FAILED after a
 * diagnostic. */
int attempt_emit(struct attempt *a);

void attempt_release(struct attempt *a);

#endif
