/*
 * Any bytes as what people write: durations, sizes, numbers, timestamps.
 * What is read must be written so that it reads back.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/num.h"
#include "core/timestamp.h"
#include "core/utf8.h"
#include "core/xmem.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
must(bool good)
{
	if (!good)
		abort();
}

static void
check_timestamp(const char *s, size_t len)
{
	char text[TIMESTAMP_SIZE];
	int64_t ms, back;

	/* an offset may lead out of the years that can be written */
	if (timestamp_parse(s, len, &ms) && ms >= -62167219200000 &&
	    ms <= 253402300799999) {
		must(timestamp_parse(text, timestamp_format(ms, text), &back));
		must(back == ms);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *s = xstrndup((const char *)data, size);
	struct buf b = {0};
	uint64_t n;
	int64_t ms, back;
	double x;

	check_timestamp(s, size);
	if (num_duration(s, &ms) == 0) {
		must(ms >= 0);
		num_add_duration(&b, ms);
		buf_addc(&b, '\0');
		must(num_duration(b.data, &back) == 0 ||
		     ms > NUM_DURATION_MAX / 2); /* it is rounded */
	}
	if (num_size(s, 1, 1000000, &n) == 0)
		must(n >= 1 && n <= 1000000);
	num_double(s, &x);
	if (utf8_is_valid(s, size))
		must(utf8_count(s, size) <= size);
	buf_release(&b);
	free(s);
	return 0;
}
