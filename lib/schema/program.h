#ifndef SCHEMA_PROGRAM_H
#define SCHEMA_PROGRAM_H

#include "core/map.h"
#include "core/pattern.h"
#include "schema/format.h"
#include "schema/number.h"
#include "schema/pool.h"
#include "schema/schema.h"
#include "json/doc.h"
#include "json/value.h"

/*
 * program - what a schema is compiled to; for the files of this module only.
 *
 * A node is a subschema: the types that it allows and a run of operations,
 * one a keyword, sorted by the class of values that they are about.  Nodes
 * that look at the same value (by $ref, allOf, if, ...) share a roster: the
 * names of members that any of them knows.  An object is read once for all of
 * them; each name has a slot, and sets of names are sets of bits.
 */

#define NO_NODE UINT32_MAX
#define NO_SLOT UINT32_MAX

enum type_bit {
	TYPE_NULL = 1,
	TYPE_BOOLEAN = 2,
	TYPE_INTEGER = 4,
	TYPE_FRACTION = 8,
	TYPE_STRING = 16,
	TYPE_ARRAY = 32,
	TYPE_OBJECT = 64,
	TYPE_NUMBER = TYPE_INTEGER | TYPE_FRACTION,
	TYPE_ALL = 127
};

enum op_class {
	CLASS_NUMBER,
	CLASS_STRING,
	CLASS_ARRAY,
	CLASS_OBJECT,
	CLASS_ANY,
	CLASS_LATE, /* after all others: unevaluated... */
	CLASS_COUNT
};

enum op_code {
	OP_MINIMUM,
	OP_MAXIMUM,
	OP_ABOVE,
	OP_BELOW,
	OP_MULTIPLE,
	OP_MIN_LENGTH,
	OP_MAX_LENGTH,
	OP_PATTERN,
	OP_FORMAT,
	OP_MIN_ITEMS,
	OP_MAX_ITEMS,
	OP_UNIQUE,
	OP_PREFIX,
	OP_ITEMS,
	OP_CONTAINS,
	OP_MIN_PROPERTIES,
	OP_MAX_PROPERTIES,
	OP_REQUIRED,
	OP_DEPENDENT,
	OP_PROPERTIES,
	OP_PROPERTY_NAMES,
	OP_CONST,
	OP_ENUM,
	OP_REF,
	OP_DYNAMIC,
	OP_ALL,
	OP_ANY,
	OP_ONE,
	OP_NOT,
	OP_IF,
	OP_UNEVALUATED_ITEMS,
	OP_UNEVALUATED_PROPERTIES
};

/* A member's name, and the node for its value or NO_NODE. */
struct named {
	const char *s; /* lent by the tape */
	uint32_t len;
	uint32_t slot; /* set by roster */
	uint32_t node;
};

struct names {
	struct named *names;
	size_t n;
	uint64_t *bits; /* of the slots; set by roster */
};

/* Where name is there, the needed ones must be, and the node must accept. */
struct dependent {
	struct named name;
	struct names needs;
	uint32_t at; /* of the value */
};

struct dependents {
	struct dependent *list;
	size_t n;
};

struct patterned {
	const struct pattern *pattern;
	uint32_t node;
};

/* properties, patternProperties and additionalProperties. */
struct properties {
	struct names names;
	struct patterned *patterns;
	size_t n_patterns;
	uint32_t additional; /* or NO_NODE */
	/* Set by roster: what the three say of the slots. */
	struct named *checked; /* with a node that may refuse */
	size_t n_checked;
	size_t n_first; /* of them are not forbidden at all */
	uint64_t *forbidden, *evaluated;
	bool has_forbidden;
};

struct enumeration {
	struct named *strings; /* sorted by length and bytes */
	size_t n_strings;
	struct jval *numbers; /* sorted */
	size_t n_numbers;
	struct jval *others;
	size_t n_others;
};

/* A limit for numbers, in the forms that can be compared at once. */
struct limit {
	struct jval value;
	double x;
	int64_t n;
	bool is_exact; /* x is the value */
	bool is_int; /* n is the value */
};

struct nodes {
	uint32_t *list;
	size_t n;
};

struct op {
	enum op_code code;
	uint32_t at; /* the keyword's value on the tape */
	const char *keyword;
	union {
		uint32_t node;
		uint64_t count;
		struct limit limit;
		struct {
			uint32_t node;
			bool is_noted; /* what it finds is evaluated */
			uint32_t min_at, max_at; /* 0: not given */
			uint64_t min, max;
		} contains;
		struct {
			struct decimal of;
			int64_t n; /* the same, or 0 */
		} multiple;
		struct {
			uint32_t test, then, otherwise; /* or NO_NODE */
		} branch;
		struct {
			uint32_t node; /* where nothing else is found */
			uint32_t name; /* of the anchor, a number */
		} dynamic;
		struct {
			uint32_t node;
			uint64_t from;
		} items;
		struct nodes nodes;
		struct jval value;
		const struct pattern *pattern;
		const struct format *format;
		struct enumeration set;
		struct names names;
		struct dependents dependents;
		struct properties *properties;
	} u;
};

/*
 * What a node does for the verdict only: for each class of values the
 * operations about it and those about any value, in one run; CLASS_ANY is for
 * null and booleans, CLASS_LATE for the late ones.  A node that only refers to
 * another has that one's.
 */
struct quick {
	uint32_t types;
	uint32_t roster;
	uint32_t first[CLASS_COUNT + 1]; /* where each run begins */
};

struct node {
	uint8_t types; /* allowed */
	bool is_true; /* accepts all, with nothing to note */
	bool is_false; /* accepts nothing, by itself */
	uint32_t roster;
	uint32_t resource;
	uint32_t source, at; /* where it stands */
	uint32_t type_at; /* of its type keyword */
	uint32_t ops[CLASS_COUNT + 1]; /* where those of a class begin */
	const char *keyword; /* that holds it */
};

/* A name with its length before it, as it lies among the strings of a tape;
 * bits that are not in the mask do not count. */
struct known {
	uint64_t words[2], mask[2];
	const char *s;
	uint32_t len;
};

struct roster {
	struct known *names; /* n of them, by slot */
	uint32_t n, n_words;
	uint32_t *table; /* slots by hash; NO_SLOT: empty */
	uint32_t mask; /* of the table's size */
	uint32_t first_guess; /* of its n + 1 in a view */
	bool wants_others; /* those whose names are not known */
};

/* A document that was loaded. */
struct source {
	struct doc *doc; /* while compiling: own, or one that is lent */
	struct doc own;
	const struct doc_place *base; /* where the schema is in it */
	char *pointer; /* the same as JSON Pointer; owned */
	char *uri; /* where it came from; owned */
	struct jdoc tape;
	struct jval root;
};

struct schema {
	struct source **sources; /* owned; the first one is the schema's own */
	size_t n_sources;
	struct node *nodes; /* owned */
	size_t n_nodes;
	struct op *ops; /* owned */
	size_t n_ops;
	struct quick *quick; /* owned; of each node */
	struct op *quick_ops; /* owned; copies, in the order of the runs */
	struct roster *rosters; /* owned; the first has no names */
	size_t n_rosters;
	size_t n_guesses;
	uint32_t root;
	/* For each resource and name the node of its dynamic anchor, or
	 * NO_NODE; none at all where no reference is dynamic. */
	uint32_t *anchors;
	size_t n_resources, n_anchors;
	struct map patterns; /* text to struct pattern */
	struct pool pool; /* what ops and rosters point to */
	size_t n_unknown;
};

/* Append the JSON Pointer of the value at to b.  False if it is not there. */
bool source_pointer(const struct source *s, uint32_t at, struct buf *b);

/* Else nobody needs to know the way to a node. */
static inline bool
has_dynamic(const struct schema *s)
{
	return s->n_anchors > 0;
}

static inline bool
bits_has(const uint64_t *bits, size_t i)
{
	return bits[i / 64] >> (i % 64) & 1;
}

static inline void
bits_add(uint64_t *bits, size_t i)
{
	bits[i / 64] |= (uint64_t)1 << (i % 64);
}

static inline size_t
bits_words(size_t n)
{
	return (n + 63) / 64;
}

/* Hash of a name; s may be read JDOC_PADDING bytes beyond. */
static inline uint64_t
name_hash(const char *s, size_t len)
{
	uint64_t a, b, h;

	memcpy(&a, s, sizeof(a));
	if (len >= sizeof(a)) {
		memcpy(&b, s + len - sizeof(b), sizeof(b));
	} else {
		a &= ((uint64_t)1 << len * 8) - 1;
		b = 0;
	}
	h = (a ^ len) * UINT64_C(0x9E3779B97F4A7C15);
	h ^= (b ^ h >> 29) * UINT64_C(0xBF58476D1CE4E5B9);
	return h ^ h >> 32;
}

#endif
