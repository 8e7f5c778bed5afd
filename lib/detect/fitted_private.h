#ifndef DETECT_FITTED_PRIVATE_H
#define DETECT_FITTED_PRIVATE_H

#include "detect/fitted.h"

#define FITTED_GRID ((size_t)33) /* values of a column, rising */

/* x as the model sees it.  out: columns; may be x. */
void fitted_scale(const struct fitted *f, const double *x, double *out);

#endif
