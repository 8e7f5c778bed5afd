#ifndef DETECT_FEATURES_H
#define DETECT_FEATURES_H

#include <stddef.h>

/*
 * features - what the last values of a series look like: a row of numbers for
 * methods that know nothing of time.
 *
 * Of each column: the value itself; mean, standard deviation (divisor n),
 * minimum, maximum, median and quartiles (type 7) of the window that ends with
 * it; all in the unit of the column.  O(window) a value, 16 bytes for each in
 * the window.
 */

enum {
	FEATURE_VALUE,
	FEATURE_MEAN,
	FEATURE_DEVIATION,
	FEATURE_LOW,
	FEATURE_HIGH,
	FEATURE_MEDIAN,
	FEATURE_QUARTILE_1,
	FEATURE_QUARTILE_3,
	FEATURES /* of a column */
};

struct features;

struct features *features_new(size_t columns, size_t window);

/* NULL is fine. */
void features_free(struct features *f);

/*
 * The next row, columns numbers; NaN: missing, the window of that column stays
 * as it is.  out: FEATURES for each column, NaN where a number is missing and,
 * but for the value itself, until the window is full.
 */
void features_next(struct features *f, const double *x, double *out);

/* The name of a feature of the column of that name, "mean(.x)"; the value's is
 * the column's.  The caller frees it. */
char *features_name(const char *column, size_t feature);

#endif
