#ifndef HTTP_GUNZIP_H
#define HTTP_GUNZIP_H

#include "http/unpack.h"

/*
 * gunzip - a gzip stream (RFC 1952), unpacked as it comes.  The only module
 * that knows zlib.  Private to http.
 *
 * It has one member or several, each to its end with its checksum and
 * length; then zeros may follow, as gzip(1) has it, and nothing else.
 */

struct gunzip;

struct gunzip *gunzip_new(unpack_sink *sink, void *arg);

/* NULL is fine. */
void gunzip_free(struct gunzip *g);

/* Returns false if that is no gzip, or if the sink said to stop; then feed
 * no more. */
bool gunzip_feed(struct gunzip *g, const char *data, size_t len);

/* May the stream end here? */
bool gunzip_is_whole(const struct gunzip *g);

#endif
