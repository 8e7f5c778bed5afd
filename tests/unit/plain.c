/* lib/core/plain: it answers as PCRE2 does, wherever it answers. */
#include <stdlib.h>

#include "core/pattern.h"
#include "core/plain.h"
#include "core/xmem.h"
#include "unit.h"

static const char *const plains[] = {"^", "^$", "^abc", "^abc$", "^[A-Z]{3}$",
    "^w-[0-9]{9}$", "^[0-9]+$", "^\\d{2,3}-\\w*$", "^[^/]+/[^/]+$",
    "^[^@]+@[^@]+$", "^refs/", "^ab?c*d+$", "^[a-c]{1,2}[x-z]?9$", "^[-a]+$",
    "^[a-]*b", "^[\\d.]+$", "^a\\.b\\/c\\$$", "^a{0}b{2,}$", "^[a-f]{2}(?:)?$",
    "^[^a]*a", "^ #~$"};
#define N_PLAINS (sizeof(plains) / sizeof(*plains))

/* These are for PCRE2: it is not clear how to go on, or no pattern at all. */
static const char *const others[] = {"abc", "^a|b", "^(a)", "^a.b", "^a+a",
    "^a?b?a$", "^[^a]{2}$", "^[^a]$", "^a+?", "^a{2}{3}", "^[b-a]", "^[a",
    "^a{2", "^a{3,2}$", "^\\s+", "^[\\d-z]", "^\\b", "^a$b", "^[]", "^[^]",
    "^\xC3\xA9", "^[\xC3\xA9]", "^a{70000}", "^[[:alpha:]]+", "^a-\\-", "^\\"};
#define N_OTHERS (sizeof(others) / sizeof(*others))

static const char *const pieces[] = {"a", "b", "c", "abc", "x", "9", "12", "-",
    "w-123456789", "ABC", "/", "@", "\xC3\xA9", "\n", "refs/", ".", "$", "_",
    " #~", "d"};
#define N_PIECES (sizeof(pieces) / sizeof(*pieces))

static unsigned dice = 11;

static size_t
roll(size_t n)
{
	dice = dice * 1103515245 + 12345;
	return (dice >> 16) % n;
}

static void
compare(const char *text)
{
	struct plain *plain = plain_new(text, strlen(text));
	struct pattern_work *work = pattern_work_new();
	struct buf why = {0}, same = {0}, value = {0};
	struct pattern *p;

	buf_adds(&same, "(?:)"); /* which is not plain */
	buf_adds(&same, text);
	p = pattern_new(same.data, same.len, PATTERN_ECMA, &why);
	ok(p != NULL);
	for (int i = 0; plain && p && i < 2000; i++) {
		bool want;

		value.len = 0;
		for (size_t n = roll(5); n > 0; n--)
			buf_adds(&value, pieces[roll(N_PIECES)]);
		buf_addc(&value, '\0');
		want = pattern_match(p, work, value.data, value.len - 1) ==
		       PATTERN_YES;
		if (plain_match(plain, value.data, value.len - 1) != want)
			printf("# %s on %s\n", text, value.data);
		ok(plain_match(plain, value.data, value.len - 1) == want);
	}
	free(plain);
	pattern_free(p);
	pattern_work_free(work);
	buf_release(&why);
	buf_release(&same);
	buf_release(&value);
}

int
main(void)
{
	test("plain: answers as PCRE2 does");
	for (size_t i = 0; i < N_PLAINS; i++)
		compare(plains[i]);
	test("plain: reads what it should");
	for (size_t i = 0; i < N_PLAINS; i++) {
		struct plain *p = plain_new(plains[i], strlen(plains[i]));

		if (!p && !strchr(plains[i], '('))
			printf("# %s\n", plains[i]);
		ok((p != NULL) == !strchr(plains[i], '('));
		free(p);
	}
	test("plain: leaves the rest to PCRE2");
	for (size_t i = 0; i < N_OTHERS; i++) {
		struct plain *p = plain_new(others[i], strlen(others[i]));

		if (p)
			printf("# %s\n", others[i]);
		ok(!p);
		free(p);
	}
	return done();
}
