/* ECMA-262, 22.2.1: what a backslash begins. */
#include <string.h>

#include "core/ecma_private.h"

/* WhiteSpace and LineTerminator, 12.2 and 12.3; and all others. */
#define SPACES \
	"\\t-\\r \\x{a0}\\x{1680}\\x{2000}-\\x{200a}\\x{2028}\\x{2029}" \
	"\\x{202f}\\x{205f}\\x{3000}\\x{feff}"
#define NO_SPACES \
	"\\x{0}-\\x{8}\\x{e}-\\x{1f}!-\\x{9f}\\x{a1}-\\x{167f}" \
	"\\x{1681}-\\x{1fff}\\x{200b}-\\x{2027}\\x{202a}-\\x{202e}" \
	"\\x{2030}-\\x{205e}\\x{2060}-\\x{2fff}\\x{3001}-\\x{fefe}" \
	"\\x{ff00}-\\x{10ffff}"
#define NO_DIGITS "\\x{0}-/:-\\x{10ffff}"
#define NO_WORDS "\\x{0}-/:-@\\[-\\^`{-\\x{10ffff}"
/* With the modifier i, what folds to s and k are word characters too. */
#define WORDS_I "\\w\\x{17f}\\x{212a}"
#define NO_WORDS_I \
	"\\x{0}-/:-@\\[-\\^`{-\\x{17e}\\x{180}-\\x{2129}\\x{212b}-\\x{10ffff}"

static int
hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* Exactly n digits; or -1, and nothing was read. */
static int
hex(struct ecma *e, int n)
{
	int v = 0;

	if (e->end - e->s < n)
		return -1;
	for (int i = 0; i < n; i++) {
		int digit = hex_digit(e->s[i]);

		if (digit < 0)
			return -1;
		v = v * 16 + digit;
	}
	e->s += n;
	return v;
}

/* From behind "u{" on. */
static bool
braced(struct ecma *e, const char *at, uint32_t *c)
{
	int v = 0, digit;
	const char *first = e->s;

	while ((digit = hex(e, 1)) >= 0) {
		v = v * 16 + digit;
		if (v > 0x10FFFF)
			return ecma_wrong(e, at, "code point above 10ffff");
	}
	if (e->s == first || e->s == e->end || *e->s != '}')
		return ecma_wrong(e, at, "\\u{ without digits and a }");
	e->s++;
	*c = (uint32_t)v;
	return true;
}

/* From behind the u on.  Two surrogates make one code point. */
static bool
unicode(struct ecma *e, const char *at, uint32_t *c)
{
	int v, low;
	const char *behind;

	if (e->s < e->end && *e->s == '{') {
		e->s++;
		return braced(e, at, c);
	}
	v = hex(e, 4);
	if (v < 0)
		return ecma_wrong(e, at, "\\u without four digits");
	*c = (uint32_t)v;
	behind = e->s;
	if (v < 0xD800 || v > 0xDBFF || e->end - e->s < 6 || e->s[0] != '\\' ||
	    e->s[1] != 'u')
		return true;
	e->s += 2;
	low = hex(e, 4);
	if (low >= 0xDC00 && low <= 0xDFFF)
		*c = (uint32_t)(0x10000 + ((v - 0xD800) << 10) + low - 0xDC00);
	else
		e->s = behind;
	return true;
}

static bool
control(struct ecma *e, const char *at, uint32_t *c)
{
	char letter = e->s < e->end ? *e->s : '\0';

	if ((letter | 0x20) < 'a' || (letter | 0x20) > 'z')
		return ecma_wrong(e, at, "\\c without a letter");
	*c = letter & 0x1f;
	e->s++;
	return true;
}

bool
ecma_character(struct ecma *e, uint32_t *c)
{
	static const char names[] = "fnrtv", values[] = "\f\n\r\t\v";
	const char *at = e->s - 1, *name;
	int v;
	char letter;

	if (e->s == e->end)
		return ecma_wrong(e, at, "backslash at the end");
	letter = *e->s++;
	name = letter ? strchr(names, letter) : NULL;
	if (letter == 'u')
		return unicode(e, at, c);
	if (letter == 'c')
		return control(e, at, c);
	if (name)
		*c = (unsigned char)values[name - names];
	else if (letter == 'x' && (v = hex(e, 2)) >= 0)
		*c = (uint32_t)v;
	else if (letter == 'x')
		return ecma_wrong(e, at, "\\x without two digits");
	else if (letter == '0' &&
		 (e->s == e->end || *e->s < '0' || *e->s > '9'))
		*c = 0;
	else if (letter && strchr("^$\\.*+?()[]{}|/", letter))
		*c = (unsigned char)letter;
	else
		return ecma_wrong(e, at, "unknown escape");
	return true;
}

bool
ecma_is_set(const struct ecma *e)
{
	return e->s < e->end && *e->s && strchr("dDsSwWpP", *e->s);
}

/* \p{...} or \P{...}, from behind the p on. */
static bool
property(struct ecma *e, bool is_inverse)
{
	const char *at = e->s - 2, *close;
	struct buf name = {0};
	bool is_known = true, is_there = false;

	close = memchr(e->s, '}', (size_t)(e->end - e->s));
	if (close && *e->s == '{')
		is_there = ecma_property(e->s + 1, (size_t)(close - e->s - 1),
		    &name, &is_inverse, &is_known);
	if (is_there) {
		buf_adds(e->out, is_inverse ? "\\P{" : "\\p{");
		buf_add(e->out, name.data, name.len);
		buf_addc(e->out, '}');
		e->s = close + 1;
	}
	if (!is_known)
		ecma_unable(e, at, "property that PCRE2 does not know");
	buf_release(&name);
	return is_there || ecma_wrong(e, at, "unknown property");
}

/*
 * The ranges of a set.  PCRE2 10.42 goes wrong with \D, \S and \W in classes
 * that are negated and have properties, so these are ranges too.
 */
static const char *
ranges(char letter, bool i)
{
	switch (letter) {
	case 's':
		return SPACES;
	case 'S':
		return NO_SPACES;
	case 'w':
		return i ? WORDS_I : "\\w";
	case 'W':
		return i ? NO_WORDS_I : NO_WORDS;
	default:
		return letter == 'd' ? "\\d" : NO_DIGITS;
	}
}

bool
ecma_set(struct ecma *e, bool in_class)
{
	bool i = (e->modifiers & ECMA_I) != 0;
	char letter = *e->s++;

	if (letter == 'p' || letter == 'P')
		return property(e, letter == 'P');
	if (in_class)
		buf_adds(e->out, ranges(letter, i));
	else if (letter == 's' || letter == 'S' ||
		 (i && (letter | 0x20) == 'w'))
		buf_addf(e->out, "[%s]", ranges(letter, i));
	else
		buf_addf(e->out, "\\%c", letter);
	return true;
}

void
ecma_boundary(struct ecma *e, bool is_inside)
{
	static const char word[] = "[" WORDS_I "]";

	if (!(e->modifiers & ECMA_I))
		buf_adds(e->out, is_inside ? "\\B" : "\\b");
	else
		buf_addf(e->out, "(?:(?<=%s)(?%c%s)|(?<!%s)(?%c%s))", word,
		    is_inside ? '=' : '!', word, word, is_inside ? '!' : '=',
		    word);
}
