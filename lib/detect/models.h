#ifndef DETECT_MODELS_H
#define DETECT_MODELS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/map.h"
#include "detect/gather.h"

/*
 * models - what cdo-detect learned from records, as a file: one line of JSON,
 * {"sha256":"...","model":{"version":1,...}}, the digest being that of the
 * bytes of the model.
 *
 * A file is replaced as a whole (core/replace).  What was damaged, or made by
 * another version, is refused in words.
 */

#define MODELS_VERSION 1
#define MODELS_MAX ((size_t)1 << 30) /* bytes of a file */

/* What was asked for. */
struct models_definition {
	const char *method;
	const char *const *fields; /* n of them */
	size_t n;
	const char *key; /* path, or NULL */
	size_t window; /* of features; 0: none */
};

struct models {
	struct models_definition definition; /* its strings are owned */
	const struct batch_method *method;
	size_t columns; /* of a row: fields, or their features */
	int64_t fitted_ms; /* when it was made */
	char *options; /* owned; as models_options wrote them */
	struct map groups; /* private: of struct fitted, by key */
	char *name, *key, **fields; /* private: of the definition */
};

/* Append the options of a gathering, so that two that are made with the same
 * have the same text. */
void models_options(struct buf *b, const struct gather *g);

/*
 * Write what g learned, which keeps its fits, to the file at path.
 * Returns 0 or errno.
 */
int models_write(const char *path, const struct models_definition *d,
    const struct gather *g);

/*
 * Read the file at path.  Returns NULL, or what is wrong with it, in words
 * that follow the path; *error: then errno, or 0 if it was read.
 * m is to be released in any case.
 */
const char *models_read(struct models *m, const char *path, int *error);

/* The model for that key, of len bytes, or if there are no keys; or NULL. */
const struct fitted *models_find(
    const struct models *m, const void *key, size_t len);

/* Safe to call twice. */
void models_release(struct models *m);

#endif
