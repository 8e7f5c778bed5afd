#include <math.h>

#include "quality/moments.h"

void
moments_add(struct moments *m, double x)
{
	double distance = x - m->mean;

	if (m->n++ == 0)
		m->min = m->max = x;
	if (x < m->min)
		m->min = x;
	if (x > m->max)
		m->max = x;
	m->mean += distance / (double)m->n;
	m->m2 += distance * (x - m->mean);
}

void
moments_merge(struct moments *m, const struct moments *from)
{
	double distance = from->mean - m->mean;
	double n = (double)m->n, k = (double)from->n;

	if (from->n == 0)
		return;
	if (m->n == 0) {
		*m = *from;
		return;
	}
	m->min = fmin(m->min, from->min);
	m->max = fmax(m->max, from->max);
	m->n += from->n;
	m->mean += distance * k / (n + k);
	m->m2 += from->m2 + distance * distance * n * k / (n + k);
}

double
moments_sd(const struct moments *m)
{
	return m->n > 0 ? sqrt(m->m2 / (double)m->n) : 0;
}
