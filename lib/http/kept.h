#ifndef HTTP_KEPT_H
#define HTTP_KEPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/buf.h"
#include "http/answer.h"
#include "http/http.h"

/*
 * kept - what the cache has in the store, as text that people can read: an
 * answer, the names in its Vary, or a failure.  Private to http.
 *
 *	cdo-http 1 STATUS ASKED CAME PER-MILLE SIZE URL
 *	Name: value		(headers; then an empty line)
 *	SIZE bytes of body
 *
 *	cdo-http-vary 1 NAME, NAME
 *	cdo-http-failed 1 STATUS EXIT TIMEOUT MOMENT ERROR
 *
 * What does not look so to the letter is not there.
 */

struct kept {
	int status;
	int64_t asked, came; /* ms since 1970 */
	unsigned per_mille; /* of its lifetime that count */
	char *url; /* owned; where it came from, or NULL */
	struct answer *answer; /* owned; its headers */
	const char *body; /* lent */
	size_t body_len;
};

/* Append an answer; of the headers only what may be kept. */
void kept_write(struct buf *out, const struct kept *k);

/* Read one: len bytes, which lend the body.  k is to be released if so. */
bool kept_read(const char *p, size_t len, struct kept *k);

/* Free the contents.  Safe to call twice. */
void kept_release(struct kept *k);

/* Have the headers of a 304 take the place of the kept ones. */
void kept_update(struct kept *k, const struct answer *news);

/* The names in a Vary; vary is owned by the caller, NULL if it is none. */
void kept_write_vary(struct buf *out, const char *names);
char *kept_read_vary(const char *p, size_t len);

/* A failure at the moment now; reading fills r as it was then. */
void kept_write_failure(
    struct buf *out, const struct http_result *r, int64_t now);
bool kept_read_failure(
    const char *p, size_t len, struct http_result *r, int64_t *at);

#endif
