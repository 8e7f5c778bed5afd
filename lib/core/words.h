#ifndef CORE_WORDS_H
#define CORE_WORDS_H

#include "core/buf.h"

/*
 * words - a command in one string, to the words of an argv; no shell.
 *
 * White space parts words.  'text' stands for itself, "text" too, but that
 * a backslash in it escapes " and itself; outside of quotes a backslash
 * escapes the next character, whichever.  There are no variables, patterns,
 * pipes or comments: each $, * and | stands for itself.
 */

/*
 * The words, ended by NULL; at least one.  One allocation: free() it.
 * NULL, with the reason appended to why: no word, or quotes without an end.
 */
char **words_split(const char *text, struct buf *why);

#endif
