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
