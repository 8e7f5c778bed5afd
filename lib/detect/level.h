#ifndef DETECT_LEVEL_H
#define DETECT_LEVEL_H

#include "json/pack.h"

/*
 * level - a mean in which late values weigh more.  While there are few, it is
 * the plain mean of them.
 */

#define LEVEL_MANY 1000000000 /* beyond that they are not counted */

struct level {
	double mean;
	size_t n; /* values in it */
};

/* One value more, of that weight: from 0 to 1, the others' is the rest. */
static inline void
level_add(struct level *l, double x, double weight)
{
	l->n += l->n < LEVEL_MANY;
	if (weight * (double)l->n < 1)
		weight = 1 / (double)l->n;
	l->mean += weight * (x - l->mean);
}

static inline void
level_pack(struct level *l, struct pack *p, const char *name)
{
	pack_open(p, name);
	pack_double(p, "mean", &l->mean);
	pack_size(p, "n", &l->n, 0, LEVEL_MANY);
	pack_close(p);
}

#endif
