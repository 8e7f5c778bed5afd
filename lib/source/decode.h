#ifndef SOURCE_DECODE_H
#define SOURCE_DECODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/buf.h"
#include "json/path.h"

/*
 * decode - bytes as they come to the JSON values in them.
 *
 * ndjson  one value a line
 * json    values with white space between them; an array is cut into its
 *         elements, unless it is wanted whole; or the array at a path in the
 *         one value is, and the rest, in which it is empty, is kept
 * csv     RFC 4180, or with tabs (tsv): the first row names the members.  An
 *         unquoted field that is a JSON number is one, an unquoted empty
 *         one is null, all others are strings
 * text    {"line":"..."} for each line
 *
 * What is handed over may be malformed, but in csv and text only in its
 * UTF-8: who takes it parses it.  Memory: one value.
 */

enum format {
	FORMAT_AUTO,
	FORMAT_JSON,
	FORMAT_NDJSON,
	FORMAT_CSV,
	FORMAT_TSV,
	FORMAT_TEXT,
	FORMAT_COUNT
};

extern const char *const format_names[]; /* "auto" ..., ends with NULL */

/* A value, or the place of a fault. */
struct piece {
	const char *text; /* JDOC_PADDING bytes are readable behind it */
	size_t len;
	uint64_t line; /* of its start, from 1; 0 in json */
	uint64_t number; /* in the body, from 1 */
	uint64_t offset; /* of its start in the body, bytes */
	bool is_composed; /* the text is ours: bytes in it mean nothing */
	bool is_top; /* if it is malformed, so is all that follows */
};

/* Who takes the values.  Each returns false if it wants no more. */
struct sink {
	bool (*value)(void *arg, const struct piece *p);
	bool (*fault)(void *arg, const struct piece *at, const char *what);
	void *arg;
};

/* What is around the array at a path. */
struct envelope {
	struct buf text; /* JSON, with [] in the array's place */
	bool is_used; /* the body is JSON, so the path was looked for */
	bool is_cut; /* and is an array, whose elements were handed over */
};

struct decode_options {
	/* json: hand over the elements of the array there, a path of names,
	 * spelt without escapes; of arrays at the same path each is cut.
	 * Lent; NULL: none. */
	const struct jpath *path;
	struct envelope *envelope; /* lent; with path only */
	bool is_whole; /* json: arrays stay in one piece */
	bool is_strings; /* csv: every field is a string */
	size_t max_value; /* bytes in a value, more is a fault */
};

/* What all decoders have; each is a struct that begins with it.  Private. */
struct decoder {
	struct decode_options options;
	struct sink sink;
	struct buf kept; /* the start of a value from earlier chunks */
	uint64_t n, line, offset; /* for the pieces; offset: of the chunk */
	bool is_over, is_cut;
	bool is_long; /* the value at hand is beyond max_value */
	bool is_inner; /* cut: it ends with the first array */
	bool is_ended; /* it has, */
	size_t taken; /* after so many bytes of the chunk */
	bool (*feed)(struct decoder *d, const char *data, size_t len);
	bool (*finish)(struct decoder *d);
	void (*release)(struct decoder *d);
};

/* format: not FORMAT_AUTO.  max_value 0 is 16 MiB, or 1 GiB if whole. */
struct decoder *decoder_new(enum format format, const struct decode_options *o,
    const struct sink *sink);

/* NULL is fine. */
void decoder_free(struct decoder *d);

/* Take the next bytes.  Returns false if no more are wanted. */
bool decoder_feed(struct decoder *d, const char *data, size_t len);

/* That was all: hand over what is left.  Returns false if the body ended in
 * the middle of something; that fault is told already. */
bool decoder_finish(struct decoder *d);

/*
 * Private, for the decoders.  The text from..to in a chunk that ends at end,
 * with what was kept of it before, padded; *len is set.  The caller empties
 * kept when it is done with the text.
 */
const char *decoder_gather(struct decoder *d, const char *from, const char *to,
    const char *end, size_t *len);

/* Keep from..to, unless the value gets too long by it. */
void decoder_keep(struct decoder *d, const char *from, const char *to);

struct decoder *lines_new(bool is_text);
struct decoder *cut_new(void);
struct decoder *select_new(const struct decode_options *o);
struct decoder *csv_new(char separator);

#endif
