#ifndef ALERT_MATCHER_H
#define ALERT_MATCHER_H

#include <stdbool.h>
#include <stddef.h>

#include "core/buf.h"

/*
 * matcher - what a label must be, as people write it: city=Recife,
 * city!=Recife, city=~R.*, city!~R.*.
 *
 * Patterns are PCRE2's and have to match the whole value.  A label that an
 * alert has not is empty.  One thread a matcher.
 */

enum matcher_op { MATCHER_IS, MATCHER_IS_NOT, MATCHER_LIKE, MATCHER_UNLIKE };

struct matcher {
	char *label, *value; /* owned */
	enum matcher_op op;
	struct pattern *pattern; /* owned, private, as is work */
	struct pattern_work *work;
};

struct matchers {
	struct matcher *v; /* owned */
	size_t n;
};

/*
 * Add the matcher that text is.  Returns true, or false with the reason
 * appended to why.
 */
bool matchers_parse(struct matchers *m, const char *text, struct buf *why);

/* Add label=value. */
void matchers_add(struct matchers *m, const char *label, const char *value);

/* Does the value, len bytes, satisfy it?  A pattern that is given up on a
 * value does not match it. */
bool matcher_test(const struct matcher *m, const char *value, size_t len);

/* Append it as text. */
void matcher_write(struct buf *out, const struct matcher *m);

/* Free the contents.  Safe to call twice. */
void matchers_release(struct matchers *m);

#endif
