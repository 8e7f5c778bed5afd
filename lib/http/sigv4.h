#ifndef HTTP_SIGV4_H
#define HTTP_SIGV4_H

#include <stdbool.h>
#include <stdint.h>

#include "core/buf.h"

/*
 * sigv4 - requests signed by AWS Signature Version 4, in headers.
 *
 * Source: "AWS Signature Version 4 signing process", Amazon, and its test
 * suite.  What is signed is what is sent: the URL is written anew, each
 * segment of its path and each name and value of its query encoded as AWS
 * wants it (all but A-Z a-z 0-9 - . _ ~).  A + in a query is a space, as in
 * forms; %2B is a plus.
 */

#define SIGV4_UNSIGNED "UNSIGNED-PAYLOAD"
#define SIGV4_HEADERS 5 /* room for those that are added, and a NULL */

struct sigv4_key {
	const char *id, *secret;
	const char *token; /* of a session, or NULL */
	const char *region, *service; /* "us-east-1", "s3" */
};

/* How a path is signed. */
enum sigv4_path {
	SIGV4_PLAIN, /* as it is, encoded once: S3 */
	SIGV4_ONCE, /* without ".", ".." and empty segments, encoded once */
	SIGV4_TWICE /* the same, encoded twice: all other services */
};

struct sigv4_request {
	const char *method;
	const char *url; /* http or https, without user and fragment */
	const char *const *headers; /* "Name: value", ends with NULL; or NULL */
	/* SHA-256 of the body in hexadecimal, or SIGV4_UNSIGNED (for S3). */
	const char *payload;
	enum sigv4_path path;
	bool tells_payload; /* in x-amz-content-sha256: S3 wants it */
};

/* What to send. */
struct sigv4_signed {
	struct buf url; /* a string */
	char *headers[SIGV4_HEADERS]; /* owned; "Name: value", then NULL */
	struct buf canonical; /* a string: what was signed, for those who have
			       * to know why a signature is refused */
};

/*
 * Sign for the moment now, in ms since 1970.  s is to be released in any case.
 * Returns false if the URL is malformed.
 */
bool sigv4_sign(const struct sigv4_key *k, const struct sigv4_request *q,
    int64_t now, struct sigv4_signed *s);

/* Free the contents.  Safe to call twice. */
void sigv4_release(struct sigv4_signed *s);

/* Append len bytes, encoded; slashes stay if keeps_slash. */
void sigv4_encode(struct buf *out, const char *s, size_t len, bool keeps_slash);

#endif
