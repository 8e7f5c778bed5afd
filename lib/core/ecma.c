#include <stdlib.h>
#include <string.h>

#include "core/ecma_private.h"
#include "core/utf8.h"

#define NO_LINE_END "[^\\n\\r\\x{2028}\\x{2029}]"

bool
ecma_wrong(struct ecma *e, const char *at, const char *what)
{
	e->why->len = 0;
	buf_addf(e->why, "%s at byte %zu", what, (size_t)(at - e->start));
	e->result = ECMA_WRONG;
	return false;
}

void
ecma_unable(struct ecma *e, const char *at, const char *what)
{
	if (e->result != ECMA_GOOD)
		return;
	buf_addf(e->why, "%s at byte %zu", what, (size_t)(at - e->start));
	e->result = ECMA_UNABLE;
}

uint32_t
ecma_next(struct ecma *e)
{
	size_t span = utf8_span(e->s, (size_t)(e->end - e->s));
	uint32_t c = utf8_decode(e->s, span);

	e->s += span;
	return c;
}

/* \1 or \k<name>, from behind the backslash on. */
static bool
reference(struct ecma *e)
{
	const char *at = e->s - 1;
	struct buf name = {0};
	const size_t *number = NULL;
	size_t n = 0;

	if (*e->s == 'k') {
		e->s++;
		if (e->s == e->end || *e->s++ != '<')
			return ecma_wrong(e, at, "\\k without a name");
		if (ecma_group_name(e, &name))
			number = map_get(&e->names, name.data, name.len);
		n = number ? *number : 0;
		buf_release(&name);
		if (e->result == ECMA_WRONG)
			return false;
	} else {
		for (; e->s < e->end && *e->s >= '0' && *e->s <= '9'; e->s++)
			if (n <= e->n_groups)
				n = n * 10 + (size_t)(*e->s - '0');
	}
	if (n == 0 || n > e->n_groups)
		return ecma_wrong(e, at, "no such group");
	/* repeated by itself, one to an unset group would not match */
	buf_addf(e->out, "(?:\\g{%zu})", n);
	return true;
}

/* A backslash outside classes. */
static bool
escape(struct ecma *e)
{
	char letter = '\0';
	uint32_t c;

	e->term = (struct ecma_term){true, false, e->out->len};
	if (++e->s < e->end)
		letter = *e->s;
	if (ecma_is_set(e))
		return ecma_set(e, false);
	if (letter == 'k' || (letter >= '1' && letter <= '9'))
		return reference(e);
	if (letter == 'b' || letter == 'B') {
		e->s++;
		e->term.is_there = false;
		ecma_boundary(e, letter == 'B');
		return true;
	}
	if (!ecma_character(e, &c))
		return false;
	if (c >= 0xD800 && c <= 0xDFFF)
		buf_adds(e->out, ECMA_NEVER);
	else
		ecma_add(e->out, c);
	return true;
}

static bool
literal(struct ecma *e)
{
	if (*e->s == ']' || *e->s == '}')
		return ecma_wrong(e, e->s, "bracket without a backslash");
	e->term = (struct ecma_term){true, false, e->out->len};
	ecma_add(e->out, ecma_next(e));
	return true;
}

/* ^ $ | */
static bool
anchor(struct ecma *e)
{
	char c = *e->s++;

	e->term.is_there = false;
	if (c == '|' || !(e->modifiers & ECMA_M))
		buf_addc(e->out, c);
	else
		buf_adds(e->out,
		    c == '^' ? "(?<!" NO_LINE_END ")" : "(?!" NO_LINE_END ")");
	return true;
}

static bool
dot(struct ecma *e)
{
	e->s++;
	e->term = (struct ecma_term){true, false, e->out->len};
	buf_adds(e->out, e->modifiers & ECMA_S ? "." : NO_LINE_END);
	return true;
}

static bool class(struct ecma *e)
{
	e->term = (struct ecma_term){true, false, e->out->len};
	return ecma_class(e);
}

static bool
step(struct ecma *e)
{
	switch (*e->s) {
	case '^':
	case '$':
	case '|':
		return anchor(e);
	case '(':
		return ecma_open(e);
	case ')':
		return ecma_close(e);
	case '[':
		return class(e);
	case '.':
		return dot(e);
	case '\\':
		return escape(e);
	case '*':
	case '+':
	case '?':
	case '{':
		return ecma_repeat(e);
	default:
		return literal(e);
	}
}

enum ecma_result
ecma_translate(const char *text, size_t len, struct buf *out, struct buf *why)
{
	struct buf reason = {0};
	struct ecma all = {.start = text,
	    .s = text,
	    .end = text + len,
	    .out = out,
	    .why = &reason};
	struct ecma *e = &all;
	const struct map_entry *name;

	if (!utf8_is_valid(text, len))
		ecma_wrong(e, text, "not UTF-8");
	else if (ecma_groups(e))
		while (e->s < e->end && step(e))
			;
	if (e->result != ECMA_WRONG && e->levels.len > 0)
		ecma_wrong(e, e->end, "missing )");
	buf_add(why, reason.data, reason.len);
	buf_release(&reason);
	buf_release(&e->levels);
	for (size_t i = 0; (name = map_next(&e->names, &i));)
		free(name->value);
	map_release(&e->names);
	return e->result;
}
