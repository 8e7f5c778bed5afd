#ifndef SCHEMA_SCHEMA_H
#define SCHEMA_SCHEMA_H

#include <stdbool.h>
#include <stddef.h>

#include "json/doc.h"
#include "json/value.h"

/*
 * schema - JSON Schema, 2020-12, 2019-09 and draft-07, all vocabularies.
 *
 * A schema is compiled once, with all that it refers to, into a flat program
 * that is read-only: threads share it, each with a view of its own.  Records
 * are checked where they lie on the tape, without an allocation for those
 * that are valid.  Of members with the same name the last one counts.
 *
 * Nothing is ever fetched.  A reference is looked up, in this order, among
 * the identifiers in what was loaded, the mappings given, the metaschemas
 * (built in), and the files beside the file that refers.
 *
 * A schema that does not compile is EX_CONFIG, each fault told by file, line,
 * column and JSON Pointer.  Unknown keywords are ignored, but can be
 * told.
 */

enum schema_draft { SCHEMA_2020_12, SCHEMA_2019_09, SCHEMA_07 };

struct schema_refs; /* URLs and where they are on this machine */

struct schema_options {
	enum schema_draft draft; /* of documents without $schema */
	bool asserts_format; /* or format is a mere annotation */
	const struct schema_refs *refs; /* lent; NULL: none */
	bool tells_unknown; /* tell keywords and formats that are none */
};

struct schema;
struct schema_view;

/* No mapping yet.  Pair with schema_refs_free, which takes NULL. */
struct schema_refs *schema_refs_new(void);
void schema_refs_free(struct schema_refs *refs);

/*
 * Add "URL=PATH"; where URL ends in a slash, PATH is the folder for all below
 * it.  Returns 0, or -1 if mapping is not of that form.
 */
int schema_refs_add(struct schema_refs *refs, const char *mapping);

/* The draft called "2020-12", "2019-09" or "7".  Returns 0, or -1. */
int schema_draft_find(const char *name, enum schema_draft *draft);

/*
 * Compile the schema in the file path, "-" being standard input, or of that
 * name in a folder "schemas" (see core/share); options may be NULL.
 * Returns 0, or EX_NOINPUT, EX_IOERR or EX_CONFIG with diagnostics; *out is
 * then untouched.
 */
int schema_load(struct schema **out, const char *path,
    const struct schema_options *options);

/*
 * The same for the value at a place in a document; faults are told there,
 * and references are relative to its file.
 */
int schema_from(struct schema **out, struct doc *d, const struct doc_place *at,
    const struct schema_options *options);

/* NULL is fine. */
void schema_free(struct schema *s);

/* What one thread needs to check; s must live longer.  NULL can be freed. */
struct schema_view *schema_view_new(const struct schema *s);
void schema_view_free(struct schema_view *v);

/* Is the value valid?  Stops at the first fault. */
bool schema_check(
    const struct schema *s, struct schema_view *v, struct jval root);

struct schema_fault {
	/* JSON Pointer of the value that is at fault; a missing member is at
	 * fault with the object that lacks it.  Lent till the call returns,
	 * as are the other strings. */
	const char *path;
	const char *keyword;
	/* JSON Pointer of the keyword, with the URI of its document in front
	 * if that is not the one loaded. */
	const char *schema;
	const char *message; /* "is below 0", "lacks \"id\"" */
	struct jval value;
	/* The fault is in the alternative of anyOf or oneOf that came closest,
	 * and so many others failed too; 0 elsewhere. */
	size_t n_other;
};

/*
 * Find the faults of a value, in the order of the schema, and call tell for
 * each of the first max.  Returns how many it was called for: 0 if the value
 * is valid, at least 1 if not (and max > 0).
 */
size_t schema_explain(const struct schema *s, struct schema_view *v,
    struct jval root, size_t max,
    void (*tell)(const struct schema_fault *, void *arg), void *arg);

/* How many keywords and formats tells_unknown told, each with the nearest
 * known name. */
size_t schema_n_unknown(const struct schema *s);

#endif
