#ifndef CORE_BACKOFF_H
#define CORE_BACKOFF_H

#include <stdbool.h>
#include <stdint.h>

#include "core/buf.h"

/*
 * backoff - how long to wait before the next try.
 *
 * The curve of try n = 1, 2 ... is base (fixed), base * n (linear) or
 * base * 2^(n-1) (exponential), at most cap.  With jitter, a wait is drawn
 * evenly between base and the curve's next point: full jitter with a floor,
 * since a wait of next to nothing wastes one of few tries.  A fixed one is
 * drawn between base and cap.
 */

enum backoff_kind { BACKOFF_FIXED, BACKOFF_LINEAR, BACKOFF_EXPONENTIAL };

struct backoff {
	enum backoff_kind kind;
	int64_t base_ms, cap_ms; /* at least 0; a cap below base is base */
	bool is_exact; /* no jitter */
};

/*
 * Read KIND[:BASE[:CAP]], the two durations.  Without them base is 1s, cap
 * 60s or what base is if that is longer; that of a fixed one is base.
 * Returns true; or false with the reason appended to why and *b untouched.
 * is_exact is left as it is.
 */
bool backoff_parse(const char *text, struct backoff *b, struct buf *why);

/* The wait after try n, from 1.  dice: any number, uniform over uint64_t. */
int64_t backoff_ms(const struct backoff *b, uint64_t n, uint64_t dice);

#endif
