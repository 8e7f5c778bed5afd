#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/xmem.h"
#include "detect/model.h"
#include "json/write.h"

void
model_add(struct buf *b, const char *before, const double *x, size_t n)
{
	buf_adds(b, before);
	buf_addc(b, '[');
	for (size_t i = 0; i < n; i++) {
		if (i > 0)
			buf_addc(b, ',');
		jwrite_double(b, x[i]);
	}
	buf_addc(b, ']');
}

static struct jval
get(struct jval v, const char *name)
{
	return jval_get(v, name, strlen(name));
}

size_t
model_count(struct jval v, const char *name)
{
	struct jval a = get(v, name);

	return jval_type(a) == J_ARRAY ? jval_count(a) : 0;
}

static bool
take(struct jval v, double low, double high, double *x)
{
	double value = jval_double(v);

	if (!jval_is_number(v) || !(value >= low) || !(value <= high))
		return false;
	*x = value;
	return true;
}

bool
model_get(struct jval v, const char *name, double *x, size_t n, double low,
    double high)
{
	struct jiter it = jval_iter(get(v, name));

	if (model_count(v, name) != n)
		return false;
	for (size_t i = 0; i < n && jiter_next(&it); i++)
		if (!take(it.value, low, high, &x[i]))
			return false;
	return true;
}

double *
model_get_new(struct jval v, const char *name, size_t n)
{
	double *x;

	if (model_count(v, name) != n)
		return NULL; /* before memory is asked for */
	x = xcalloc(n, sizeof(*x));
	if (model_get(v, name, x, n, -DBL_MAX, DBL_MAX))
		return x;
	free(x);
	return NULL;
}

bool
model_get_one(
    struct jval v, const char *name, double low, double high, double *x)
{
	return take(get(v, name), low, high, x);
}

bool
model_get_count(
    struct jval v, const char *name, size_t low, size_t high, size_t *n)
{
	double x;

	if (!model_get_one(v, name, (double)low, (double)high, &x) ||
	    x != floor(x))
		return false;
	*n = (size_t)x;
	return true;
}
