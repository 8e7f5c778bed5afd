#ifndef STREAM_HOLD_H
#define STREAM_HOLD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/buf.h"

/*
 * hold - bytes that have to wait: in memory, beyond HOLD_MEMORY of them in a
 * file without a name in TMPDIR.
 *
 *	struct hold h = {.max = most bytes};
 */

#define HOLD_MEMORY ((size_t)1 << 20)

struct hold {
	uint64_t max; /* more is EOVERFLOW */
	uint64_t len; /* bytes held; read it */
	struct buf buf; /* private */
	int fd; /* private */
	bool is_open; /* private: the file */
};

/*
 * Append len bytes.  Returns 0 or errno, with what failed appended to what:
 * EOVERFLOW, ENOSPC ...; after that the bytes are not to be used.
 */
int hold_add(struct hold *h, const void *data, size_t len, struct buf *what);

/* Append what there is to read from fd, until its end or until stop_fd can be
 * read (-1: none).  Returns as hold_add; EINTR for stop_fd. */
int hold_read(struct hold *h, int fd, int stop_fd, struct buf *what);

/* The bytes, h->len of them, lent until the next call; NULL if a file has
 * them. */
const void *hold_data(const struct hold *h);

/* The file, opened anew to be read from its beginning; or -1 with errno. */
int hold_open(const struct hold *h);

/* Write all of it to fd, as out_write does.  Returns 0, or errno if it
 * cannot be read. */
int hold_write(const struct hold *h, int fd, const char *name);

/* Hold nothing, and go on. */
void hold_clear(struct hold *h);

/* Give back the file and the memory.  Safe to call twice. */
void hold_release(struct hold *h);

#endif
