#ifndef STREAM_SPOOL_H
#define STREAM_SPOOL_H

#include <stdbool.h>
#include <stddef.h>

#include "core/buf.h"
#include "json/value.h"

/*
 * spool - lines that have to wait until all of the input was seen.
 *
 * They lie in a file without a name in TMPDIR (else /tmp), so memory does not
 * grow with them, and nothing is left behind however the process ends.  The
 * file is made by the first spool_add.
 */

struct spool {
	int fd; /* private */
	bool is_open; /* private */
	struct buf buf; /* private */
};

/* Append a line of len bytes, under 2^31, without its LF; parse: spool_each
 * shall parse it again, which costs time.  {0} is an empty spool.  A full disk
 * is the end of the process, as in out.h. */
void spool_add(struct spool *s, const char *text, size_t len, bool parse);

/*
 * Call each for the lines in their order, with what they parse to (or absent),
 * until it returns false.  They were parsed before, so they are well-formed.
 * Returns 0, or EX_IOERR after a diagnostic.
 */
int spool_each(struct spool *s,
    bool (*each)(void *arg, const char *text, size_t len, struct jval root),
    void *arg);

/* Give back the file and the memory.  Safe to call twice. */
void spool_release(struct spool *s);

#endif
