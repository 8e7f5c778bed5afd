/*
 * Any bytes as a profile that was saved.  One that is taken must be fit to be
 * merged and written, and be the same when it is saved again.
 */
#include "fuzz.h"
#include "quality/suggest.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct profile p, q, sum;
	struct buf b = {0}, again = {0};

	profile_init(&p, true);
	profile_init(&q, true);
	profile_init(&sum, true);
	if (profile_load(&p, data, size)) {
		profile_save(&b, &p);
		must(profile_load(&q, b.data, b.len));
		profile_save(&again, &q);
		must(b.len == again.len);
		profile_merge(&sum, &p);
		profile_merge(&sum, &q);
		b.len = 0;
		suggest_profile(&b, &sum);
		must_be_json(&b);
	}
	profile_release(&p);
	profile_release(&q);
	profile_release(&sum);
	buf_release(&b);
	buf_release(&again);
	return 0;
}
