#include <stdlib.h>

#include "detect/select.h"

double
select_kth(double *x, size_t n, size_t k)
{
	size_t from = 0, to = n;

	while (to - from > 1) {
		double pivot = x[from + (to - from) / 2];
		size_t low = from, high = to; /* below, above the pivot */

		for (size_t i = from; i < high;) {
			double here = x[i];

			if (here < pivot) {
				x[i++] = x[low];
				x[low++] = here;
			} else if (here > pivot) {
				x[i] = x[--high];
				x[high] = here;
			} else {
				i++;
			}
		}
		if (k >= low && k < high)
			break;
		if (k < low)
			to = low;
		else
			from = high;
	}
	return x[k];
}

double
select_quantile(double *x, size_t n, double q)
{
	double at = q * (double)(n - 1), next;
	size_t k = (size_t)at;

	select_kth(x, n, k);
	if (k + 1 >= n)
		return x[k];
	next = x[k + 1];
	for (size_t i = k + 2; i < n; i++)
		next = x[i] < next ? x[i] : next;
	return x[k] + (at - (double)k) * (next - x[k]);
}

static int
compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

void
select_sort(double *x, size_t n)
{
	qsort(x, n, sizeof(*x), compare);
}
