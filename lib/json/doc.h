#ifndef JSON_DOC_H
#define JSON_DOC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

/*
 * doc - documents that people write (rules, alerts, sources, configuration):
 * loaded by Jansson, read into structs by tables, faults told by place.
 *
 * Every fault is one diagnostic, "rules.json:7:12: /rules/2/mim: unknown
 * member; did you mean min?", by line, column (in bytes, from 1) and JSON
 * Pointer; reading goes on to find the others.  A document with faults is
 * EX_CONFIG.
 */

struct doc {
	json_t *root; /* owned */
	char *name; /* of the file, for messages; owned */
	char *text; /* owned, ended by NUL */
	size_t len;
	size_t n_faults; /* told so far */
	bool is_sound; /* the text is well-formed */
};

/* A place in the document: a chain from the value to the root, kept on the
 * stack by those who walk down.  The root's place is NULL. */
struct doc_place {
	const struct doc_place *up;
	const char *key; /* of a member; NULL: an element */
	size_t index; /* of an element */
};

/*
 * Load a file, at most 16 MiB, "-" being standard input.  Duplicate members
 * are faults.
 * Returns 0, or EX_NOINPUT, EX_IOERR or EX_CONFIG with a diagnostic; d is to
 * be released in any case.
 */
int doc_load(struct doc *d, const char *path);

/* The same without Jansson, for who parses the text: root stays NULL. */
int doc_load_text(struct doc *d, const char *path);
int doc_parse_text(
    struct doc *d, const char *name, const char *text, size_t len);

/* The text of the value at a place, in d->text. */
const char *doc_text(
    const struct doc *d, const struct doc_place *at, size_t *len);

/* The same for a file of that kind ("rules") by name: see core/share. */
int doc_find(struct doc *d, const char *kind, const char *name);

/* The same from len bytes of text, copied; name is for messages. */
int doc_parse(struct doc *d, const char *name, const char *text, size_t len);

/* Free the contents.  Safe to call twice. */
void doc_release(struct doc *d);

/* Tell a fault at a place, in words. */
void doc_fault(struct doc *d, const struct doc_place *at, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* Is the value an object / array / string, or a fault? */
bool doc_is(
    struct doc *d, const struct doc_place *at, const json_t *v, json_type type);

enum doc_type {
	DOC_STRING, /* const char *, lent by the document */
	DOC_BOOL, /* bool */
	DOC_NUMBER, /* double */
	DOC_COUNT, /* uint64_t; an integer from 0 */
	DOC_SIZE, /* uint64_t; "64M", or an integer of bytes */
	DOC_DURATION, /* int64_t milliseconds; "15m" */
	DOC_WORD, /* int; a string out of words, its index */
	DOC_STRINGS, /* const json_t *; a string, or an array of strings */
	DOC_OBJECT, /* const json_t * */
	DOC_ARRAY, /* const json_t * */
	DOC_VALUE /* const json_t *; anything */
};

/* One member of an object, and where it goes in a struct. */
struct doc_member {
	const char *name;
	enum doc_type type;
	size_t offset; /* offsetof(struct, member) */
	bool is_required;
	const char *const *words; /* DOC_WORD: ends with NULL */
};

/*
 * Read the members of object into the struct at out.  What is absent stays
 * as it was; what is of the wrong type, unknown or missing is a fault.
 * members ends with a name of NULL.  Returns whether there was no fault.
 */
bool doc_read(struct doc *d, const struct doc_place *at, const json_t *object,
    const struct doc_member *members, void *out);

/*
 * The secret string at v: {"secret":"env:NAME","prefix":"Bearer "}, or a plain
 * string.  Returns it, owned by the caller; or NULL after telling the fault.
 */
char *doc_secret(struct doc *d, const struct doc_place *at, const json_t *v);

#endif
