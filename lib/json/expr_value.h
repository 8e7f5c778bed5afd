#ifndef JSON_EXPR_VALUE_H
#define JSON_EXPR_VALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/buf.h"
#include "json/fields.h"
#include "json/value.h"

/*
 * expr_value - private to expr: the values that an expression works with.
 *
 * A value is passed by value.  Strings, arrays and objects either lie on the
 * tape or in the memory of the run, which is given back as a whole when the
 * run is over.  Numbers are doubles and kinds are in order, both as in jq.
 */

enum ekind { E_NULL, E_FALSE, E_TRUE, E_NUMBER, E_STRING, E_ARRAY, E_OBJECT };

struct ev {
	uint8_t kind; /* enum ekind */
	bool is_on_tape; /* an array or object that lies there, at */
	uint32_t n; /* bytes of a string; items of an array or object */
	union {
		double number;
		const char *string; /* UTF-8, may hold NUL, not ended by one */
		/* Elements; or names and values by turns, in the order in
		 * which the names came, each of them once. */
		const struct ev *items;
		uint32_t at;
	};
};

struct echunk;

/* One run of an expression on one value. */
struct erun {
	const struct jdoc *doc; /* lent, as are these */
	struct jval root;
	const struct fields_view *view; /* NULL: read root itself */
	struct ev *vars; /* owned */

	/* After a failure: the error, unless the expression is beyond what is
	 * done here, on this value: then libjq has to do all of it. */
	struct ev error;
	bool is_beyond;

	struct echunk *chunks; /* owned; the newest first */
	size_t taken; /* bytes in all */
	struct buf stack; /* of struct ev: arrays while they grow */
	struct buf text; /* for whoever needs it in between */
	struct pattern_work *patterns; /* owned; NULL till needed */
};

#define ERUN_MEMORY ((size_t)64 << 20) /* bytes that a run may take */
#define EV_DEPTH 1100 /* of what is compared or written here */

static inline struct ev
ev_of_bool(bool truth)
{
	return (struct ev){.kind = truth ? E_TRUE : E_FALSE};
}

static inline struct ev
ev_of_number(double x)
{
	return (struct ev){.kind = E_NUMBER, .number = x};
}

static inline struct ev
ev_of_string(const char *s, size_t n)
{
	return (struct ev){.kind = E_STRING, .n = (uint32_t)n, .string = s};
}

static inline bool
ev_is_true(struct ev v)
{
	return v.kind > E_FALSE;
}

/* A value of the tape; absent is null. */
static inline struct ev
ev_of_jval(struct jval v)
{
	size_t len;
	const char *s;

	switch (jval_type(v)) {
	case J_STRING:
		s = jval_string(v, &len);
		return ev_of_string(s, len);
	case J_INT:
	case J_UINT:
	case J_DOUBLE:
		return ev_of_number(jval_double(v));
	case J_TRUE:
	case J_FALSE:
		return ev_of_bool(jval_type(v) == J_TRUE);
	case J_OBJECT:
	case J_ARRAY:
		return (struct ev){
		    .kind = jval_type(v) == J_OBJECT ? E_OBJECT : E_ARRAY,
		    .is_on_tape = true,
		    .at = v.at};
	default:
		return (struct ev){.kind = E_NULL};
	}
}

/* The place on the tape of an array or object that lies there. */
static inline struct jval
ev_place(const struct erun *r, struct ev v)
{
	return (struct jval){r->doc, v.at};
}

/* "null", "boolean", ... */
const char *ev_kind_name(struct ev v);

/* Begin a run on v, with nothing left of the one before. */
void erun_start(struct erun *r, struct jval v);

/* Free what the run owns. */
void erun_release(struct erun *r);

/* May a run have n bytes at a time?  Else it fails. */
bool erun_may_have(struct erun *r, size_t n);

/* n bytes that live as long as the run, aligned for any value. */
void *erun_take(struct erun *r, size_t n);

/* Copy len bytes there, as a string. */
struct ev ev_copy_string(struct erun *r, const char *s, size_t len);

/* An array out of n values, copied. */
struct ev ev_array(struct erun *r, const struct ev *items, size_t n);

/* An array out of what is on the stack of the run from there on. */
struct ev ev_array_of_stack(struct erun *r, size_t from);

/* An object out of n names and values by turns, which are moved; of a name
 * that comes twice the first place and the last value count. */
struct ev ev_object(struct ev *items, size_t n);

/* The same array or object, with items. */
struct ev ev_with_items(struct erun *r, struct ev v);

/* The member of an object, or null.  *found: is there one?  NULL is fine. */
struct ev ev_member(struct erun *r, struct ev object, const char *name,
    size_t len, bool *found);

/* Element i of an array, from 0, or from -1 at its end; or null. */
struct ev ev_element(struct erun *r, struct ev array, int64_t i);

/* jq's order of all values: below, at or above 0.  Sets r->is_beyond, with no
 * result, where values are too deep. */
int ev_compare(struct erun *r, struct ev a, struct ev b);

/* jq's ==, which is not the same: nan differs from itself. */
bool ev_equal(struct erun *r, struct ev a, struct ev b);

/* The names of an object, sorted: n / 2 of them. */
const struct ev *ev_sorted_names(struct erun *r, struct ev object);

/* Append as JSON: as it goes out, or as jq's tostring does it. */
void ev_write(struct erun *r, struct buf *out, struct ev v);
void ev_dump(struct erun *r, struct buf *out, struct ev v);

/* Errors: set r->error and return false. */
bool ev_fail(struct erun *r, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
bool ev_bad(struct erun *r, struct ev v, const char *what);
bool ev_bad_between(
    struct erun *r, const char *before, struct ev v, const char *behind);
bool ev_bad_pair(struct erun *r, struct ev a, struct ev b, const char *what);

/* Not to be done here.  Returns false. */
static inline bool
ev_beyond(struct erun *r)
{
	r->is_beyond = true;
	return false;
}

#endif
