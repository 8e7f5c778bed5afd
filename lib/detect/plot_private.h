#ifndef DETECT_PLOT_PRIVATE_H
#define DETECT_PLOT_PRIVATE_H

#include "core/buf.h"
#include "core/map.h"
#include "detect/plot.h"

/* What fell into a place of the picture; NaN: nothing. */
struct plot_place {
	double x; /* of the first */
	double low, high; /* of the values */
	double expected, band_low, band_high; /* of the last that had any */
	double odd; /* the anomaly farthest from what was expected */
};

struct plot_series {
	struct plot_place places[PLOT_PLACES];
	size_t n; /* places in use */
	size_t each, left; /* values that a place takes; the last one still */
};

struct plot {
	const char *path;
	const char *terminal; /* what gnuplot calls it */
	bool is_text, is_time;
	size_t n_more; /* values of series that are not drawn */
	struct map series; /* of struct plot_series */
};

/* Append what gnuplot is to do. */
void plot_script(const struct plot *p, const char *title, struct buf *b);

#endif
