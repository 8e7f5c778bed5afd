#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "core/utf8.h"
#include "core/xmem.h"
#include "json/fault.h"

struct scan {
	const char *s, *end; /* the next byte; behind the last */
	char open[JDOC_DEPTH]; /* the brackets that must come, innermost last */
	size_t depth; /* of them */
	enum jerror why; /* the fault, at s */
};

static bool
fail(struct scan *sc, enum jerror why)
{
	sc->why = sc->s < sc->end || why == JERR_UNCLOSED ? why : JERR_CUT;
	return false;
}

static bool
is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static void
skip_space(struct scan *sc)
{
	while (sc->s < sc->end && is_space(*sc->s))
		sc->s++;
}

/* Is c the next byte?  Then step over it. */
static bool
take(struct scan *sc, char c)
{
	if (sc->s == sc->end || *sc->s != c)
		return false;
	sc->s++;
	return true;
}

/* The four digits behind \u at s, or -1. */
static int
code_unit(const struct scan *sc, const char *s)
{
	int unit = 0;

	if (sc->end - s < 6 || s[0] != '\\' || s[1] != 'u')
		return -1;
	for (int i = 2; i < 6; i++) {
		static const char digits[] = "0123456789abcdefABCDEF";
		const char *p = s[i] ? strchr(digits, s[i]) : NULL;
		int n = (int)(p ? p - digits : 0);

		if (!p)
			return -1;
		unit = unit * 16 + (n < 16 ? n : n - 6);
	}
	return unit;
}

/* Step over an escape, or fail at its backslash. */
static bool
skip_escape(struct scan *sc)
{
	int unit = code_unit(sc, sc->s), low;

	if (unit < 0) {
		if (sc->end - sc->s < 2 || !sc->s[1] ||
		    !strchr("\"\\/bfnrt", sc->s[1]))
			return fail(sc, JERR_ESCAPE);
		sc->s += 2;
		return true;
	}
	if (unit >= 0xD800 && unit < 0xE000) {
		low = code_unit(sc, sc->s + 6);
		if (unit >= 0xDC00 || low < 0xDC00 || low >= 0xE000)
			return fail(sc, JERR_SURROGATE);
		sc->s += 6;
	}
	sc->s += 6;
	return true;
}

/* Step over a string, whose quote is the next byte. */
static bool
skip_string(struct scan *sc)
{
	size_t n;

	for (sc->s++; sc->s < sc->end; sc->s += n) {
		unsigned char c = (unsigned char)*sc->s;

		n = c < 0x80 ? 1 : utf8_span(sc->s, (size_t)(sc->end - sc->s));
		if (take(sc, '"'))
			return true;
		if (c < 0x20)
			return fail(sc, JERR_CONTROL);
		if (n == 0)
			return fail(sc, JERR_UTF8);
		if (c == '\\') {
			if (!skip_escape(sc))
				return false;
			n = 0;
		}
	}
	return fail(sc, JERR_UNCLOSED);
}

/* The n bytes at the next one are a word: does it end there? */
static bool
is_whole(const struct scan *sc, size_t n)
{
	const char *p = sc->s + n;

	return p == sc->end || is_space(*p) || (*p && strchr(",:[]{}", *p));
}

static bool
skip_word(struct scan *sc, const char *word)
{
	size_t n = strlen(word);

	if ((size_t)(sc->end - sc->s) < n || memcmp(sc->s, word, n) != 0 ||
	    !is_whole(sc, n))
		return fail(sc, JERR_LITERAL);
	sc->s += n;
	return true;
}

static const char *
skip_digits(const char *p, const char *end)
{
	while (p < end && *p >= '0' && *p <= '9')
		p++;
	return p;
}

/* Behind the number at s by the grammar of RFC 8259, or NULL. */
static const char *
number_end(const char *s, const char *end)
{
	const char *p = s + (s < end && *s == '-'), *from = p;

	p = skip_digits(from, end);
	if (p == from || (*from == '0' && p > from + 1))
		return NULL;
	if (p < end && *p == '.') {
		from = p + 1;
		p = skip_digits(from, end);
		if (p == from)
			return NULL;
	}
	if (p < end && (*p == 'e' || *p == 'E')) {
		from = p + 1;
		from += from < end && (*from == '+' || *from == '-');
		p = skip_digits(from, end);
		if (p == from)
			return NULL;
	}
	return p;
}

/* Is the number of n bytes at s beyond the range of a double? */
static bool
is_infinite(const char *s, size_t n)
{
	char *copy;
	bool infinite;

	if (n < 300 && !memchr(s, 'e', n) && !memchr(s, 'E', n))
		return false; /* by far most of them */
	copy = xstrndup(s, n);
	infinite = isinf(strtod(copy, NULL)) != 0;
	free(copy);
	return infinite;
}

static bool
skip_number(struct scan *sc)
{
	const char *p = number_end(sc->s, sc->end);

	if (!p || !is_whole(sc, (size_t)(p - sc->s)))
		return fail(sc, JERR_NUMBER);
	if (is_infinite(sc->s, (size_t)(p - sc->s)))
		return fail(sc, JERR_RANGE);
	sc->s = p;
	return true;
}

/* Step over an opening bracket.  An empty pair is a value without depth. */
static bool
open_bracket(struct scan *sc, bool *opened)
{
	const char *from = sc->s;
	char close = *from == '{' ? '}' : ']';

	sc->s++;
	skip_space(sc);
	if (take(sc, close))
		return true;
	if (sc->depth == JDOC_DEPTH) {
		sc->s = from;
		return fail(sc, JERR_DEPTH);
	}
	sc->open[sc->depth++] = close;
	*opened = true;
	return true;
}

/* Step over a value, or only into it: then *opened is set. */
static bool
skip_value(struct scan *sc, bool *opened)
{
	*opened = false;
	skip_space(sc);
	switch (sc->s < sc->end ? *sc->s : '\0') {
	case '{':
	case '[':
		return open_bracket(sc, opened);
	case '"':
		return skip_string(sc);
	case 't':
		return skip_word(sc, "true");
	case 'f':
		return skip_word(sc, "false");
	case 'n':
		return skip_word(sc, "null");
	default:
		if (sc->s < sc->end && strchr("-0123456789", *sc->s) && *sc->s)
			return skip_number(sc);
		return fail(sc, JERR_VALUE);
	}
}

/* Step over "name": if that is what comes here. */
static bool
skip_name(struct scan *sc)
{
	if (sc->depth == 0 || sc->open[sc->depth - 1] != '}')
		return true;
	skip_space(sc);
	if (sc->s == sc->end || *sc->s != '"')
		return fail(sc, JERR_NAME);
	if (!skip_string(sc))
		return false;
	skip_space(sc);
	return take(sc, ':') || fail(sc, JERR_COLON);
}

/* Step over what stands behind a value.  Returns whether more must come. */
static bool
skip_behind(struct scan *sc)
{
	for (; sc->depth > 0; sc->depth--) {
		char close = sc->open[sc->depth - 1];

		skip_space(sc);
		if (take(sc, ','))
			return true;
		if (!take(sc, close))
			return fail(
			    sc, close == '}' ? JERR_IN_OBJECT : JERR_IN_ARRAY);
	}
	skip_space(sc);
	if (sc->s < sc->end)
		fail(sc, JERR_BEHIND);
	return false;
}

enum jerror
jfault_find(const char *text, size_t len, size_t *at)
{
	struct scan sc = {.s = text, .end = text + len};
	bool opened;

	skip_space(&sc);
	if (sc.s == sc.end)
		sc.why = JERR_EMPTY;
	while (!sc.why && skip_name(&sc) && skip_value(&sc, &opened) &&
	       (opened || skip_behind(&sc)))
		;
	if (sc.why)
		*at = (size_t)(sc.s - text);
	return sc.why;
}
