#ifndef QUALITY_PROFILE_H
#define QUALITY_PROFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/buf.h"
#include "quality/exact.h"
#include "quality/forms.h"
#include "quality/hll.h"
#include "quality/moments.h"
#include "quality/quantile.h"
#include "quality/shape.h"
#include "quality/top.h"
#include "json/value.h"

/*
 * profile - what stands at each path of the records that were seen.
 *
 * A path is a place in a record; all elements of an array are one, .items[].
 * The paths form a tree, whose root is the record itself.  The member _cdo of
 * a record is not profiled; of duplicate names the last one counts.
 *
 * A record costs one pass over its members: each path remembers which one
 * followed it in the object before, so that records of one kind, or of a few,
 * cost one comparison of names a member.
 *
 * At most PROFILE_PATHS paths are followed, PROFILE_MEMBERS of one object and
 * PROFILE_DEPTH levels; what is beyond is counted.  Memory: at most 56 KiB a
 * path, 2 KiB for one with few values, however many records there are.
 * Profiles of parts, merged, are the profile of the whole: exactly in all
 * counts and in what is distinct, within their bounds in top values, shapes
 * and quantiles.  One thread a profile.
 */

#define PROFILE_PATHS 500
#define PROFILE_MEMBERS 250
#define PROFILE_DEPTH 32

enum profile_type {
	PROFILE_NULL,
	PROFILE_BOOLEAN,
	PROFILE_INTEGER,
	PROFILE_NUMBER, /* written with a fraction or exponent */
	PROFILE_STRING,
	PROFILE_ARRAY,
	PROFILE_OBJECT,
	PROFILE_TYPES
};

/* "null", "boolean" ...: JSON Schema's names. */
extern const char *const profile_type_names[PROFILE_TYPES];

/* In which order numbers or times came, one a record at most. */
struct profile_course {
	uint64_t n;
	uint64_t n_down; /* below the one before */
	double first, last;
};

struct profile_path {
	char *name; /* owned; of a member; NULL: the root, or elements */
	size_t len; /* bytes in name */
	struct profile_path *up, *child, *last_child, *sibling;
	size_t n_children;
	unsigned depth; /* of the root 0 */
	bool in_array; /* it, or a path above, stands for elements */

	uint64_t types[PROFILE_TYPES]; /* values by type */
	uint64_t n_true;
	uint64_t n_beyond; /* values below that were not followed */
	struct moments numbers;
	struct moments lengths; /* of strings, in code points */
	struct moments sizes; /* of arrays */
	struct profile_course course; /* not in arrays; numbers, or times in
				       * milliseconds since 1970 */
	struct hll distinct; /* of booleans, numbers and strings */
	struct quantile quantiles; /* of numbers */
	struct top top; /* of numbers and strings; see profile_top_tag */
	struct shapes shapes; /* of strings */
	struct forms forms; /* of strings */
	struct exact exact; /* where asked for; numbers, strings */

	/* private */
	struct profile_path *first_seen, *next_seen;
	uint64_t stamp; /* the object it was seen in last */
	uint32_t at; /* and where its value was */
};

/* What the bytes of a top value are. */
enum profile_tag {
	PROFILE_TAG_INT, /* int64_t */
	PROFILE_TAG_UINT, /* uint64_t */
	PROFILE_TAG_DOUBLE, /* double */
	PROFILE_TAG_STRING /* UTF-8, perhaps cut */
};

struct profile {
	struct profile_path *root; /* owned */
	uint64_t n_records;
	size_t n_paths;
	bool is_exact; /* look for paths whose values are all different */
	size_t budget; /* slots for that, see exact */

	/* private */
	struct profile_path **index; /* owned; by name */
	struct profile_path **stack; /* owned */
	size_t n_stack, cap_stack;
	uint64_t stamp;
};

/* Set up.  is_exact: see there; takes at most 16 MiB.  Pair with release. */
void profile_init(struct profile *p, bool is_exact);

/* Free the contents.  Safe to call twice. */
void profile_release(struct profile *p);

/* Add a record. */
void profile_add(struct profile *p, struct jval root);

/* Add what is in from, whose records came after those of p. */
void profile_merge(struct profile *p, const struct profile *from);

/* Add the values at a path of another profile as if they were records. */
void profile_graft(struct profile *p, const struct profile_path *from);

/* Values at the path. */
uint64_t profile_count(const struct profile_path *x);

/* Objects at the path above that have no such member; 0 in arrays. */
uint64_t profile_missing(const struct profile_path *x);

/* How many different values that are neither null, array nor object; an
 * estimate unless hll_is_exact. */
uint64_t profile_distinct(const struct profile_path *x);

/* The next path, in the order of the tree, parents first; NULL at the end. */
const struct profile_path *profile_next(const struct profile_path *x);

/* Values that the profile does not follow, at all paths. */
uint64_t profile_beyond(const struct profile *p);

/* Append the path as text: .a."odd name"[].b; the root is "." */
void profile_write_path(struct buf *b, const struct profile_path *x);

/* Append the profile, one JSON object; see cdo-score(1). */
void profile_write(struct buf *b, const struct profile *p);

/* Append a top value as JSON; a string that was cut ends with "...". */
void profile_write_value(struct buf *b, const struct top_value *v);

/*
 * Append the whole profile as bytes, the same on every machine: all but the
 * sets that tell whether values are unique.  At most some 20 KiB a path.
 */
void profile_save(struct buf *b, struct profile *p);

/* Read that back into an empty profile.  Returns whether the len bytes are
 * one; if not, what is in p is of no use but to be released. */
bool profile_load(struct profile *p, const void *data, size_t len);

/*
 * Of a profile's own files: the path of the member of that name of the objects
 * at up, and of the elements of the arrays there, made if there is none.
 * NULL: it is not followed.
 */
struct profile_path *profile_member(
    struct profile *p, struct profile_path *up, const char *name, size_t len);
struct profile_path *profile_elements(
    struct profile *p, struct profile_path *up);

/* Of a profile's own files: add a value that is neither null, array nor
 * object, and the sum of two. */
void profile_add_value(
    struct profile *p, struct profile_path *x, struct jval v);
void profile_merge_path(
    struct profile_path *x, const struct profile_path *from, struct profile *p);

#endif
