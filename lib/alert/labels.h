#ifndef ALERT_LABELS_H
#define ALERT_LABELS_H

#include <stdbool.h>
#include <stddef.h>

#include "core/buf.h"

/*
 * labels - names and values that tell alerts apart, {"city":"Recife"}.
 */

struct label {
	char *name; /* owned */
	struct buf value; /* owned; ended by NUL, and may hold NUL */
};

struct labels {
	struct label *v; /* owned */
	size_t n;
};

/* Read an object of strings; l is empty before.  Returns whether it is one;
 * l is to be released in any case. */
bool labels_read(struct labels *l, const char *json, size_t len);

/* NULL, or the value. */
const struct buf *labels_get(const struct labels *l, const char *name);

/* Free the contents.  Safe to call twice. */
void labels_release(struct labels *l);

/* Append the text that a JSON string stands for; nothing if it is none. */
void labels_unquote(struct buf *out, const struct buf *json);

/* Set json to text as a JSON string; bytes that are no UTF-8 become '?'. */
void labels_quote(struct buf *json, const char *text, size_t len);

#endif
