#include <math.h>

#include "quality/quality.h"

const double quality_weights[] = {
    [DIMENSION_COMPLETENESS] = 30,
    [DIMENSION_VALIDITY] = 30,
    [DIMENSION_UNIQUENESS] = 15,
    [DIMENSION_CONSISTENCY] = 15,
    [DIMENSION_TIMELINESS] = 10,
};

unsigned
quality_of_severity(enum severity s)
{
	static const unsigned weights[] = {
	    [SEVERITY_INFO] = 0,
	    [SEVERITY_WARNING] = 1,
	    [SEVERITY_ERROR] = 4,
	    [SEVERITY_CRITICAL] = 4,
	};

	return weights[s];
}

void
quality_add(struct quality *q, enum severity s, enum dimension d, uint64_t made,
    uint64_t lost)
{
	double weight = quality_of_severity(s);

	q->made[d] += QUALITY_WHOLE * weight * (double)made;
	q->lost[d] += weight * (double)lost;
}

double
quality_dimension(const struct quality *q, enum dimension d)
{
	if (q->made[d] <= 0)
		return NAN;
	return 100 * (q->made[d] - q->lost[d]) / q->made[d];
}

/* The sum of the weights of the dimensions that were assessed. */
static double
total(const struct quality *q, const double *weights)
{
	double sum = 0;

	for (int d = 0; d < DIMENSION_COUNT; d++)
		sum += q->made[d] > 0 ? weights[d] : 0;
	return sum;
}

double
quality_score(const struct quality *q, const double *weights)
{
	double sum = 0, of = total(q, weights);

	if (of <= 0)
		return NAN;
	for (int d = 0; d < DIMENSION_COUNT; d++)
		if (q->made[d] > 0)
			sum += weights[d] *
			       quality_dimension(q, (enum dimension)d);
	return sum / of;
}

double
quality_cap(double score, size_t n_failed, enum severity worst)
{
	if (n_failed > 0 && worst == SEVERITY_CRITICAL && score > QUALITY_CAP)
		return QUALITY_CAP;
	return score;
}

double
quality_points(const struct quality *q, const double *weights, enum dimension d,
    enum severity s, uint64_t lost)
{
	double weight = quality_of_severity(s) * (double)lost;
	double of = total(q, weights);

	if (weight <= 0 || of <= 0)
		return 0;
	return 100 * weights[d] * weight / q->made[d] / of;
}

double
quality_penalty(uint64_t errors, uint64_t warnings)
{
	return fmax(0, 100 - 20 * (double)errors - 5 * (double)warnings);
}

double
quality_round(double x, int decimals)
{
	double unit = 1;

	while (decimals-- > 0)
		unit *= 10;
	return round(x * unit) / unit;
}
