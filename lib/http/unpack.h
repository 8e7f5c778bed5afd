#ifndef HTTP_UNPACK_H
#define HTTP_UNPACK_H

#include <stdbool.h>
#include <stddef.h>

/*
 * unpack - a body, unpacked as it comes.  Private to http.
 *
 * What the header says is undone first.  Then, whatever it said, comes what
 * the first bytes say: a file that was packed before it was put on a server is
 * gzip or zstd inside.  Once, so that nobody makes us go on for ever.
 */

/* Takes what was unpacked.  Returns false to stop. */
typedef bool unpack_sink(void *arg, const char *data, size_t len);

enum unpack_coding { UNPACK_PLAIN, UNPACK_GZIP, UNPACK_ZSTD };

struct unpack;

/* coding: as the header says. */
struct unpack *unpack_new(
    enum unpack_coding coding, unpack_sink *sink, void *arg);

/* NULL is fine. */
void unpack_free(struct unpack *u);

/* Returns false if it is not what it should be, or if the sink said to stop;
 * then feed no more. */
bool unpack_feed(struct unpack *u, const char *data, size_t len);

enum unpack_end {
	UNPACK_WHOLE,
	UNPACK_CUT, /* it must not end here */
	UNPACK_STOPPED /* the sink said so */
};

/* The body ends: hand over the rest. */
enum unpack_end unpack_finish(struct unpack *u);

#endif
