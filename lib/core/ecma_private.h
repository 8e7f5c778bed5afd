#ifndef CORE_ECMA_PRIVATE_H
#define CORE_ECMA_PRIVATE_H

#include <stdbool.h>
#include <stdint.h>

#include "core/ecma.h"
#include "core/map.h"

/* What the files of ecma share; others use ecma.h. */

enum { ECMA_I = 1, ECMA_M = 2, ECMA_S = 4 }; /* modifiers */

#define ECMA_NEVER "[^\\x{0}-\\x{10ffff}]" /* matches nothing */

/* What can be repeated: the term that was just read. */
struct ecma_term {
	bool is_there;
	bool has_captures;
	size_t out; /* where it begins there */
};

struct ecma {
	const char *start, *s, *end; /* the pattern; s is read next */
	struct buf *out, *why;
	enum ecma_result result; /* so far */
	unsigned modifiers; /* in force */
	struct ecma_term term;
	struct buf levels; /* of ecma_group.c */
	size_t n_captures; /* groups that capture, so far */
	size_t n_groups; /* such groups in the whole pattern */
	struct map names; /* of groups; values: size_t, their numbers, owned */
};

/* Say what is wrong at a place.  Returns false. */
bool ecma_wrong(struct ecma *e, const char *at, const char *what);

/* Note what PCRE2 cannot do, unless something was noted before. */
void ecma_unable(struct ecma *e, const char *at, const char *what);

/* The code point at s, which goes on behind it. */
uint32_t ecma_next(struct ecma *e);

/* Append a code point as a literal, in a class or outside. */
void ecma_add(struct buf *out, uint32_t c);

/* Append the range from low to high, for a class; without the surrogates,
 * which UTF-8 cannot have.  Returns whether anything is left. */
bool ecma_add_range(struct buf *out, uint32_t low, uint32_t high);

/* ecma_repeat.c: read a quantifier, and apply it to the term. */
bool ecma_repeat(struct ecma *e);

/* ecma_group.c: from the parenthesis on. */
bool ecma_open(struct ecma *e);
bool ecma_close(struct ecma *e);

/* ecma_class.c: from the bracket on. */
bool ecma_class(struct ecma *e);

/*
 * ecma_escape.c.  All begin behind the backslash and return false after
 * telling what is wrong.
 */

/* An escape that is one code point, perhaps a lone surrogate. */
bool ecma_character(struct ecma *e, uint32_t *c);

/* Is it one that stands for a set: \d \D \s \S \w \W \p \P? */
bool ecma_is_set(const struct ecma *e);

/* Append such a set, for a class or outside. */
bool ecma_set(struct ecma *e, bool in_class);

/* \b or \B. */
void ecma_boundary(struct ecma *e, bool is_inside);

/* ecma_names.c */

/* From behind the '<' on: append the name, and skip the '>'. */
bool ecma_group_name(struct ecma *e, struct buf *name);

/* Count the groups, and note their names. */
bool ecma_groups(struct ecma *e);

/*
 * ecma_property.c: append what PCRE2 calls the property, of n bytes of
 * "Name" or "Name=Value", between the braces of \p{} or, if *is_inverse,
 * \P{}.  Returns whether ECMA-262 has it; *is_known: whether PCRE2 does.
 */
bool ecma_property(const char *text, size_t n, struct buf *out,
    bool *is_inverse, bool *is_known);

#endif
