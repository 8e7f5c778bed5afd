#include <math.h>
#include <string.h>

#include "detect/detect.h"

const struct detect_method *const detect_methods[] = {&detect_auto,
    &detect_ewma, &detect_seasonal, &detect_context, &detect_knn_cad,
    &detect_matrix_profile, &detect_spectral_residual, &detect_half_space_trees,
    &detect_rrcf, &detect_z_score, &detect_robust_z, &detect_iqr, NULL};

const struct detect_method *
detect_find(const char *name)
{
	for (size_t i = 0; detect_methods[i]; i++)
		if (strcmp(detect_methods[i]->name, name) == 0)
			return detect_methods[i];
	return NULL;
}

size_t
detect_warm_up(const struct detect_options *o)
{
	return o->window < DETECT_WARM_UP ? o->window : DETECT_WARM_UP;
}

double
detect_ratio(double distance, double unit)
{
	if (distance < 1 / DETECT_VALUE_MAX)
		return 0;
	if (distance >= unit * DETECT_SCORE_MAX)
		return DETECT_SCORE_MAX;
	return distance / unit;
}

double
detect_distance(const struct detect_options *o, double by)
{
	switch (o->direction) {
	case DETECT_UP:
		return by < 0 ? (double)NAN : by;
	case DETECT_DOWN:
		return by > 0 ? (double)NAN : -by;
	case DETECT_BOTH:
		break;
	}
	return fabs(by);
}

size_t
detect_grow(size_t cap, size_t window)
{
	size_t more = cap ? 2 * cap : 32;

	return more < window ? more : window;
}
