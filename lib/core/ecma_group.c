/* ECMA-262, 22.2.1: parentheses. */
#include <string.h>

#include "core/ecma_private.h"

/* An open parenthesis. */
struct level {
	size_t out; /* where it begins there */
	unsigned modifiers; /* to be restored */
	size_t n_captures; /* before it */
	bool is_assertion; /* which cannot be repeated */
};

/* The modifiers between "(?" and ":", such as i-ms. */
static bool
modifiers(struct ecma *e)
{
	static const char letters[] = "ims";
	const char *at = e->s - 2;
	unsigned seen = 0, on = 0;
	bool is_off = false;

	for (; e->s < e->end && *e->s != ':'; e->s++) {
		const char *letter = *e->s ? strchr(letters, *e->s) : NULL;
		unsigned bit = letter ? 1U << (letter - letters) : 0;

		if (*e->s == '-' && !is_off)
			is_off = true;
		else if (!bit || (seen & bit))
			return ecma_wrong(e, at, "unknown kind of group");
		seen |= bit;
		on |= is_off ? 0 : bit;
	}
	if (e->s == e->end || (is_off && !seen))
		return ecma_wrong(e, at, "unknown kind of group");
	e->s++;
	e->modifiers = (e->modifiers & ~seen) | on;
	buf_adds(
	    e->out, seen & ECMA_I ? (on & ECMA_I ? "(?i:" : "(?-i:") : "(?:");
	return true;
}

/* What follows "(?". */
static bool
special_group(struct ecma *e, struct level *level)
{
	static const char *const assertions[] = {"=", "!", "<=", "<!"};
	struct buf name = {0};
	size_t left = (size_t)(e->end - e->s);
	bool is_good;

	for (size_t i = 0; i < 4; i++) {
		size_t n = strlen(assertions[i]);

		if (left >= n && memcmp(e->s, assertions[i], n) == 0) {
			buf_addf(e->out, "(?%s", assertions[i]);
			e->s += n;
			level->is_assertion = true;
			return true;
		}
	}
	if (left == 0 || *e->s != '<')
		return modifiers(e);
	e->s++;
	is_good = ecma_group_name(e, &name);
	buf_release(&name);
	buf_addc(e->out, '(');
	return is_good;
}

bool
ecma_open(struct ecma *e)
{
	struct level level = {e->out->len, e->modifiers, e->n_captures, false};

	e->term.is_there = false;
	e->s++;
	if (e->s == e->end || *e->s != '?') {
		buf_addc(e->out, '(');
	} else {
		e->s++;
		if (!special_group(e, &level))
			return false;
	}
	e->n_captures += e->out->data[e->out->len - 1] == '(';
	buf_add(&e->levels, &level, sizeof(level));
	return true;
}

bool
ecma_close(struct ecma *e)
{
	struct level level;

	if (e->levels.len == 0)
		return ecma_wrong(e, e->s, "unmatched )");
	e->s++;
	e->levels.len -= sizeof(level);
	memcpy(&level, e->levels.data + e->levels.len, sizeof(level));
	e->modifiers = level.modifiers;
	buf_addc(e->out, ')');
	e->term = (struct ecma_term){
	    !level.is_assertion, e->n_captures > level.n_captures, level.out};
	return true;
}
