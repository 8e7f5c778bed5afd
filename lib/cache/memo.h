#ifndef CACHE_MEMO_H
#define CACHE_MEMO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/buf.h"
#include "store/store.h"

/*
 * memo - commands whose output, errors and exit status the cache remembers.
 *
 * One process at a time runs a command (single flight): it holds a lease, an
 * entry lease:KEY of the cache, and renews it; the others wait for its
 * result.  A lease ends with its process, where that can be seen, or a minute
 * after it was renewed last.  While a command runs the store is free.  A store
 * that fails is a warning, and the command runs as if there were none.
 */

#define MEMO_NAME_MAX ((size_t)200) /* bytes of the name in the key */

/* What a command wrote, and how it ended. */
struct memo_result {
	int status; /* exit status, 0 to 255 */
	int64_t made_ms; /* when it ended */
	int64_t took_ms;
	const char *parts; /* what it wrote, see memo_add_part; lent */
	size_t parts_len;
};

/* Everything is lent. */
struct memo {
	char *const *argv; /* ends with NULL; at least the name */
	const char *name; /* stands for argv in the key; or NULL */
	const char *const *env; /* names of variables in the key */
	size_t n_env;
	const char *const *deps; /* files whose inode, size and time are */
	size_t n_deps;
	bool by_cwd; /* so is the working directory */
	const char *input; /* of the command, and in the key; NULL: none */
	size_t input_len;

	int64_t ttl_ms; /* of a result with status 0 */
	int64_t fail_ttl_ms; /* of another one; 0: none */
	int64_t stale_ms; /* how long an old result may stand in for a
			   * failure after its time; 0: not at all */
	int64_t wait_ms; /* for another process that runs the command */
	size_t max_size; /* bytes of output and errors that are kept */

	/* A result of that age is replayed, and renewed in the background by
	 * the command refresh, which calls memo_run with renews; 0: never. */
	int64_t refresh_ms;
	char *const *refresh;
	bool renews; /* what is that old is none; 0: whatever its age */

	/* Takes what goes to stream 1 or 2. */
	void (*emit)(int stream, const char *data, size_t len);
};

/*
 * Append the key, ended by NUL: run:NAME:DIGEST.  NAME is memo.name, or the
 * command's base name.
 * Returns 0, or -1 with the reason, one line, appended to why.
 */
int memo_key(const struct memo *m, struct buf *key, struct buf *why);

/*
 * Replay the result, or run the command and keep it.
 * Returns the exit status: the command's, 128 and the signal that ended it,
 * 124 if another process took too long, 125 if something else failed, 126 or
 * 127 if it cannot be run.  Failures of ours are told by diag.
 */
int memo_run(const struct memo *m, struct store *s);

/*
 * Append what a command wrote to stream 1 or 2, in the order of the calls.
 * *last: private, 0 before the first call.
 */
void memo_add_part(
    struct buf *parts, size_t *last, int stream, const char *data, size_t len);

/* Emit the parts of stream 1, 2, or both (3). */
void memo_each_part(const char *parts, size_t len, int streams,
    void (*emit)(int stream, const char *data, size_t len));

/* How a result is kept: append it; read it, lent, if it is one. */
void memo_write(struct buf *b, const struct memo_result *r);
bool memo_read(const char *p, size_t len, struct memo_result *r);

#endif
