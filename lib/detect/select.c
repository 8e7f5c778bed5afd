#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "core/xmem.h"
#include "detect/select.h"

#define SAMPLE ((size_t)1024)
#define MARGIN ((size_t)64) /* four standard deviations of a rank in it */
#define LARGE ((size_t)16384) /* values for which a sample pays */

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

/* The values at k and behind it, if x were sorted; the last one twice. */
struct pair {
	double at, next;
};

/* Orders x. */
static struct pair
select_pair(double *x, size_t n, size_t k)
{
	struct pair p;

	p.at = p.next = select_kth(x, n, k);
	if (k + 1 < n)
		p.next = x[k + 1];
	for (size_t i = k + 2; i < n; i++)
		p.next = x[i] < p.next ? x[i] : p.next;
	return p;
}

/* What a sample says of where k lies: between the two. */
static struct pair
bracket(const double *x, size_t n, size_t k)
{
	double sample[SAMPLE];
	size_t at = (size_t)((double)k / (double)n * (double)SAMPLE);

	for (size_t i = 0; i < SAMPLE; i++)
		sample[i] = x[i * (n / SAMPLE)];
	select_sort(sample, SAMPLE);
	return (struct pair){at < MARGIN ? -INFINITY : sample[at - MARGIN],
	    at + MARGIN < SAMPLE ? sample[at + MARGIN] : INFINITY};
}

static struct pair find_pair(const double *x, size_t n, size_t k);

/* The pair at k, if it is between two values that a sample puts around it
 * (Floyd and Rivest 1975).  Returns whether it is. */
static bool
find_between(const double *x, size_t n, size_t k, struct pair *p)
{
	struct pair b = bracket(x, n, k);
	size_t below = 0, count = 0, room = n / 4;
	double *work = xcalloc(room, sizeof(*work));
	bool is_found;

	/* without a branch, that would be foreseen badly */
	for (size_t i = 0; i < n && count < room; i++) {
		below += x[i] < b.at;
		work[count] = x[i];
		count += (size_t)(x[i] >= b.at) & (size_t)(x[i] <= b.next);
	}
	is_found = count < room && k >= below && k + 1 < below + count;
	if (is_found)
		*p = find_pair(work, count, k - below);
	free(work);
	return is_found;
}

static struct pair
find_pair(const double *x, size_t n, size_t k)
{
	struct pair p;
	double *copy;

	if (n >= LARGE && find_between(x, n, k, &p))
		return p;
	copy = xcalloc(n, sizeof(*copy));
	memcpy(copy, x, n * sizeof(*x));
	p = select_pair(copy, n, k);
	free(copy);
	return p;
}

double
select_quantile(const double *x, size_t n, double q)
{
	double at = q * (double)(n - 1);
	size_t k = (size_t)at;
	struct pair p = find_pair(x, n, k);

	return p.at + (at - (double)k) * (p.next - p.at);
}

double
select_find(const double *x, size_t n, size_t k)
{
	return find_pair(x, n, k).at;
}
