#ifndef SCHEMA_COMPILE_H
#define SCHEMA_COMPILE_H

#include "schema/program.h"

/*
 * compile - what the files that compile a schema share.
 *
 * A source is loaded and scanned: each place in it where a schema stands is
 * noted, with the resource it belongs to, and its anchors.  Then places are
 * compiled to nodes one after the other, from a queue, which the references
 * and subschemas found on the way are added to.  At last the rosters are made.
 */

enum draft_bit { D07 = 1, D19 = 2, D20 = 4, D_ALL = 7 };

enum vocabulary {
	VOCAB_CORE = 1,
	VOCAB_APPLICATOR = 2,
	VOCAB_UNEVALUATED = 4,
	VOCAB_VALIDATION = 8,
	VOCAB_FORMAT = 16,
	VOCAB_CONTENT = 32,
	VOCAB_META = 64,
	VOCAB_ALL = 127
};

struct dialect {
	unsigned draft; /* one draft_bit */
	unsigned vocabularies;
	bool asserts_format;
};

/* A schema with an identifier, or a document. */
struct resource {
	char *uri; /* without fragment; owned */
	uint32_t source, at;
	struct dialect dialect;
};

/* Where a schema stands. */
struct place {
	uint32_t source, at;
	uint32_t resource; /* its number */
	uint32_t node; /* or NO_NODE, as long as nobody refers to it */
	uint32_t anchor; /* number of its dynamic anchor's name, or NO_NODE */
	const char *keyword; /* that holds it; static */
};

/* What a keyword's value holds that are schemas. */
enum holds {
	HOLDS_NONE,
	HOLDS_SCHEMA,
	HOLDS_LIST,
	HOLDS_MAP,
	HOLDS_SCHEMA_OR_LIST,
	HOLDS_MAP_OR_LISTS /* dependencies: members may be lists of names */
};

struct compiler {
	struct schema *s;
	const struct schema_options *options;
	struct pool pool;
	struct resource *resources; /* owned */
	size_t n_resources;
	struct map uris; /* to the number of the resource */
	struct map places; /* by source and at, to struct place */
	struct map anchors; /* by resource and name, to struct place */
	struct map dynamic; /* names of dynamic anchors, to numbers */
	struct place **dynamic_places; /* owned */
	size_t n_dynamic_places;
	bool *is_used; /* which of the names references ask for; owned */
	size_t n_used; /* how many of them it knows about */
	struct place **queue; /* owned; node i is that of place i */
	size_t n_queue;
	size_t n_faults;
	unsigned depth; /* of metaschemas being loaded for each other */
	/* of the node in hand */
	struct place *here;
	struct jval object;
	struct dialect dialect;
	struct op *ops[CLASS_COUNT]; /* owned */
	size_t n_ops[CLASS_COUNT];
};

struct keyword {
	const char *name;
	unsigned drafts, vocabulary;
	enum holds holds;
	void (*compile)(
	    struct compiler *c, const struct keyword *k, struct jval v);
	/* what a function that serves several keywords is to add */
	enum op_class class;
	enum op_code code;
};

/* The keyword of that name in the dialect, or NULL. */
const struct keyword *keyword_find(
    const struct dialect *d, const char *name, size_t len);

/* The name that is most like this one, or NULL. */
const char *keyword_nearest(const struct dialect *d, const char *name);

/* Tell a fault at a value of a source. */
void compile_fault(struct compiler *c, uint32_t source, struct jval at,
    const char *fmt, ...) __attribute__((format(printf, 4, 5)));

/* With tells_unknown: tell a keyword or format that is none, a mere warning.
 * The nearest one may be NULL. */
void compile_unknown(struct compiler *c, uint32_t source, struct jval at,
    const char *what, const char *nearest);

/* The same as compile_fault at a value of the schema in hand. */
#define FAULT(c, v, ...) compile_fault(c, (c)->here->source, v, __VA_ARGS__)

/*
 * Add a document whose text is in src->doc, at src->base.
 * Returns its root's resource, from 0; or NO_NODE after a diagnostic.
 */
uint32_t source_add(struct compiler *c, struct source *src);
void source_free(struct source *src);

/* The resource of this URI, loaded if need be; or NO_NODE, after a diagnostic
 * if is_told is set. */
uint32_t source_find(struct compiler *c, const char *uri, bool *is_told);

/* Note the schemas at v and in it. */
void scan(struct compiler *c, uint32_t source, struct jval v, uint32_t resource,
    const char *keyword);

/* The place noted at a value, or NULL. */
struct place *place_find(
    const struct compiler *c, uint32_t source, uint32_t at);

/* The number of a dynamic anchor's name. */
uint32_t anchor_number(struct compiler *c, const char *name, size_t len);

/* The dialect of a $schema; fallback if it cannot be told. */
struct dialect dialect_find(struct compiler *c, uint32_t source,
    struct jval uri, struct dialect fallback);
struct dialect dialect_of_draft(const struct schema_options *o);

/*
 * What a reference in the node in hand leads to; NULL after a fault.
 * fragment: out, if not NULL, is a copy in the compiler's pool.
 */
struct place *refer(struct compiler *c, struct jval ref, const char **fragment);

/* The node of a place. */
uint32_t node_of(struct compiler *c, struct place *p);

/* The node of the schema at v in the one in hand; NO_NODE after a fault. */
uint32_t node_child(struct compiler *c, struct jval v);

/* A new operation of the node in hand, for the keyword with the value v. */
struct op *op_add(struct compiler *c, const struct keyword *k, struct jval v,
    enum op_class class, enum op_code code);

/* A member of the schema in hand, or absent. */
struct jval sibling(const struct compiler *c, const char *name);

/* Is v of the type, or a fault?  A count is an integer from 0. */
bool is_a(struct compiler *c, struct jval v, enum jtype type);
bool is_count(struct compiler *c, struct jval v, uint64_t *n);

/* The names in v, a list of strings; none after a fault. */
struct names names_of(struct compiler *c, struct jval v);

/* The pattern for a text; NULL after a fault at v. */
const struct pattern *pattern_get(
    struct compiler *c, struct jval v, const char *text, size_t len);

/* Make the rosters of the nodes that look at the same value. */
void roster_make(struct compiler *c);

/* Arrange the operations for the verdict. */
void quick_make(struct schema *s);

/* Tell references that lead back to themselves without a step into the
 * value. */
void loops_find(struct compiler *c);

/* Call each for the nodes that op applies to the same value. */
void op_each_here(const struct compiler *c, const struct op *op,
    void (*each)(uint32_t node, void *arg), void *arg);

/* The compile functions of keywords. */
#define COMPILES(name) \
	void name(struct compiler *c, const struct keyword *k, struct jval v)
COMPILES(compile_type);
COMPILES(compile_const);
COMPILES(compile_enum);
COMPILES(compile_limit);
COMPILES(compile_multiple);
COMPILES(compile_size);
COMPILES(compile_pattern);
COMPILES(compile_format);
COMPILES(compile_unique);
COMPILES(compile_items);
COMPILES(compile_items_old);
COMPILES(compile_additional_items);
COMPILES(compile_contains);
COMPILES(compile_required);
COMPILES(compile_properties);
COMPILES(compile_pattern_properties);
COMPILES(compile_additional_properties);
COMPILES(compile_dependent_required);
COMPILES(compile_dependent_schemas);
COMPILES(compile_dependencies);
COMPILES(compile_ref);
COMPILES(compile_dynamic_ref);
COMPILES(compile_recursive_ref);
COMPILES(compile_child);
COMPILES(compile_list);
COMPILES(compile_if);
COMPILES(compile_count);
COMPILES(compile_string);
COMPILES(compile_boolean);

#endif
