#ifndef RULES_COMPILE_H
#define RULES_COMPILE_H

#include "rules/private.h"

/* One rule of a file on its way to checks: compile reads it, demands and
 * forms make the checks. */

/* What a rule is: demands on its field, or one of these. */
enum form {
	FORM_FIELD,
	FORM_EXPR,
	FORM_UNIQUE,
	FORM_ORDER,
	FORM_SEQUENCE,
	FORM_COUNT,
	FORM_MISSING
};

/* What does not stand in the file stays as it is here. */
struct rule {
	const char *name, *field, *message, *pattern, *in_file;
	const char *expr, *order, *sequence, *time;
	const json_t *type, *min, *max, *values;
	const json_t *unique, *within, *by, *tolerance, *count, *missing,
	    *evidence;
	uint64_t min_length, max_length, step, max_keys;
	int64_t fresh, stale, skew;
	int severity, dimension; /* dimension: -1 for the kind's own */
	int direction;
	bool required, not_future, redact;
};

/* A rule on its way to checks. */
struct compiler {
	struct rules *rules;
	struct doc *d;
	const struct doc_place *at; /* of the rule */
	struct jval raw; /* the rule on the tape */
	struct rule r;
	enum form form;
	const char *name; /* kept; NULL: each check gets its own */
	const char *field, *pointer, *message; /* kept; message may be NULL */
	size_t slot;
	bool is_first; /* rule of its field */
	uint8_t types; /* that pass the rule's type; all, if it has none */
	bool wants_datetime, wants_string; /* named in its type */
};

/* Tell a fault at a member of the rule. */
#define FAULT(c, member, ...) \
	doc_fault((c)->d, &(struct doc_place){.up = (c)->at, .key = (member)}, \
	    __VA_ARGS__)

/* Keep a copy of s as long as the rules; NULL stays NULL. */
const char *rules_keep_string(struct rules *rules, const char *s);

/* Take a name for a rule.  Returns whether it was free. */
bool rules_take_name(struct rules *rules, const char *name);

/* Take base, or if it is taken base with a number behind it.  Kept. */
const char *rules_make_name(struct rules *rules, const char *base);

/* Register a path that stands at a member, and name the field.  Returns its
 * slot, and how it is called; or NO_SLOT after telling the fault. */
size_t rules_add_field(struct compiler *c, const struct doc_place *at,
    const char *path, struct rules_field *field);

/* Does a check count the gaps of the field of that slot? */
bool rules_counts(const struct rules *rules, size_t slot);

/* Count the gaps of a field that may have no check of its own. */
void rules_watch(struct rules *rules, size_t slot);

/* Add a check of that kind.  base: what an unnamed rule is called. */
void rules_add_check(struct compiler *c, enum kind kind, const char *base,
    struct check_args args);

/* Add a check for each demand of the rule on its field.  Faults are told. */
void rules_add_demands(struct compiler *c);

/* Add the check of a rule of these forms.  Faults are told. */
void rules_add_expr(struct compiler *c);
void rules_add_unique(struct compiler *c);
void rules_add_order(struct compiler *c);
void rules_add_sequence(struct compiler *c);

/* Add the check of a schema, which is taken; place is where it stands. */
void rules_add_schema_check(
    struct rules *rules, struct schema *schema, const char *place);

/* Compile the member "schema" of a rule file, and add its check. */
void rules_add_schema(struct rules *rules, struct doc *d);

/* Add the gate. */
void rules_add_count(struct compiler *c);
void rules_add_missing(struct compiler *c);
void rules_add_max_rejects(struct rules *rules, struct doc *d, const json_t *v);

/* Read the values of a file, one a line; NULL after telling the fault. */
struct keyset *rules_read_values(struct compiler *c, const char *path);

#endif
