#ifndef DETECT_MODEL_H
#define DETECT_MODEL_H

#include <stdbool.h>
#include <stddef.h>

#include "core/buf.h"
#include "json/value.h"

/*
 * model - the numbers of models as members of JSON objects, and back.
 *
 * Every number reads back equal.  What is read may come from anywhere: all
 * readers check what they find, and return whether it is what was asked for.
 */

/* Append before, as it is, and an array of n finite numbers. */
void model_add(struct buf *b, const char *before, const double *x, size_t n);

/* How many elements the array of that name has; 0 also if there is none. */
size_t model_count(struct jval v, const char *name);

/* The array of that name: exactly n numbers, from low to high. */
bool model_get(struct jval v, const char *name, double *x, size_t n, double low,
    double high);

/* The same in a new array, of any size; NULL if it is no such array.  The
 * caller frees it. */
double *model_get_new(struct jval v, const char *name, size_t n);

/* The number of that name, from low to high; or a whole one. */
bool model_get_one(
    struct jval v, const char *name, double low, double high, double *x);
bool model_get_count(
    struct jval v, const char *name, size_t low, size_t high, size_t *n);

#endif
