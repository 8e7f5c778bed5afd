#ifndef HTTP_AWS_H
#define HTTP_AWS_H

#include <stdbool.h>

#include "core/buf.h"

/*
 * aws - keys and places where Amazon's own tools have them: the environment,
 * and the file of credentials.
 */

struct aws_keys {
	char *id, *secret; /* owned; NULL: there are none */
	char *token; /* owned; of a session, or NULL */
};

/*
 * Find them: AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN;
 * or else the section that AWS_PROFILE names ("default") of the file
 * AWS_SHARED_CREDENTIALS_FILE (~/.aws/credentials).  They are known to the
 * redactor from then on.  That there are none is no error.
 * Returns 0, or EX_CONFIG or EX_NOPERM with the reason appended to why; k is
 * to be released in any case.
 */
int aws_find(struct aws_keys *k, struct buf *why);

/* Overwrite and free the contents.  Safe to call twice. */
void aws_release(struct aws_keys *k);

/* AWS_REGION, AWS_DEFAULT_REGION or "us-east-1".  Lent. */
const char *aws_region(void);

/* AWS_ENDPOINT_URL_S3, AWS_ENDPOINT_URL, or NULL.  Lent. */
const char *aws_s3_endpoint(void);

/* Read one section of such a file: len bytes.  Returns whether both keys are
 * there; k is to be released in any case. */
bool aws_read(
    const char *text, size_t len, const char *section, struct aws_keys *k);

#endif
