#ifndef STORE_RESP_H
#define STORE_RESP_H

#include <stdbool.h>
#include <stdint.h>

#include "core/buf.h"

/*
 * resp - a connection to a server that speaks RESP2: Redis, Valkey, our own.
 *
 * Commands are gathered, and sent when the first reply is waited for; there
 * is one reply a command, in order.  Whoever waits does so for wait_ms at most
 * since the last byte came or went.  After a failure the connection is of no
 * use; why says what it was, one line, without secrets.
 */

#define RESP_ELEMENTS_MAX ((size_t)1 << 20) /* of an array in a reply */
#define RESP_REPLY_MAX ((size_t)600 << 20) /* bytes */

enum resp_kind {
	RESP_NIL,
	RESP_STRING,
	RESP_STATUS,
	RESP_ERROR,
	RESP_INTEGER,
	RESP_ARRAY
};

struct resp_reply {
	enum resp_kind kind;
	int64_t integer;
	size_t len; /* of str, of elements */
	char *str; /* owned; ended by NUL, which len does not count */
	struct resp_reply **elements; /* owned */
};

struct resp {
	int fd;
	int64_t wait_ms;
	struct buf out; /* commands; add to it only between arg and end_arg */
	size_t n_sent; /* bytes of out that are sent */
	size_t n_owed; /* replies to come */
	void *reader; /* owned, private */
	struct buf why; /* a string */
};

/* Speak over fd, a connected socket; it is taken. */
struct resp *resp_new(int fd, int64_t wait_ms);

/* Close; NULL is fine. */
void resp_free(struct resp *r);

/* Gather a command of n words, which are to follow.  The name is one. */
void resp_command(struct resp *r, const char *name, size_t n);

/* Add a word: whole, as a number, or its length and then its bytes. */
void resp_add(struct resp *r, const void *p, size_t len);
void resp_add_integer(struct resp *r, int64_t n);
void resp_arg(struct resp *r, size_t len);
void resp_end_arg(struct resp *r);

/*
 * Send what was gathered and wait for the next reply, which is the caller's
 * to free.  Returns 0; EX_IOERR if the connection broke, EX_TEMPFAIL if there
 * was no answer in time, EX_PROTOCOL.
 */
int resp_read(struct resp *r, struct resp_reply **reply);

/* NULL is fine. */
void resp_reply_free(struct resp_reply *reply);

#endif
