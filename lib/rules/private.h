#ifndef RULES_PRIVATE_H
#define RULES_PRIVATE_H

#include "core/map.h"
#include "rules/args.h"
#include "json/doc.h"
#include "json/expr.h"

/* What the files of this folder share; others use rules.h. */

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
	struct jdoc bare; /* a record without its _cdo; made when needed */
	int64_t now; /* of the record at hand, if a rule asks for it */
};

/* The type's bit of a value; of a double TYPE_FRACTION, even if whole. */
unsigned rules_type(struct jval v);

/* Is it a number without a fraction? */
bool rules_is_whole(struct jval v);

/* Does the record in the view pass the schema, without or with its _cdo? */
bool rules_pass_schema(
    const struct schema *schema, struct rules_view *v, size_t check);

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
