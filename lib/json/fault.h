#ifndef JSON_FAULT_H
#define JSON_FAULT_H

#include <stddef.h>

#include "json/parse.h"

/*
 * fault - where a JSON text breaks, and why: the slow path for the few lines
 * that simdjson refuses without saying where.  The two agree on what is
 * well-formed; a fuzz target holds them to it.
 */

/*
 * Find the first fault in the len bytes at text, one JSON value with optional
 * white space around it.
 * at: out, its offset in bytes; len if the text ends too early.
 * Returns the reason, or JERR_NONE (at untouched) if there is no fault.
 */
enum jerror jfault_find(const char *text, size_t len, size_t *at);

#endif
