#ifndef DETECT_SURPRISE_H
#define DETECT_SURPRISE_H

#include "detect/window.h"

/*
 * surprise - how rare a number is among those before it, whatever its unit
 * and its distribution: -log10 of the share of them that were at least as
 * large; 3 is one in a thousand.
 *
 * Beyond the largest that was seen, the tail is taken for one that falls with
 * the root of the distance (Pareto's with 1/2), which is heavier than most:
 * ten times the largest adds a half.  O(log n); memory: see window.
 */

#define SURPRISE_ROWS 5000 /* numbers to remember */
#define SURPRISE_WARM_UP 19 /* a first row has none before it */

/*
 * The surprise of x, 0 or more; NaN if x is, or while fewer than
 * SURPRISE_WARM_UP are known.
 */
double surprise_of(const struct window *past, double x);

/* The number that is worth a surprise of s: the inverse. */
double surprise_limit(const struct window *past, double s);

#endif
