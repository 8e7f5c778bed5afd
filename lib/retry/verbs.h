#ifndef RETRY_VERBS_H
#define RETRY_VERBS_H

#include <stdbool.h>
#include <stdint.h>

#include "store/store.h"

/*
 * verbs - the circuit breakers by hand: what cdo-retry(1) says of its verbs.
 *
 * Each writes to standard output by out, tells trouble by diag, and returns
 * the exit status.
 */

struct retry_verb_options {
	const char *breaker; /* NULL: all of them */
	bool json; /* --json */
	int64_t for_ms; /* --for */
};

int retry_status(const struct retry_verb_options *o, struct store *s);
int retry_reset(const struct retry_verb_options *o, struct store *s);
int retry_open(const struct retry_verb_options *o, struct store *s);
int retry_disable(const struct retry_verb_options *o, struct store *s);

#endif
