/*
 * Any bytes as a Cache-Control, a date, a Vary, and as what the cache has in
 * the store: durations stay in their range, and what is accepted is written
 * so that it reads back the same.
 */
#include "http/freshness.h"
#include "http/kept.h"

#include "fuzz.h"

static void
try_headers(const char *text)
{
	struct freshness_answer a = {.status = 200,
	    .asked = 1000,
	    .came = 2000,
	    .cache_control = text,
	    .expires = text,
	    .date = text,
	    .age = text,
	    .last_modified = text,
	    .vary = text};
	const struct freshness_wish w = {.ttl = FRESHNESS_NONE,
	    .stale_if_error = FRESHNESS_NONE,
	    .is_heuristic = true,
	    .per_mille = 950};
	struct freshness f = freshness_judge(&a, &w, 3000);

	must(f.age >= 0 && f.age <= FRESHNESS_MAX + 2000);
	must(f.lifetime >= 0 && f.lifetime <= FRESHNESS_MAX);
	must(f.stale_for >= 0 && f.stale_for <= FRESHNESS_MAX);
	must(!f.is_fresh || !f.is_usable_stale);
	freshness_is_storable(&a);
}

static void
try_kept(const char *data, size_t size)
{
	struct buf first = {0}, second = {0};
	struct http_result r;
	struct kept k;
	int64_t at;
	char *vary = kept_read_vary(data, size);

	free(vary);
	kept_read_failure(data, size, &r, &at);
	if (!kept_read(data, size, &k))
		return;
	kept_write(&first, &k);
	kept_release(&k);
	must(kept_read(first.data, first.len, &k));
	kept_write(&second, &k);
	must(first.len == second.len &&
	     memcmp(first.data, second.data, first.len) == 0);
	kept_update(&k, k.answer);
	kept_release(&k);
	buf_release(&first);
	buf_release(&second);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = xstrndup((const char *)data, size);

	try_headers(text);
	try_kept((const char *)data, size);
	free(text);
	return 0;
}
