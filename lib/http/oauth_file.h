#ifndef HTTP_OAUTH_FILE_H
#define HTTP_OAUTH_FILE_H

#include <stdbool.h>
#include <stdint.h>

/*
 * oauth_file - a token in a file of its own, mode 0600:
 * "cdo-token 1 GOT EXPIRES TOKEN\n", moments in ms since 1970.
 */

/* Read it, unless it is another user's, or others may read it, or it is
 * malformed.  *token is owned by the caller. */
bool oauth_file_read(
    const char *path, char **token, int64_t *got, int64_t *expires);

/* Write it anew, all or nothing.  What fails is a warning: the token is in
 * memory, too. */
void oauth_file_write(
    const char *path, const char *token, int64_t got, int64_t expires);

#endif
