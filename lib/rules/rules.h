#ifndef RULES_RULES_H
#define RULES_RULES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/buf.h"
#include "json/fields.h"

/*
 * rules - rule files (cdo-rules.5), compiled to a flat list of checks.
 *
 * A rule is what people write: a field, and what is demanded of it.  Each
 * demand is one check: {"field":".t","type":"number","min":0} is two.  A
 * check looks at one record and passes, fails or is skipped; it is skipped if
 * its field is absent or null, unless the check is "required", or if it does
 * not apply to the field's type (a length of a number).  After a failed
 * "type" the other checks of that rule are skipped: they would only say the
 * same again.
 *
 * Checks for which the order of the records counts (unique, order, sequence)
 * are made last, and skipped on a record that the others reject.  A set with
 * such checks is for one thread.  Gates are demands on all records together,
 * judged at the end (gates.h).
 *
 * Several files make one set.  It is read-only once loaded; each thread
 * checks records through a rules_view of its own.
 */

enum severity {
	SEVERITY_INFO,
	SEVERITY_WARNING,
	SEVERITY_ERROR, /* rejects the record, so does critical */
	SEVERITY_CRITICAL,
	SEVERITY_COUNT
};

enum dimension {
	DIMENSION_COMPLETENESS,
	DIMENSION_VALIDITY,
	DIMENSION_UNIQUENESS,
	DIMENSION_CONSISTENCY,
	DIMENSION_TIMELINESS,
	DIMENSION_COUNT
};

extern const char *const severity_names[]; /* "info" ..., ends with NULL */
extern const char *const dimension_names[]; /* ends with NULL */

struct check {
	const char *rule; /* name of its rule, unique in the set with keyword */
	const char *field; /* as written: ".a.b[0]"; "." for the record */
	const char *pointer; /* the same as a JSON Pointer: "/a/b/0" */
	const char *place; /* pointer into its file: "/rules/0/min" */
	const char *keyword; /* JSON Schema's word where it has one:
			      * required type minimum maximum minLength
			      * maxLength pattern enum format; or the rule
			      * file's: in_file age expr schema unique
			      * order sequence */
	const char *message; /* the author's words, or NULL */
	const char *text; /* a rule that makes this check alone, as it could
			   * stand in a file; NULL for a file's schema */
	enum severity severity;
	enum dimension dimension;
	size_t slot; /* number of the field in rules.fields */
	struct check_args *args; /* private: what is demanded */
};

/* A field by its number in rules.fields. */
struct rules_field {
	size_t slot;
	const char *name, *pointer; /* as in struct check */
};

struct schema_options; /* schema/schema.h */

struct rules {
	struct check *checks; /* owned, in the order of the files */
	size_t n;
	struct gate *gates; /* owned, likewise */
	size_t n_gates;
	struct fields fields;
	const struct schema_options *schemas; /* lent, for those loaded from
					       * now on; NULL: the usual */
	struct rules_field *named; /* owned; one a field that a rule names */
	size_t n_named;
	struct rules_private *private; /* owned */
};

/* {0} is an empty set.  Add a file (or the built-in of that name, if there is
 * no such file).  Returns 0, or an EX_ status after its diagnostics. */
int rules_load(struct rules *rules, const char *path);

/* The same from len bytes of text; name is for messages. */
int rules_parse(
    struct rules *rules, const char *name, const char *text, size_t len);

/* Add a JSON Schema that all records must meet, one check. */
int rules_load_schema(struct rules *rules, const char *path);

void rules_release(struct rules *rules);

/* Does the order of the records count?  Then work with one thread. */
bool rules_is_ordered(const struct rules *rules);

/* Before the first view: rules that name no max_keys remember that many. */
void rules_set_max_keys(struct rules *rules, uint64_t max_keys);

/* Say nothing of values in messages and errors, whatever the rule says. */
void rules_redact(struct rules *rules);

#endif
