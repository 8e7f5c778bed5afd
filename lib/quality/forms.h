#ifndef QUALITY_FORMS_H
#define QUALITY_FORMS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * forms - which of the well-known forms strings have: those formats of
 * JSON Schema (schema/format) that plain words do not have by accident.
 */

enum form {
	FORM_DATE_TIME,
	FORM_DATE,
	FORM_INSTANT, /* what else core/timestamp reads */
	FORM_UUID,
	FORM_EMAIL,
	FORM_IPV4,
	FORM_IPV6,
	FORM_URI, /* with an authority: scheme://... */
	FORM_COUNT
};

/* JSON Schema's name of each; NULL for FORM_INSTANT. */
extern const char *const form_names[FORM_COUNT];

/* {0} is an empty one. */
struct forms {
	uint64_t n; /* strings */
	uint64_t have[FORM_COUNT]; /* of those; each has one form at most */
	uint16_t ruled_out; /* bits: not looked for any more, since most of
			     * the first strings did not have it */
};

/*
 * Add a string.  Returns whether it is a moment in time (one of the first
 * three), and sets *ms to that.
 */
bool forms_add(struct forms *f, const char *s, size_t len, int64_t *ms);

/* Add what is in from. */
void forms_merge(struct forms *f, const struct forms *from);

/* Has every string that form? */
bool forms_all(const struct forms *f, enum form form);

/* How many are a moment in time. */
uint64_t forms_times(const struct forms *f);

#endif
