#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "core/pattern.h"
#include "json/expr_regex.h"

#define MOST_DEPTH 20 /* groups within each other */
#define MOST_TIMES 255 /* in {n,m} */

/* A pattern that is looked at. */
struct look {
	const char *s, *end;
	bool is_ascii; /* needs a text that is ASCII for both to agree */
	unsigned depth;
};

static bool
is_next(const struct look *l, const char *set)
{
	return l->s < l->end && *l->s && strchr(set, *l->s);
}

/* Behind a backslash: a class, or a character that means itself. */
static bool
escaped(struct look *l, bool is_in_set)
{
	if (l->s == l->end)
		return false;
	if (is_next(l, "dDwWsS")) {
		l->is_ascii = true;
		l->s++;
		return !is_in_set || islower((unsigned char)l->s[-1]);
	}
	if (!is_next(l, ".^$*+?()[]{}|/\\-"))
		return false;
	l->s++;
	return true;
}

/* A character in a set.  Returns it, 0 for a class, or -1. */
static int
set_member(struct look *l)
{
	unsigned char c = (unsigned char)*l->s++;

	if (c == '\\') {
		if (!escaped(l, true))
			return -1;
		return isalpha((unsigned char)l->s[-1]) ? 0 : l->s[-1];
	}
	/* [[:alpha:]], [a&&b], and what is no character on its own */
	if (c == '[' || c == '&' || c < 0x20 || c >= 0x7f)
		return -1;
	return c;
}

/* Behind the bracket: [a-z_.-] */
static bool
set(struct look *l)
{
	int low, high;

	if (is_next(l, "^"))
		l->s++;
	if (is_next(l, "]-")) /* [] is read in more than one way */
		return false;
	while (l->s < l->end && *l->s != ']') {
		low = set_member(l);
		if (low < 0)
			return false;
		if (!is_next(l, "-"))
			continue;
		l->s++;
		if (is_next(l, "]"))
			break; /* a hyphen at the end is one */
		if (l->s == l->end || *l->s == '\\' || !isalnum(low))
			return false;
		high = set_member(l);
		if (high < low || !isalnum(high))
			return false;
	}
	return l->s < l->end && *l->s++ == ']';
}

/* A decimal number, or -1. */
static int
count(struct look *l)
{
	int n = 0;

	if (l->s == l->end || !isdigit((unsigned char)*l->s))
		return -1;
	while (
	    l->s < l->end && isdigit((unsigned char)*l->s) && n <= MOST_TIMES)
		n = n * 10 + (*l->s++ - '0');
	return n <= MOST_TIMES ? n : -1;
}

/* Behind the brace: {n} {n,} {n,m}.  *least: out. */
static bool
braces(struct look *l, int *least)
{
	int most;

	*least = most = count(l);
	if (*least < 0)
		return false;
	if (is_next(l, ",")) {
		l->s++;
		most = is_next(l, "}") ? MOST_TIMES : count(l);
	}
	return most >= *least && most > 0 && is_next(l, "}") && l->s++;
}

/* A repetition if there is one; *is_empty: may what is before it be? */
static bool
repetition(struct look *l, bool *is_empty)
{
	int least = 1;

	if (!is_next(l, "*+?{"))
		return true;
	if (*is_empty) /* when to leave such a loop is a matter of taste */
		return false;
	switch (*l->s++) {
	case '+':
		break;
	case '{':
		if (!braces(l, &least))
			return false;
		break;
	default:
		least = 0;
	}
	*is_empty = least == 0;
	if (is_next(l, "?") && l->s[-1] != '}')
		l->s++; /* lazy */
	return !is_next(l, "*+?{");
}

static bool alternatives(struct look *l, bool *is_empty);

/* Behind the parenthesis. */
static bool
group(struct look *l, bool *is_empty)
{
	if (++l->depth > MOST_DEPTH)
		return false;
	if (is_next(l, "?")) {
		if (l->end - l->s < 2 || l->s[1] != ':')
			return false;
		l->s += 2;
	}
	if (!alternatives(l, is_empty) || !is_next(l, ")"))
		return false;
	l->s++;
	l->depth--;
	return true;
}

/* One thing that matches, without its repetition. */
static bool
atom(struct look *l, bool *is_empty)
{
	unsigned char c = (unsigned char)*l->s++;

	*is_empty = false;
	switch (c) {
	case '\\':
		return escaped(l, false);
	case '[':
		return set(l);
	case '(':
		return group(l, is_empty);
	case '^':
	case '$':
		*is_empty = true;
		return !is_next(l, "*+?{");
	case '.':
		return true;
	default:
		break;
	}
	if (strchr("*+?{}]", c) || c < 0x20 || c == 0x7f)
		return false;
	while (l->s < l->end && (*l->s & 0xC0) == 0x80)
		l->s++; /* the rest of a character */
	return true;
}

static bool
sequence(struct look *l, bool *is_empty)
{
	bool one;

	*is_empty = true;
	while (l->s < l->end && *l->s != '|' && *l->s != ')') {
		if (!atom(l, &one) || !repetition(l, &one))
			return false;
		*is_empty = *is_empty && one;
	}
	return true;
}

static bool
alternatives(struct look *l, bool *is_empty)
{
	bool one;

	if (!sequence(l, is_empty))
		return false;
	while (is_next(l, "|")) {
		l->s++;
		if (!sequence(l, &one))
			return false;
		*is_empty = *is_empty || one;
	}
	return true;
}

/* Is all of it printable ASCII, or else beyond ASCII where that may be? */
static bool
is_fit(struct ev text, bool is_ascii)
{
	for (size_t i = 0; i < text.n; i++) {
		unsigned char c = (unsigned char)text.string[i];

		if (c < 0x20 || c == 0x7f || (c > 0x7f && is_ascii))
			return false;
	}
	return true;
}

static bool
test(struct erun *r, const struct enode *n, struct ev in, const struct ev *args,
    struct ev *v)
{
	enum pattern_result found;

	(void)args;
	if (in.kind != E_STRING)
		return ev_bad(
		    r, in, "cannot be matched, as it is not a string");
	if (!is_fit(in, n->slot))
		return ev_beyond(r);
	if (!r->patterns)
		r->patterns = pattern_work_new();
	found = pattern_match(n->pattern, r->patterns, in.string, in.n);
	if (found == PATTERN_GAVE_UP)
		return ev_fail(r, "the pattern takes too long");
	*v = ev_of_bool(found == PATTERN_YES);
	return true;
}

/* Only i, which turns letters of ASCII into each other on ASCII. */
static bool
are_known(struct ev flags)
{
	for (size_t i = 0; i < flags.n; i++)
		if (flags.string[i] != 'i')
			return false;
	return true;
}

bool
eregex_compile(
    struct enode *n, const struct ev *pattern, const struct ev *flags)
{
	struct look l = {
	    .s = pattern->string, .end = pattern->string + pattern->n};
	bool is_folded = flags && flags->n > 0, is_empty;
	struct buf text = {0}, why = {0};

	if (flags && !are_known(*flags))
		return false;
	if (is_folded && !is_fit(*pattern, true))
		return false;
	if (!alternatives(&l, &is_empty) || l.s < l.end)
		return false;
	if (is_folded)
		buf_adds(&text, "(?i)");
	buf_add(&text, pattern->string, pattern->n);
	n->pattern = pattern_new(
	    text.data ? text.data : "", text.len, PATTERN_PCRE, &why);
	buf_release(&text);
	buf_release(&why);
	n->apply = test;
	n->slot = is_folded || l.is_ascii;
	return n->pattern != NULL;
}
