#ifndef DETECT_PLOT_H
#define DETECT_PLOT_H

#include <stdbool.h>
#include <stddef.h>

#include "detect/detect.h"

/*
 * plot - a picture of series: the values, the band of those that would be no
 * anomaly, and the anomalies.  gnuplot draws it, run without a shell.
 *
 * Memory does not grow with the series: each is kept in PLOT_PLACES places
 * across the picture, of which each holds the lowest and the highest value
 * that fell there; no anomaly is lost but to another one in the same place.
 * The first PLOT_SERIES series are drawn, below each other.
 */

#define PLOT_PLACES ((size_t)1000)
#define PLOT_SERIES ((size_t)8)

struct plot;

/* A picture to be at path, of the kind that its end names: .svg, .png or .txt.
 * path is lent.  NULL if it names none. */
struct plot *plot_new(const char *path);

/* NULL is fine. */
void plot_free(struct plot *p);

/*
 * The next value of the series of that name, len bytes, which may be of any
 * kind.  x: rising; time: it is milliseconds since 1970, else a number of
 * records.  part: what is known of the value, or NULL.
 */
void plot_add(struct plot *p, const char *name, size_t len, double x, bool time,
    double value, const struct detect_part *part, bool is_anomaly);

/* Draw it, and put it in its place as a whole.  title: of the picture.
 * Returns 0, or an EX_ status after its diagnostic. */
int plot_write(const struct plot *p, const char *title);

#endif
