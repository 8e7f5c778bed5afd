#ifndef SOURCE_BODY_H
#define SOURCE_BODY_H

#include "source/decode.h"

/*
 * body - bytes of a format that may have to be guessed, to a decoder.
 *
 * A byte order mark at the start is dropped.  Where the format is to be
 * guessed, up to 64 KiB are held back until it shows.
 */

struct body {
	struct decode_options options;
	struct sink sink;

	/* private */
	enum format format;
	struct decoder *decoder; /* NULL until enough has come */
	struct buf head; /* what has come until then */
	bool is_over;
};

/* What a content type or the end of a URL's path says; or FORMAT_AUTO. */
enum format format_of_type(const char *type);
enum format format_of_url(const char *url);

/* Start anew; options and sink are set.  format may be FORMAT_AUTO. */
void body_start(struct body *b, enum format format);

/* As decoder_feed and decoder_finish. */
bool body_feed(struct body *b, const char *data, size_t len);
bool body_finish(struct body *b);

/* Free the contents.  Safe to call twice. */
void body_release(struct body *b);

#endif
