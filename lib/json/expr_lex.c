#include <ctype.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/utf8.h"
#include "json/expr_lex.h"

static bool
is_word(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

static bool
begins_word(char c)
{
	return isalpha((unsigned char)c) || c == '_';
}

static void
skip_space(struct elex *x)
{
	for (;;) {
		x->s += strspn(x->s, " \t\r\n");
		if (*x->s != '#')
			return;
		x->s += strcspn(x->s, "\n");
	}
}

/* A name at s. */
static int
name(struct elex *x, int token)
{
	x->word = x->s;
	while (is_word(*x->s))
		x->s++;
	x->len = (size_t)(x->s - x->word);
	if (x->s[0] == ':' && x->s[1] == ':')
		return T_OTHER;
	return token;
}

/* jq's scanner takes .e1 and .e-1 for numbers, and fails. */
static bool
looks_like_exponent(const char *word, size_t len)
{
	size_t n = 1;

	if (*word != 'e' && *word != 'E')
		return false;
	if (len == 1)
		return (word[1] == '-' || word[1] == '+') &&
		       isdigit((unsigned char)word[2]);
	while (n < len && isdigit((unsigned char)word[n]))
		n++;
	return n == len;
}

static int
dot(struct elex *x)
{
	if (x->s[1] == '.')
		return T_OTHER;
	x->s++;
	if (!begins_word(*x->s))
		return '.';
	if (name(x, T_FIELD) == T_OTHER)
		return T_OTHER;
	return looks_like_exponent(x->word, x->len) ? T_OTHER : T_FIELD;
}

static size_t
digits(const char *s)
{
	return strspn(s, "0123456789");
}

/* Digits, with a point among or around them, and an exponent. */
static int
number(struct elex *x)
{
	const char *s = x->s;
	size_t whole = digits(s), rest = 0, n;

	s += whole;
	if (*s == '.') {
		rest = digits(s + 1);
		s += 1 + rest;
	}
	if (whole + rest == 0 || *s == '.')
		return T_OTHER;
	if (*s == 'e' || *s == 'E') {
		n = s[1] == '+' || s[1] == '-';
		if (digits(s + 1 + n) > 0)
			s += 1 + n + digits(s + 1 + n);
	}
	x->number = strtod(x->s, NULL);
	x->s = s;
	return isinf(x->number) ? T_OTHER : T_NUMBER;
}

static int
operator(struct elex *x)
{
	static const struct {
		const char text[3];
		int token;
	} pairs[] = {{"==", T_EQ}, {"!=", T_NE}, {"<=", T_LE}, {">=", T_GE}};

	for (size_t i = 0; i < sizeof(pairs) / sizeof(*pairs); i++)
		if (strncmp(x->s, pairs[i].text, 2) == 0) {
			x->s += 2;
			return pairs[i].token;
		}
	if (x->s[0] == '/' && x->s[1] == '/') {
		x->s += 2;
		return *x->s == '=' ? T_OTHER : T_ALTERNATIVE;
	}
	if (x->s[0] == '?' && x->s[1] == '/')
		return T_OTHER;
	/* there are |= and += and the like */
	if (!strchr("()[]{}|,;:<>+-*/%?", *x->s) || x->s[1] == '=')
		return T_OTHER;
	return *x->s++;
}

void
elex_next(struct elex *x)
{
	skip_space(x);
	if (*x->s == '\0') {
		x->token = T_END;
	} else if (isdigit((unsigned char)*x->s) ||
		   (*x->s == '.' && isdigit((unsigned char)x->s[1]))) {
		x->token = number(x);
	} else if (*x->s == '.') {
		x->token = dot(x);
	} else if (begins_word(*x->s)) {
		x->token = name(x, T_NAME);
	} else if (*x->s == '$' && begins_word(x->s[1])) {
		x->s++;
		x->token = name(x, T_VAR);
	} else if (*x->s == '"') {
		x->s++;
		x->token = T_QUOTE;
	} else {
		x->token = operator(x);
	}
}

/* The four hexadecimal digits at s, or -1. */
static int32_t
hex(const char *s)
{
	char text[5] = "";

	for (size_t i = 0; i < 4; i++) {
		if (!isxdigit((unsigned char)s[i]))
			return -1;
		text[i] = s[i];
	}
	return (int32_t)strtol(text, NULL, 16);
}

static void
add_character(struct buf *out, int32_t c)
{
	if (c < 0x80) {
		buf_addc(out, (char)c);
		return;
	}
	if (c < 0x800) {
		buf_addc(out, (char)(0xC0 | c >> 6));
	} else if (c < 0x10000) {
		buf_addc(out, (char)(0xE0 | c >> 12));
		buf_addc(out, (char)(0x80 | (c >> 6 & 0x3F)));
	} else {
		buf_addc(out, (char)(0xF0 | c >> 18));
		buf_addc(out, (char)(0x80 | (c >> 12 & 0x3F)));
		buf_addc(out, (char)(0x80 | (c >> 6 & 0x3F)));
	}
	buf_addc(out, (char)(0x80 | (c & 0x3F)));
}

/* What stands behind \u; surrogates must be a pair. */
static bool
unicode(struct elex *x, struct buf *out)
{
	int32_t c = hex(x->s), low;

	if (c < 0 || (c >= 0xDC00 && c <= 0xDFFF))
		return false;
	x->s += 4;
	if (c >= 0xD800 && c <= 0xDBFF) {
		low = x->s[0] == '\\' && x->s[1] == 'u' ? hex(x->s + 2) : -1;
		if (low < 0xDC00 || low > 0xDFFF)
			return false;
		x->s += 6;
		c = 0x10000 + ((c - 0xD800) << 10) + (low - 0xDC00);
	}
	add_character(out, c);
	return true;
}

/* What stands behind a backslash, but for an interpolation. */
static bool
escape(struct elex *x, struct buf *out)
{
	static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
	const char *p = *x->s ? strchr(from, *x->s) : NULL;

	if (*x->s == 'u') {
		x->s++;
		return unicode(x, out);
	}
	if (!p)
		return false;
	x->s++;
	buf_addc(out, to[p - from]);
	return true;
}

int
elex_string(struct elex *x, struct buf *out)
{
	size_t n;

	for (;;) {
		n = strcspn(x->s, "\"\\");
		if (!utf8_is_valid(x->s, n))
			return 0;
		buf_add(out, x->s, n);
		x->s += n;
		if (*x->s == '\0')
			return 0;
		if (*x->s++ == '"')
			return '"';
		if (*x->s == '(') {
			x->s++;
			return '(';
		}
		if (!escape(x, out))
			return 0;
	}
}
