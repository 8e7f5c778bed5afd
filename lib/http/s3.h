#ifndef HTTP_S3_H
#define HTTP_S3_H

#include <stddef.h>
#include <stdint.h>

#include "http/layer.h"

/*
 * s3 - buckets as Amazon S3 has them, and what speaks its protocol: list,
 * get, put.  Requests are signed (sigv4) and leave by a layer.
 *
 * Where and who: the environment as Amazon's own tools read it, see s3_new.
 * A bucket is named in the host's name at amazonaws.com, if that is possible
 * under TLS, and in the path everywhere else.
 */

#define S3_KEY_MAX 1024 /* bytes in a key, by the protocol */
#define S3_PUT_MAX ((size_t)5 << 30) /* bytes in one put, by the protocol */

struct s3;

struct s3_object {
	const char *key; /* bytes, ended by NUL; lent */
	uint64_t size;
	int64_t modified_ms; /* -1: not told */
};

/*
 * Read where to ask and as whom: AWS_ENDPOINT_URL_S3 or AWS_ENDPOINT_URL,
 * AWS_REGION or AWS_DEFAULT_REGION (us-east-1), and the keys as aws_find.
 * Without keys requests are not signed: for public buckets.
 * Returns NULL with the reason appended to why.
 */
struct s3 *s3_new(struct buf *why);

/* NULL is fine. */
void s3_free(struct s3 *s);

/* The name of the keys, for the cache's.  Lent. */
const char *s3_profile(const struct s3 *s);

/*
 * Read "s3://bucket/key": append the bucket and the key, strings.  Escapes in
 * the key (%C3%A9) are resolved; all else stands for itself, also ?, #, + and
 * a % that begins no escape.
 * Returns false if it is none, with the reason appended to why.
 */
bool s3_parse(
    const char *url, struct buf *bucket, struct buf *key, struct buf *why);

/*
 * Append the URL at which the object is, ended by NUL.
 * Returns false if there is none: a key with a segment of . or .., which the
 * rules of URLs would take away; the reason is appended to why.
 */
bool s3_url(const struct s3 *s, const char *bucket, const char *key,
    struct buf *url, struct buf *why);

/*
 * Do q, whose url is one of s3_url, signed.  It is the fetch of a layer whose
 * arg is a struct s3_layer.  As auth_do, otherwise.
 */
struct s3_layer {
	struct s3 *s3;
	const struct http_layer *below;
	unsigned page; /* objects in a page of a list; 0: the server's 1000 */
};
enum http_class s3_fetch(void *arg, const struct http_request *q,
    http_on_retry *on_retry, struct http_result *r);

/*
 * Call each for the objects whose keys begin with prefix, in the order of
 * the server, page by page (list-type=2), until it returns false.
 * Ends with an error if a token comes again, or after max objects (0: a
 * million).
 * Returns r->class; r is to be released.
 */
enum http_class s3_list(const struct s3_layer *l, const char *bucket,
    const char *prefix, uint64_t max,
    bool (*each)(void *arg, const struct s3_object *o), void *arg,
    struct http_result *r);

/*
 * Put len bytes, at most S3_PUT_MAX, at a key; the server checks them by
 * their SHA-256.  type: of the content, or NULL.
 * Returns r->class; r is to be released.
 */
enum http_class s3_put(const struct s3_layer *l, const char *bucket,
    const char *key, const char *type, const void *data, size_t len,
    struct http_result *r);

#endif
