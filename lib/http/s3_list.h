#ifndef HTTP_S3_LIST_H
#define HTTP_S3_LIST_H

#include <stdbool.h>
#include <stddef.h>

#include "http/s3.h"

/*
 * s3_list - the XML that lists a bucket.  The only module that knows expat.
 * Private to s3.
 *
 * No document type is accepted, so there are no entities but XML's own, no
 * text longer than S3_TEXT_MAX, and nothing deeper than 16.
 */

#define S3_TEXT_MAX ((size_t)16384)

struct s3_page {
	bool is_truncated;
	char *token; /* owned: where the next page begins; or NULL */
	bool is_stopped; /* each said so */
};

/*
 * Read a page of ListObjectsV2, len bytes, and call each for its objects, in
 * order, until it returns false.
 * Returns whether it was one; if not, the reason is appended to why.  page is
 * to be released in any case.
 */
bool s3_page_read(const char *xml, size_t len,
    bool (*each)(void *arg, const struct s3_object *o), void *arg,
    struct s3_page *page, struct buf *why);

void s3_page_release(struct s3_page *page);

#endif
