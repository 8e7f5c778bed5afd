#ifndef STORE_QUERY_H
#define STORE_QUERY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * query - a request in the protocol of Redis, as a server reads it: in place.
 *
 * A request is an array of bulk strings, *2\r\n$3\r\nGET\r\n$1\r\nk\r\n, or a
 * line of words as people type it, GET k.  Nothing is allocated, whatever a
 * request announces; what is too large is told before it has arrived.
 */

#define QUERY_ARGS_MAX ((size_t)1024)
#define QUERY_BULK_MAX ((size_t)16 << 20) /* bytes in an argument */
#define QUERY_MAX (QUERY_BULK_MAX + ((size_t)1 << 20))
#define QUERY_INLINE_MAX ((size_t)1024) /* bytes in a line of words */

struct query_arg {
	const char *p; /* lent from the request */
	size_t len;
};

struct query {
	size_t n_args; /* 0: an empty line or array, which has no reply */
	size_t len; /* bytes of the request */
	struct query_arg args[QUERY_ARGS_MAX];
};

enum query_result {
	QUERY_WHOLE,
	QUERY_PART, /* more bytes are needed */
	QUERY_BAD, /* no request; what follows cannot be told apart */
};

/*
 * Read the request that begins at p.
 * QUERY_WHOLE: *r is filled, lent from p.  QUERY_PART: *need is how many bytes
 * there must be before it is worth while to ask again.  QUERY_BAD: *why says
 * what is wrong, static.
 */
enum query_result query_parse(
    const char *p, size_t len, struct query *r, size_t *need, const char **why);

/* Is the argument the word, which has small letters, in any case? */
bool query_is(const struct query_arg *arg, const char *word);

/* Is it a decimal integer, as INCRBY would write it?  Sets *n. */
bool query_integer(const struct query_arg *arg, int64_t *n);

#endif
