/* shape, second part: for people, and as a pattern. */
#include <string.h>

#include "quality/shape.h"

enum {
	LOWERS = SHAPE_LOWER | SHAPE_LOWER_HEX,
	UPPERS = SHAPE_UPPER | SHAPE_UPPER_HEX
};

/* Digits and the first six letters? */
static bool
is_hex(uint8_t seen)
{
	return seen & SHAPE_DIGIT && seen & (LOWERS | UPPERS) &&
	       !(seen & (SHAPE_LOWER | SHAPE_UPPER));
}

static char
letter(uint8_t seen)
{
	if (seen & SHAPE_OTHER)
		return '*';
	if (seen == SHAPE_DIGIT)
		return '9';
	if (is_hex(seen))
		return 'h';
	if (seen & SHAPE_DIGIT)
		return 'x';
	if (!(seen & UPPERS))
		return 'a';
	return seen & LOWERS ? 'w' : 'A';
}

void
shape_write(struct buf *b, const struct shape *s)
{
	const struct shape_token *t = s->tokens;

	for (size_t i = 0; i < s->len; i++) {
		if (s->skeleton[i] != SHAPE_TOKEN) {
			buf_addc(b, s->skeleton[i]);
			continue;
		}
		if (t->min != t->max || t->min > SHAPE_SKELETON) {
			buf_addc(b, letter(t->classes));
			buf_addc(b, '+');
		} else {
			for (uint32_t n = 0; n < t->min; n++)
				buf_addc(b, letter(t->classes));
		}
		t++;
	}
}

/* A byte of ASCII as itself: only what must be is escaped, for in ECMA-262
 * nothing else may be. */
static void
add_literal(struct buf *b, char c)
{
	if (strchr("^$\\.*+?()[]{}|", c))
		buf_addc(b, '\\');
	buf_addc(b, c);
}

static void
add_class(struct buf *b, uint8_t seen)
{
	bool hex = is_hex(seen);

	buf_addc(b, '[');
	if (seen & SHAPE_DIGIT)
		buf_adds(b, "0-9");
	if (seen & UPPERS)
		buf_adds(b, hex ? "A-F" : "A-Z");
	if (seen & LOWERS)
		buf_adds(b, hex ? "a-f" : "a-z");
	buf_addc(b, ']');
}

/*
 * Always the same, and likely to stay so.  Digits are not: a year is the same
 * in all of a small sample.
 */
static bool
is_literal(const struct shape_token *t)
{
	return t->is_fixed && !(t->classes & SHAPE_DIGIT);
}

static void
add_token(struct buf *b, const struct shape *s, const struct shape_token *t)
{
	if (is_literal(t)) {
		for (uint32_t i = 0; i < t->min; i++)
			add_literal(b, s->sample[t->at + i]);
		return;
	}
	add_class(b, t->classes);
	if (t->min != t->max || t->is_fixed)
		buf_addc(b, '+');
	else if (t->min > 1)
		buf_addf(b, "{%u}", t->min);
}

void
shape_pattern(struct buf *b, const struct shape *s)
{
	const struct shape_token *t = s->tokens;

	for (size_t i = 0; i < s->len; i++)
		if (s->skeleton[i] == SHAPE_TOKEN)
			add_token(b, s, t++);
		else
			add_literal(b, s->skeleton[i]);
}

bool
shape_is_code(const struct shape *s)
{
	bool says_more = false;

	if (memchr(s->skeleton, ' ', s->len))
		return false;
	for (size_t i = 0; i < s->n_tokens; i++) {
		const struct shape_token *t = &s->tokens[i];
		bool has_digits = t->classes & SHAPE_DIGIT;

		if (t->classes & SHAPE_OTHER)
			return false;
		if (t->is_fixed)
			continue;
		if (t->min != t->max && !has_digits)
			return false;
		says_more |= has_digits || t->min > 1;
	}
	return says_more;
}
