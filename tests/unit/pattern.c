/* lib/core: patterns. */
#include <stdlib.h>

#include "core/pattern.h"
#include "core/xmem.h"
#include "unit.h"

static enum pattern_result
match(const char *pattern, const char *s, size_t len)
{
	struct buf why = {0};
	struct pattern *p =
	    pattern_new(pattern, strlen(pattern), PATTERN_PCRE, &why);
	struct pattern_work *w = pattern_work_new();
	enum pattern_result r = PATTERN_GAVE_UP;

	if (p)
		r = pattern_match(p, w, s, len);
	else
		printf("# %s: %.*s\n", pattern, (int)why.len, why.data);
	buf_release(&why);
	pattern_work_free(w);
	pattern_free(p);
	return r;
}

static bool
refuses(const char *pattern, size_t len)
{
	struct buf why = {0};
	struct pattern *p = pattern_new(pattern, len, PATTERN_PCRE, &why);
	bool refused = !p && why.len > 0;

	pattern_free(p);
	buf_release(&why);
	return refused;
}

static void
test_patterns(void)
{
	const size_t long_len = (size_t)4 << 20;
	char *a = xmalloc(long_len);

	test("pattern: what matches, what is refused, what is given up");
	memset(a, 'a', long_len);
	ok(match("b", "abc", 3) == PATTERN_YES);
	ok(match("^b", "abc", 3) == PATTERN_NO);
	ok(match("^a$", "a\n", 2) == PATTERN_NO);
	ok(match("^..$", "\xc3\xa9\xf0\x9f\x98\x80", 6) == PATTERN_YES);
	ok(match("^\\w$", "\xc3\xa9", 2) == PATTERN_NO);
	ok(match("a.c", "a\0c", 3) == PATTERN_YES);
	ok(match("^[a-z]+$", a, 200000) == PATTERN_YES);
	ok(match("", "", 0) == PATTERN_YES);
	ok(match("^(a+)+$", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab", 37) ==
	    PATTERN_GAVE_UP);
	ok(match("(?:ab?)+[c-z]", a, 200000) == PATTERN_GAVE_UP);
	/* looking ahead is no step, and goes to the end from everywhere */
	ok(match("(?=a*b)a", a, long_len) == PATTERN_GAVE_UP);
	ok(match("^[a-z]+$", a, long_len) == PATTERN_YES);
	ok(refuses("(", 1) && refuses("[z-a]", 5) && refuses("\\C", 2));
	ok(refuses("(*UCP)a", 7) && refuses(a, 100000));
	free(a);
}

int
main(void)
{
	test_patterns();
	return done();
}
