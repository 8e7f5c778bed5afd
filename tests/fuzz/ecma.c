/*
 * Any bytes as a pattern of ECMA-262 and, behind the first LF, a text.  What
 * is translated PCRE2 must take, but for its limits, and match.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/ecma.h"
#include "core/pattern.h"
#include "core/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Does PCRE2 say that it is too much, rather than wrong? */
static bool
is_limit(struct buf *why)
{
	static const char *const limits[] = {"not fixed length", "too large",
	    "too deeply nested", "too complicated", "too long", "workspace"};

	buf_addc(why, '\0');
	for (size_t i = 0; i < sizeof(limits) / sizeof(*limits); i++)
		if (strstr(why->data, limits[i]))
			return true;
	return false;
}

static void
match(const struct pattern *p, const char *s, size_t len)
{
	struct pattern_work *w = pattern_work_new();

	if (utf8_is_valid(s, len))
		pattern_match(p, w, s, len);
	pattern_work_free(w);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *s = (const char *)data;
	const char *lf = size > 0 ? memchr(s, '\n', size) : NULL;
	size_t len = lf ? (size_t)(lf - s) : size;
	struct buf words = {0}, why = {0};
	enum ecma_result result = ecma_translate(s, len, &words, &why);
	struct pattern *p;

	if ((result == ECMA_GOOD) != (why.len == 0))
		abort();
	p = pattern_new(s, len, PATTERN_ECMA, &why);
	if (!p && result == ECMA_GOOD && !is_limit(&why))
		abort();
	if (p && result != ECMA_GOOD)
		abort();
	if (p)
		match(p, s + len, size - len);
	pattern_free(p);
	buf_release(&words);
	buf_release(&why);
	return 0;
}
