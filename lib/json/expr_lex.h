#ifndef JSON_EXPR_LEX_H
#define JSON_EXPR_LEX_H

#include <stdbool.h>
#include <stddef.h>

#include "core/buf.h"

/*
 * expr_lex - private to expr: the words of an expression, those that are
 * handled here; all others are T_OTHER.
 */

enum etoken {
	T_END,
	T_OTHER,
	T_NAME, /* word */
	T_FIELD, /* .name; word is the name */
	T_VAR, /* $name; word is the name */
	T_NUMBER, /* number */
	T_QUOTE, /* the beginning of a string: see elex_string */
	T_EQ,
	T_NE,
	T_LE,
	T_GE,
	T_ALTERNATIVE, /* the others are their character */
};

struct elex {
	const char *s; /* the text behind the word at hand */
	int token; /* enum etoken, or a character */
	const char *word; /* lent by the text */
	size_t len; /* of word */
	double number;
};

/* Set token to the next word. */
void elex_next(struct elex *x);

/*
 * Read on in a string, behind its quote or behind an interpolation, and append
 * its bytes to out.  Returns '"' at its end, '(' where an interpolation
 * begins, or 0 for what is not handled here.
 */
int elex_string(struct elex *x, struct buf *out);

#endif
