/*
 * Any bytes as the kept models of each streaming method.  What is accepted
 * must go on: judge rows, and be written so that it reads back the same.
 */
#include <math.h>

#include "detect/saved.h"
#include "fuzz.h"

static struct detectors
empty(const struct detect_method *m, const struct detect_options *o)
{
	return (struct detectors){.method = m, .options = o, .max = 3};
}

static void
go_on(struct detectors *all)
{
	for (int i = 0; i < 40; i++) {
		double x[] = {i % 7 == 6 ? 1e300 : i, i % 5 ? 1 : NAN};
		struct detect_part parts[2];
		struct verdict v = detector_next(detectors_get(all, "a", 1), x,
		    ((int64_t)1 << 40) + i * 60000, parts);

		must(isnan(v.score) || v.score >= 0);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t n = 0;
	struct buf first = {0}, second = {0};

	while (detect_methods[n])
		n++;
	if (size < 1 || n == 0)
		return 0;
	const struct detect_method *m = detect_methods[data[0] % n];
	struct detect_options o = {.columns = data[0] / n % 2 + 1,
	    .window = 4,
	    .threshold = 2,
	    .has_time = true,
	    .rest = 3};
	struct detectors one = empty(m, &o), two = empty(m, &o);

	if (saved_read(&one, (const char *)data + 1, size - 1)) {
		saved_write(&one, &first);
		must(saved_read(&two, first.data, first.len));
		saved_write(&two, &second);
		must(first.len == second.len);
		/* of many keys the first are forgotten */
		must(one.n_forgotten > 0 ? first.len < size - 1
					 : first.len == size - 1);
		go_on(&two);
	}
	detectors_release(&one);
	detectors_release(&two);
	buf_release(&first);
	buf_release(&second);
	return 0;
}
