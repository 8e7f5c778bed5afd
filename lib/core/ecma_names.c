/* ECMA-262, 22.2.1: groups and their names. */
#include "core/ecma_private.h"
#include "core/pattern.h"
#include "core/utf8.h"
#include "core/xmem.h"

/* IdentifierName, 12.7: what is not ASCII is looked up. */
static bool
is_identifier(const struct buf *name)
{
	static const char words[] =
	    "^[$_\\p{ID_Start}][$\\p{ID_Continue}\\x{200c}\\x{200d}]*$";
	struct buf why = {0};
	struct pattern *p;
	struct pattern_work *w;
	bool is;

	p = pattern_new(words, sizeof(words) - 1, PATTERN_PCRE, &why);
	w = pattern_work_new();
	is = p && pattern_match(p, w, name->data, name->len) == PATTERN_YES;
	pattern_work_free(w);
	pattern_free(p);
	buf_release(&why);
	return is;
}

bool
ecma_group_name(struct ecma *e, struct buf *name)
{
	const char *at = e->s;
	char utf8[4];

	while (e->s < e->end && *e->s != '>') {
		bool is_escape = *e->s == '\\';
		uint32_t c = ecma_next(e);

		if (is_escape && (e->s == e->end || *e->s != 'u'))
			break;
		if (is_escape && !ecma_character(e, &c))
			return false;
		if (c >= 0xD800 && c <= 0xDFFF)
			break;
		buf_add(name, utf8, utf8_encode(c, utf8));
	}
	if (e->s == e->end || *e->s != '>' || !is_identifier(name))
		return ecma_wrong(e, at, "not the name of a group");
	e->s++;
	return true;
}

/* A parenthesis, s being behind it. */
static bool
note_group(struct ecma *e)
{
	struct buf name = {0};
	const char *at = e->s;
	bool is_good = true;
	void **number;

	if (e->s < e->end && *e->s != '?') {
		e->n_groups++;
		return true;
	}
	if (e->end - e->s < 3 || e->s[1] != '<' || e->s[2] == '=' ||
	    e->s[2] == '!') {
		e->n_groups += e->s == e->end;
		return true;
	}
	e->s += 2;
	e->n_groups++;
	is_good = ecma_group_name(e, &name);
	if (is_good) {
		number = map_put(&e->names, name.data, name.len);
		if (*number)
			is_good =
			    ecma_wrong(e, at, "a second group of that name");
		else
			*number = xmalloc(sizeof(e->n_groups));
		*(size_t *)*number = e->n_groups;
	}
	buf_release(&name);
	return is_good;
}

bool
ecma_groups(struct ecma *e)
{
	bool in_class = false;

	while (e->s < e->end) {
		char c = *e->s++;

		if (c == '\\' && e->s < e->end)
			e->s++;
		else if (c == '[')
			in_class = true;
		else if (c == ']')
			in_class = false;
		else if (c == '(' && !in_class && !note_group(e))
			return false;
	}
	e->s = e->start;
	return true;
}
