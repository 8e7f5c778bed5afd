#ifndef HTTP_SIGV4_PARTS_H
#define HTTP_SIGV4_PARTS_H

#include <stddef.h>

#include "http/sigv4.h"

/*
 * sigv4_parts - the parts of a request in their canonical form.  Private to
 * sigv4.
 */

/* A URL, taken apart; lent from its text. */
struct sigv4_url {
	const char *origin; /* scheme and host, up to the path */
	size_t origin_len;
	const char *host; /* with its port, unless that is the usual one */
	size_t host_len;
	const char *path, *query; /* without the question mark */
	size_t path_len, query_len;
};

/* Returns false if it is no http or https URL, or names a user. */
bool sigv4_url_read(struct sigv4_url *u, const char *url);

/* Append the path, and the query with its parts in order. */
void sigv4_add_path(
    struct buf *out, const struct sigv4_url *u, enum sigv4_path kind);
void sigv4_add_query(struct buf *out, const struct sigv4_url *u);

/*
 * Append "name:value\n" for the host and the headers of both lists, in order;
 * and to names the names, joined by semicolons.  What is changed on the way,
 * or by libcurl, is left out.
 */
void sigv4_add_headers(struct buf *out, struct buf *names,
    const struct sigv4_url *u, const char *const *headers,
    const char *const *added);

/* Append the URL as it is to be sent, ended by NUL, which len does not count.
 */
void sigv4_url_write(
    struct buf *out, const struct sigv4_url *u, enum sigv4_path kind);

#endif
