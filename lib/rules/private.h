#ifndef RULES_PRIVATE_H
#define RULES_PRIVATE_H

#include "core/map.h"
#include "core/pattern.h"
#include "rules/keyset.h"
#include "rules/view.h"
#include "schema/schema.h"
#include "json/doc.h"
#include "json/expr.h"

/* What the files of this folder share; others use rules.h. */

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

/* How a check failed on the record at hand, for its words; set when it does. */
struct note {
	bool gave_up; /* PATTERN */
	int64_t age; /* AGE: milliseconds */
	struct buf text; /* EXPR: the error; those in order: the words */
};

/* A rule file on the tape: the values of its checks lie there. */
struct rules_tape {
	struct jdoc doc;
	struct rules_tape *next;
};

struct rules_private {
	struct check_args *args; /* owned; one a check */
	struct map names; /* of rules; no values */
	struct rules_tape *tapes; /* owned */
	char **strings; /* owned, so are they */
	size_t n_strings;
	size_t *ordered; /* owned; the checks where the order counts */
	size_t n_ordered;
	size_t *watched; /* owned; slots whose gaps no check counts */
	size_t n_watched;
	bool has_age;
	uint64_t max_keys; /* of a rule that names none */
	bool redact; /* in all rules */
	uint8_t file_key[SIPHASH_KEY]; /* of the sets of files */
};

struct rules_work {
	struct pattern_work *pattern;
	struct note *notes; /* one a check */
	struct expr **exprs; /* one a check; NULL but for KIND_EXPR */
	struct schema_view **schemas; /* the same for KIND_SCHEMA */
	struct ordered *ordered; /* one for each of rules_private.ordered */
	size_t n_ordered;
	struct buf key; /* scratch */
	int64_t now; /* of the record at hand, if a rule asks for it */
};

/* The type's bit of a value; of a double TYPE_FRACTION, even if whole. */
unsigned rules_type(struct jval v);

/* Is it a number without a fraction? */
bool rules_is_whole(struct jval v);

/* Note a failure.  Returns the last check that is decided by it. */
size_t rules_fail(
    struct rules_view *v, const struct check_args *a, size_t check);

/*
 * Compile the rule at a place of the document; raw is the same on the tape.
 * Adds its checks to rules.  Faults are told.
 */
void rules_compile(struct rules *rules, struct doc *d,
    const struct doc_place *at, const json_t *rule, struct jval raw);

/* Keep what is in b, as a string, as long as the rules; b is empty then. */
const char *rules_keep(struct rules *rules, struct buf *b);

/* Append the message of a failed check: the author's, or the plain words. */
void rules_add_message(const struct rules *rules, const struct rules_view *v,
    size_t check, struct buf *out);

/* Append ,"value":... of it, if there is one.  A long one is a string of its
 * start, and "cut":true. */
void rules_add_value(const struct rules *rules, const struct rules_view *v,
    size_t check, struct buf *out);

/* Append ,"value":... of v, the same way. */
void rules_add_member(struct buf *out, struct jval v);

/* As rules_write_errors, for a schema. */
void rules_write_faults(const struct rules *rules, const struct rules_view *v,
    size_t check, struct rules_room *room, struct buf *out);

/* Append v as JSON, cut as in rules_add_value.  Returns whether it is. */
bool rules_add_start(struct buf *out, struct jval v);

/* Append the plain words for a check that failed on v. */
void rules_add_words(struct buf *out, const struct check_args *a, struct jval v,
    const struct note *note);

/* Is the value a member of the set that was read from a file? */
bool rules_is_listed(const struct rules *rules, const struct check_args *a,
    struct jval v, struct buf *scratch);

#endif
