#ifndef RULES_ARGS_H
#define RULES_ARGS_H

#include "core/pattern.h"
#include "rules/keyset.h"
#include "rules/view.h"
#include "schema/schema.h"

/* args - what a check demands, for the files of this folder. */

/* The type of a value as one bit.  1.0 is an integer. */
enum {
	TYPE_ABSENT = 1,
	TYPE_NULL = 2,
	TYPE_BOOLEAN = 4,
	TYPE_INTEGER = 8,
	TYPE_FRACTION = 16,
	TYPE_NUMBER = TYPE_INTEGER | TYPE_FRACTION,
	TYPE_STRING = 32,
	TYPE_ARRAY = 64,
	TYPE_OBJECT = 128,
	TYPE_SOME = 252 /* neither absent nor null */
};

enum kind {
	KIND_REQUIRED, /* a type that is neither absent nor null */
	KIND_TYPE,
	KIND_DATETIME,
	KIND_MIN,
	KIND_MAX,
	KIND_NOT_BEFORE, /* min and max of datetimes */
	KIND_NOT_AFTER,
	KIND_AGE, /* not too old, not in the future */
	KIND_MIN_LENGTH,
	KIND_MAX_LENGTH,
	KIND_PATTERN,
	KIND_ENUM,
	KIND_IN_FILE,
	KIND_EXPR,
	KIND_SCHEMA,
	KIND_UNIQUE, /* from here on the order of the records counts */
	KIND_ORDER,
	KIND_SEQUENCE,
	KIND_COUNT
};

#define NO_NUMBER UINT64_MAX /* where a rule names none */
#define NO_SLOT SIZE_MAX
#define NO_DURATION INT64_MIN

struct check_args {
	enum kind kind;
	uint8_t applies; /* to values of these types; others skip it */
	uint8_t severity; /* enum severity */
	uint32_t slot;
	uint32_t n_rule; /* checks of its rule, in the first of them */
	uint32_t n_rest; /* checks behind it that its failure skips */
	bool is_first; /* the first check of its field */
	bool redact; /* say nothing of the value */
	uint8_t types; /* REQUIRED, TYPE: these pass */
	bool wants_datetime; /* KIND_TYPE: its strings are datetimes */
	int64_t time; /* KIND_NOT_*: milliseconds */
	int64_t fresh, stale, skew; /* KIND_AGE: the same */
	uint64_t length; /* KIND_*_LENGTH: code points or elements */
	struct jval value; /* KIND_MIN, MAX: number; ENUM: array */
	double limit; /* KIND_MIN, MAX: the number, if is_small: then every */
	bool is_small; /* number compares with it exactly as a double does */
	struct pattern *pattern; /* KIND_PATTERN; owned */
	struct keyset *set; /* KIND_IN_FILE; owned */
	struct schema *schema; /* KIND_SCHEMA; owned */
	struct ordered_rule *ordered; /* KIND_UNIQUE and beyond; owned */
	const char *text; /* as it is written: PATTERN, NOT_*, IN_FILE, EXPR */
};

#endif
