#ifndef PEERS_HTTPD_H
#define PEERS_HTTPD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <microhttpd.h>

#include "core/buf.h"

/*
 * httpd - a small HTTP server for tests and the demo; see httpd.c for what
 * it serves and httpd_reply.c for how it misbehaves.
 *
 * One thread a connection, so whoever waits may simply sleep.
 */

/* What a request asks for.  Lent by the connection. */
struct request {
	struct MHD_Connection *connection;
	const char *method, *path;
	struct buf body; /* owned */
	unsigned long seen; /* requests for this path so far, this included */
};

/* What it gets. */
struct reply {
	unsigned status;
	const char *type; /* static or lent by the connection */
	struct buf body; /* owned */
	char *next; /* owned: where the next page is, or NULL */
};

/* The value of a parameter of the query, or NULL.  Lent. */
const char *request_param(const struct request *q, const char *name);

/* The same as a number; low if it is absent or not from low to high. */
uint64_t request_number(
    const struct request *q, const char *name, uint64_t low, uint64_t high);

/* Append the names and values of a kind as a JSON object; names of headers in
 * lower case. */
void request_write(
    struct buf *out, const struct request *q, enum MHD_ValueKind kind);

/* Answer as the reply says and as the request wants it spoilt.  cut: send
 * only so many bytes of the body, then close; SIZE_MAX: all. */
enum MHD_Result reply_send(
    const struct reply *r, const struct request *q, size_t cut);

/* Append the bytes as a gzip stream (RFC 1952) of stored blocks. */
void gzip_store(struct buf *out, const char *data, size_t len);

/* A CSV table with a header line, as JSON records. */
struct table {
	char *name; /* owned */
	struct buf csv; /* owned: as read */
	struct buf json; /* owned: {...}\n for each row */
	size_t *rows; /* owned: n + 1 offsets in json */
	size_t n;
};

/* Load NAME=FILE.  Returns false after a diagnostic. */
bool table_load(struct table *t, const char *spec);
void table_release(struct table *t);

/* Fill r with the table in the form that format names (json, ndjson, csv),
 * or with the page that q asks for ("").  Returns false for others. */
bool table_reply(const struct table *t, const struct request *q,
    const char *format, struct reply *r);

/* What is served; set up by main, only read after that. */
struct site {
	const char *root; /* folder of canned answers, or NULL */
	struct table *tables; /* owned */
	size_t n_tables;
	double faults; /* share of the API's requests, 0 to 1 */
	uint64_t seed;
	int hooks; /* descriptor for what was posted, or -1 */
	int hook_headers; /* for the headers of the same, or -1 */
	int log; /* for all requests, or -1 */
};

/* Serve one finished request. */
enum MHD_Result site_serve(const struct site *s, struct request *q);

/* Note a request for path; returns how many there were, this included. */
unsigned long site_count(const char *path, bool is_new);

/* Forget the counts. */
void site_forget(void);

#endif
