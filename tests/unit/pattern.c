/* lib/core: patterns. */
#include <stdlib.h>

#include "core/pattern.h"
#include "core/xmem.h"
#include "unit.h"

static enum pattern_dialect dialect = PATTERN_PCRE;

static enum pattern_result
match(const char *pattern, const char *s, size_t len)
{
	struct buf why = {0};
	struct pattern *p =
	    pattern_new(pattern, strlen(pattern), dialect, &why);
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
	struct pattern *p = pattern_new(pattern, len, dialect, &why);
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

/* A pattern of ECMA-262, a text that it matches, and one that it does not;
 * NULL: there is none. */
struct ecma_case {
	const char *pattern, *yes, *no;
};

static void
check_ecma(const char *name, const struct ecma_case *c)
{
	test(name);
	for (; c->pattern; c++) {
		enum pattern_result yes = PATTERN_YES, no = PATTERN_NO;

		if (c->yes)
			yes = match(c->pattern, c->yes, strlen(c->yes));
		if (c->no)
			no = match(c->pattern, c->no, strlen(c->no));
		if (yes == PATTERN_YES && no == PATTERN_NO)
			continue;
		printf("# %s: %d %d\n", c->pattern, yes, no);
		case_failures++;
	}
}

static const struct ecma_case ecma_atoms[] = {{"^a.c$",
						  "a\xc3\xa9"
						  "c",
						  "a\nc"},
    {"^.$", "\xc2\x85", "\xe2\x80\xa8"}, {"^.$", "\xf0\x9f\x98\x80", "\r"},
    {"a$", "ba", "a\n"}, {"a$", NULL, "a\nb"}, {"^b", NULL, "a\nb"},
    {"^\\d$", "7", "\xd9\xa3"}, {"^\\D$", "\xd9\xa3", "7"},
    {"^\\w$", "_", "\xc3\xa9"}, {"^\\W$", "\xc3\xa9", "Z"},
    {"^\\s$", "\xef\xbb\xbf", "\xe1\xa0\x8e"},
    {"^\\s$", "\xe3\x80\x80", "\xe2\x80\x8b"},
    {"^\\s+$", "\t\n\v\f\r \xc2\xa0\xe1\x9a\x80\xe2\x80\xa8", "\xc2\x85"},
    {"^\\S$", "\xe2\x80\x8b", "\xe2\x80\xaf"},
    {"\\bc",
	"\xc3\xa9"
	"c",
	"ac"},
    {"a\\Bb", "ab", "a b"}, {"^\\f\\n\\r\\t\\v$", "\f\n\r\t\v", NULL},
    {"^\\cA\\cz$", "\001\032", NULL}, {"^\\x41\\u0041$", "AA", NULL},
    {"^\\u{41}\\u{00001F600}$", "A\xf0\x9f\x98\x80", NULL},
    {"^\\ud83d\\ude00$", "\xf0\x9f\x98\x80", NULL},
    {"\\ud83d", NULL, "\xf0\x9f\x98\x80"}, {"^a\\ud83d*$", "a", "aa"},
    {"^\\^\\$\\\\\\.\\*\\+\\?\\(\\)\\[\\]\\{\\}\\|\\/$", "^$\\.*+?()[]{}|/",
	NULL},
    {"^ #-,&%@!~'\"/<>=:;`$", " #-,&%@!~'\"/<>=:;`", NULL}, {"", "", NULL},
    {"a|", "", NULL}, {NULL, NULL, NULL}};

static const struct ecma_case ecma_classes[] = {{"[]", NULL, "a"},
    {"^a[]*$", "a", "aa"}, {"^[^]$", "\n", ""}, {"^[[(.*]$", "[", "]"},
    {"^[]a$", NULL, "a"}, {"^[-a]$", "-", "b"}, {"^[a-]$", "-", "b"},
    {"^[\\d-]$", "-", "a"}, {"^[a\\-c]$", "-", "b"}, {"^[\\b]$", "\b", "b"},
    {"^[\\]\\\\^]+$", "]\\^", "a"}, {"^[[:alpha:]$", "[", "x"},
    {"^[a&&b]+$", "&", "c"}, {"^[\\W\\d]$", "\xc3\xa9", "a"},
    {"^[^\\W_]$", "9", "_"}, {"^[^\\S]$", " ", "a"},
    {"^[^\\D\\p{Lu}]$", "7", "a"},
    {"^[\\u{1F600}-\\u{1F602}]$", "\xf0\x9f\x98\x81", "\xf0\x9f\x98\x83"},
    {"^[\xf0\x9f\x98\x80-\xf0\x9f\x98\x82]$", "\xf0\x9f\x98\x81", "a"},
    {"[\\ud800-\\udfff]", NULL, "a"}, {"^[^\\ud800-\\udfff]$", "a", ""},
    {"^[\\ud000-\\ue000]$", "\xee\x80\x80", "\xee\x80\x81"},
    {"^[ -~]$", "~", "\x7f"}, {NULL, NULL, NULL}};

static const struct ecma_case ecma_properties[] = {
    {"^\\p{L}$", "\xc3\xa9", "1"},
    {"^\\p{Letter}cole",
	"\xc3\xa9"
	"cole",
	"1cole"},
    {"^\\P{Letter}$", "1", "a"}, {"^\\p{gc=Nd}$", "\xd9\xa3", "a"},
    {"^\\p{General_Category=Decimal_Number}$", "7", "a"},
    {"^\\p{LC}$", "a", "\xe4\xb8\x80"},
    {"^\\p{Script=Greek}$", "\xce\xb1", "a"},
    {"^\\p{sc=Grek}$", "\xce\xb1", "a"},
    {"^\\p{sc=Kana}$", "\xe3\x82\xa2", "\xe3\x83\xbc"},
    {"^\\p{scx=Kana}$", "\xe3\x83\xbc", "a"},
    {"^\\p{Script_Extensions=Katakana}$", "\xe3\x83\xbc", "a"},
    {"^\\p{ASCII}$", "a", "\xc3\xa9"}, {"^\\p{Any}$", "\xf4\x8f\xbf\xbf", ""},
    {"^\\p{Assigned}$", "a", "\xcd\xb8"}, {"^\\P{Assigned}$", "\xcd\xb8", "a"},
    {"^\\p{Alphabetic}$", "\xce\xb1", "1"}, {"^\\p{AHex}+$", "0aF", "g"},
    {"^\\p{Emoji_Presentation}$", "\xf0\x9f\x98\x80", "1"},
    {"^[\\p{Lu}\\p{Nd}]+$", "A1", "a"}, {"^[^\\p{Lu}]$", "a", "A"},
    {NULL, NULL, NULL}};

static const struct ecma_case ecma_groups[] = {{"^(?:ab){2}$", "abab", "ab"},
    {"^(a)(b)\\2\\1$", "abba", "abab"},
    {"^(?<year>\\d+)-\\k<year>$", "7-7", "7-8"},
    {"^\\k<\\u{e9}>(?<\xc3\xa9>a)$", "a", "aa"},
    {"^(?<$_\\u0041>a)\\k<$_A>$", "aa", "a"}, {"^\\1(a)$", "a", "aa"},
    {"^\\1+(a)$", "a", "aa"}, {"^(?:(a)|b)\\1$", "b", "a"},
    {"^(?=a)\\w(?!b)", "ac", "ab"}, {"(?<=\\$)\\d", "$1", "1"},
    {"(?<!\\$)\\d$", "1", "$1"}, {"^a{2}$", "aa", "aaa"},
    {"^a{2,}$", "aaa", "a"}, {"^a{1,2}?b$", "aab", "aaab"},
    {"^a*?b+?c??$", "aab", "d"}, {"^a{70000}$", NULL, "a"},
    {"^a{2,200000}$", "aaa", "a"}, {"^a{70000,}$", NULL, "a"},
    {"^(?i:k\\w)$", "K\xc5\xbf", "k\xc3\xa9"}, {"^(?i:a(?-i:b))$", "Ab", "AB"},
    {"^(?s:.)$", "\n", ""}, {"(?m:^b$)", "a\nb\r", "ab"},
    {"(?i:\\bk\\b)", "\xe2\x84\xaa", "\xe2\x84\xaa\xc5\xbf"},
    {"(?i:k\\Bk)", "\xe2\x84\xaa\xe2\x84\xaa", "k k"}, {NULL, NULL, NULL}};

/* What is no pattern of ECMA-262, or none for PCRE2; and what is said. */
static void
test_ecma_refusals(void)
{
	static const char *const refused[][2] = {
	    {"\\Z", "unknown escape at byte 0"},
	    {"a\\a", "unknown escape at byte 1"},
	    {"\\A", "unknown escape at byte 0"},
	    {"\\e", "unknown escape at byte 0"},
	    {"\\-", "unknown escape at byte 0"},
	    {"\\_", "unknown escape at byte 0"},
	    {"\\\xc3\xa9", "unknown escape at byte 0"},
	    {"\\01", "unknown escape at byte 0"},
	    {"[\\B]", "unknown escape at byte 1"},
	    {"[\\1]", "unknown escape at byte 1"},
	    {"[\\k]", "unknown escape at byte 1"},
	    {"\\", "backslash at the end at byte 0"},
	    {"\\x4", "\\x without two digits at byte 0"},
	    {"\\u12", "\\u without four digits at byte 0"},
	    {"\\u{}", "\\u{ without digits and a } at byte 0"},
	    {"\\u{41", "\\u{ without digits and a } at byte 0"},
	    {"\\u{110000}", "code point above 10ffff at byte 0"},
	    {"\\c1", "\\c without a letter at byte 0"},
	    {"\\1", "no such group at byte 0"},
	    {"(a)\\2", "no such group at byte 3"},
	    {"\\k<a>", "no such group at byte 0"},
	    {"\\k", "\\k without a name at byte 0"},
	    {"(?<a>.)(?<a>.)", "a second group of that name at byte 8"},
	    {"(?<1>a)", "not the name of a group at byte 3"},
	    {"(?<a", "not the name of a group at byte 3"},
	    {"(?<>a)", "not the name of a group at byte 3"},
	    {"(?<a\\x41>a)", "not the name of a group at byte 3"},
	    {"(?<a-b>a)", "not the name of a group at byte 3"},
	    {"(?P<n>a)", "unknown kind of group at byte 0"},
	    {"(?i)a", "unknown kind of group at byte 0"},
	    {"(?>a)", "unknown kind of group at byte 0"},
	    {"(?#a)", "unknown kind of group at byte 0"},
	    {"(?|a)", "unknown kind of group at byte 0"},
	    {"(?ii:a)", "unknown kind of group at byte 0"},
	    {"(?-:a)", "unknown kind of group at byte 0"},
	    {"(?i-i:a)", "unknown kind of group at byte 0"},
	    {"(?", "unknown kind of group at byte 0"},
	    {"(a", "missing ) at byte 2"}, {"a)", "unmatched ) at byte 1"},
	    {"*", "nothing to repeat at byte 0"},
	    {"a++", "nothing to repeat at byte 2"},
	    {"a**", "nothing to repeat at byte 2"},
	    {"a{2}{3}", "nothing to repeat at byte 4"},
	    {"(?=a)*", "nothing to repeat at byte 5"},
	    {"(?<=a)?", "nothing to repeat at byte 6"},
	    {"^*", "nothing to repeat at byte 1"},
	    {"\\b+", "nothing to repeat at byte 2"},
	    {"(|*)", "nothing to repeat at byte 2"},
	    {"a{2,1}", "numbers out of order at byte 1"},
	    {"a{,1}", "not a quantifier at byte 1"},
	    {"a{1", "not a quantifier at byte 1"},
	    {"{", "nothing to repeat at byte 0"},
	    {"a}", "bracket without a backslash at byte 1"},
	    {"]", "bracket without a backslash at byte 0"},
	    {"[a", "class without an end at byte 0"},
	    {"[z-a]", "range out of order at byte 1"},
	    {"[\\d-z]", "a set is no end of a range at byte 1"},
	    {"[a-\\d]", "a set is no end of a range at byte 1"},
	    {"\\p{letter}", "unknown property at byte 0"},
	    {"\\p{Greek}", "unknown property at byte 0"},
	    {"\\p{L&}", "unknown property at byte 0"},
	    {"\\p{ L}", "unknown property at byte 0"},
	    {"\\p{sc=}", "unknown property at byte 0"},
	    {"\\p{gc=Greek}", "unknown property at byte 0"},
	    {"\\p{Script}", "unknown property at byte 0"},
	    {"\\p{Sc=Greek}", "unknown property at byte 0"},
	    {"\\p{", "unknown property at byte 0"},
	    {"\\pL", "unknown property at byte 0"},
	    {"\xff", "not UTF-8 at byte 0"},
	    {"\\p{CWKCF}", "property that PCRE2 does not know at byte 0"},
	    {"(a){70000}", "repeats too many times for PCRE2 at byte 3"},
	    {"(?<=a+)b", "lookbehind assertion is not fixed length"}};
	struct buf why = {0};

	test("pattern: what ECMA-262 refuses");
	for (size_t i = 0; i < sizeof(refused) / sizeof(*refused); i++) {
		why.len = 0;
		ok(!pattern_new(
		    refused[i][0], strlen(refused[i][0]), PATTERN_ECMA, &why));
		ok(is(why.data, why.len, refused[i][1]));
	}
	buf_release(&why);
}

static void
test_ecma(void)
{
	const size_t len = 70001;
	char *a = xmalloc(len);

	dialect = PATTERN_ECMA;
	check_ecma("pattern: ECMA-262, atoms", ecma_atoms);
	check_ecma("pattern: ECMA-262, classes", ecma_classes);
	check_ecma("pattern: ECMA-262, properties", ecma_properties);
	check_ecma("pattern: ECMA-262, groups", ecma_groups);
	test("pattern: ECMA-262, more repeats than PCRE2 counts");
	memset(a, 'a', len);
	ok(match("^a{70000}$", a, len - 1) == PATTERN_YES);
	ok(match("^a{70000}$", a, len) == PATTERN_NO);
	ok(match("^a{70000,}$", a, len) == PATTERN_YES);
	ok(match("^a{70000,}$", a, len - 2) == PATTERN_NO);
	ok(match("^a{0,70000}$", a, len - 1) == PATTERN_YES);
	ok(match("^a{0,70000}?$", a, len) == PATTERN_NO);
	ok(match("^a{5,70000}b$", a, len - 1) == PATTERN_NO);
	ok(match("^a\\0b$", "a\0b", 3) == PATTERN_YES);
	free(a);
	test_ecma_refusals();
}

int
main(void)
{
	test_patterns();
	test_ecma();
	return done();
}
