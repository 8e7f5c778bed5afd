#ifndef SCHEMA_REPORT_H
#define SCHEMA_REPORT_H

#include "schema/check.h"

/*
 * report - the faults of one value, while they are collected.
 */

/* The way from the record's root: steps, each on the stack of who takes it. */
struct way {
	const struct way *up; /* NULL: this is the root */
	const char *name; /* of a member; NULL: an element */
	size_t len;
	size_t index; /* of an element */
	unsigned depth;
};

struct fault {
	const char *path; /* these lie in the report's pool */
	const char *message;
	const char *keyword;
	uint32_t source, at; /* of the keyword's value in the schema */
	struct jval value;
	size_t n_other;
	unsigned depth; /* of the path */
};

struct report {
	struct schema_view *w;
	struct pool pool;
	struct fault *faults; /* owned */
	size_t n, cap;
	size_t max; /* wanted, of each alternative */
};

void report_free(struct report *r);

/* Is there room for more, beyond the first from? */
static inline bool
report_is_open(const struct report *r, size_t from)
{
	return r->n < from + r->max && !r->w->gave_up;
}

/* Add a fault of a keyword's value at on the schema's tape. */
void report_add(struct report *r, const struct node *n, const char *keyword,
    uint32_t at, const struct way *way, struct jval v, const struct buf *why);

/* The message for an operation that needs no look at members: "is below 0". */
void message_of_op(struct schema_view *w, const struct node *n,
    const struct op *op, struct jval v, struct buf *b);

/* "is a string, not a number". */
void message_of_type(const struct node *n, struct jval v, struct buf *b);

/* Find the faults of a value in r, told by the node. */
void explain_value(
    struct report *r, uint32_t node, struct jval v, const struct way *way);

/* The same for the value in hand. */
void explain_node(struct report *r, uint32_t node, const struct here *here,
    struct marks *marks, const struct way *way);

/* The parts of it, by what the operation is about. */
#define EXPLAINS(name) \
	void name(struct report *r, const struct node *n, const struct op *op, \
	    const struct here *here, struct marks *marks, \
	    const struct way *way)
EXPLAINS(explain_properties);
EXPLAINS(explain_required);
EXPLAINS(explain_dependent);
EXPLAINS(explain_property_names);
EXPLAINS(explain_unevaluated_properties);
EXPLAINS(explain_prefix);
EXPLAINS(explain_items);
EXPLAINS(explain_contains);
EXPLAINS(explain_unevaluated_items);
EXPLAINS(explain_any);
EXPLAINS(explain_one);

#endif
