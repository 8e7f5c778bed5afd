/*
 * Any bytes as requests and as patterns.  However the bytes come in parts,
 * the same requests are read; arguments lie within their request.
 */
#include <stdint.h>
#include <stdlib.h>

#include "store/glob.h"
#include "store/query.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct query q;

static void
check_args(const char *p, size_t len)
{
	if (q.len == 0 || q.len > len)
		abort();
	for (size_t i = 0; i < q.n_args; i++)
		if (q.args[i].p < p || q.args[i].p + q.args[i].len > p + q.len)
			abort();
}

/* The bytes before a whole request must be a part of one. */
static void
check_parts(const char *p, size_t len)
{
	size_t need, n_args = q.n_args, whole = q.len;
	const char *why;

	for (size_t n = len < 64 ? 0 : len - 64; n < len; n++)
		if (query_parse(p, n, &q, &need, &why) != QUERY_PART ||
		    need <= n || need > len)
			abort();
	if (query_parse(p, len, &q, &need, &why) != QUERY_WHOLE ||
	    q.n_args != n_args || q.len != whole)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *p = (const char *)data, *why;
	size_t need, done = 0;
	enum query_result r;
	int64_t n;

	while ((r = query_parse(p + done, size - done, &q, &need, &why)) ==
	       QUERY_WHOLE) {
		check_args(p + done, size - done);
		for (size_t i = 0; i < q.n_args; i++)
			query_integer(&q.args[i], &n);
		check_parts(p + done, q.len);
		done += q.len;
	}
	if (r == QUERY_PART && need <= size - done)
		abort();
	if (glob_match(p, size / 2, p, size / 2) &&
	    glob_prefix(p, size / 2) > size / 2)
		abort();
	glob_match(p, size / 2, p + size / 2, size - size / 2);
	return 0;
}
