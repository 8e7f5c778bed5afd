#ifndef RULES_COMPILE_H
#define RULES_COMPILE_H

#include "rules/private.h"

/* One rule of a file on its way to checks: compile reads it, demands makes
 * the checks. */

#define NO_LENGTH UINT64_MAX
enum { FIRST_LATER = 13, N_LATER = 12 }; /* among the members */

/* What does not stand in the file stays as it is here. */
struct rule {
	const char *name, *field, *message, *pattern;
	const json_t *type, *min, *max, *values;
	uint64_t min_length, max_length;
	int severity, dimension; /* dimension: -1 for the kind's own */
	bool required;
	const json_t *later[N_LATER]; /* for other versions */
};

/* A rule on its way to checks. */
struct compiler {
	struct rules *rules;
	struct doc *d;
	const struct doc_place *at; /* of the rule */
	struct jval raw; /* the rule on the tape */
	struct rule r;
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

/* Add a check for each demand of the rule.  Faults are told. */
void rules_add_checks(struct compiler *c);

#endif
