#ifndef HTTP_UNZSTD_H
#define HTTP_UNZSTD_H

#include "http/unpack.h"

/*
 * unzstd - a zstd stream (RFC 8878), unpacked as it comes.  The only module
 * that knows libzstd.  Private to http.
 *
 * It has one frame or several, each to its end; skippable ones are passed
 * over.  Memory: a window of at most 8 MiB, as RFC 9659 has it; what was
 * packed with a larger one (zstd --long, --ultra) is refused.
 */

struct unzstd;

struct unzstd *unzstd_new(unpack_sink *sink, void *arg);

/* NULL is fine. */
void unzstd_free(struct unzstd *z);

/* Returns false if that is no zstd, or if the sink said to stop; then feed no
 * more. */
bool unzstd_feed(struct unzstd *z, const char *data, size_t len);

/* May the stream end here? */
bool unzstd_is_whole(const struct unzstd *z);

#endif
