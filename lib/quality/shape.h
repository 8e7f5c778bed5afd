#ifndef QUALITY_SHAPE_H
#define QUALITY_SHAPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/buf.h"

/*
 * shape - what strings look like: "SKU-000123" is AAA-999999, a name with a
 * mail domain a+@a+.a+.
 *
 * A string is cut into tokens, runs of letters and digits, and what stands
 * between them.  Strings with the same between-text are of one shape, which
 * learns of each token what classes of characters it is made of, how long it
 * is, and whether it is always the same.  Strings of more than SHAPE_TOKENS
 * tokens, or with control characters, are text without a shape.
 * The SHAPE_MAX most frequent shapes are kept, as top keeps values.
 * Memory: at most 6 KiB.
 */

#define SHAPE_MAX 16
#define SHAPE_TOKENS 12
#define SHAPE_SKELETON 40 /* bytes */
#define SHAPE_SAMPLE 64 /* bytes */

/* What a token may be made of. */
enum {
	SHAPE_DIGIT = 1,
	SHAPE_LOWER_HEX = 2, /* a to f */
	SHAPE_LOWER = 4, /* g to z */
	SHAPE_UPPER_HEX = 8,
	SHAPE_UPPER = 16,
	SHAPE_OTHER = 32 /* beyond ASCII */
};

struct shape_token {
	uint32_t at; /* where it begins in the sample */
	uint32_t min, max; /* length, bytes */
	uint8_t classes; /* all that were seen */
	bool is_fixed; /* always the same text, and in the sample */
};

struct shape {
	uint64_t count, error; /* as in top */
	struct shape_token tokens[SHAPE_TOKENS];
	uint8_t n_tokens;
	/* The string with each token as one byte SHAPE_TOKEN. */
	uint8_t len; /* of the skeleton */
	uint8_t sample_len;
	char skeleton[SHAPE_SKELETON];
	char sample[SHAPE_SAMPLE]; /* the first string; what fits of it */
};

#define SHAPE_TOKEN '\1'

/* {0} is an empty set. */
struct shapes {
	struct shape *all; /* owned */
	uint32_t n, cap;
	uint32_t last; /* private: where the string before was found */
	uint64_t n_text; /* strings without a shape */
	bool is_lossy; /* some shapes were dropped */
};

/* Free the contents; s is empty and usable again. */
void shapes_release(struct shapes *s);

/* Add a string of len bytes.  Returns its length in code points. */
size_t shapes_add(struct shapes *s, const char *text, size_t len);

/* Add what is in from. */
void shapes_merge(struct shapes *s, const struct shapes *from);

/* List the shapes, the most frequent first.  out: room for SHAPE_MAX; lent.
 * Returns how many there are. */
size_t shapes_list(const struct shapes *s, const struct shape **out);

/*
 * Append a shape for people: each token as the letter of its class, as often
 * as it is long or, if that varies, once and a plus.  9 digits, A upper case,
 * a lower case, w both, h hexadecimal digits, x letters and digits, * with
 * others than ASCII.
 */
void shape_write(struct buf *b, const struct shape *s);

/*
 * Append a regular expression for the strings of a shape, without anchors:
 * fixed tokens without digits as they are, others by class, and by length if
 * that is the same for different ones.  Means the same to PCRE2 and to
 * ECMA-262.
 */
void shape_pattern(struct buf *b, const struct shape *s);

/*
 * Is it the shape of a code rather than of words?  It is ASCII without spaces,
 * each token is fixed in text or in length or has digits, and one of those that
 * change has digits or two letters.  Else a pattern would say too much.
 */
bool shape_is_code(const struct shape *s);

#endif
