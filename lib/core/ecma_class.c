/* ECMA-262, 22.2.1: character classes. */
#include "core/ecma_private.h"
#include "core/utf8.h"

void
ecma_add(struct buf *out, uint32_t c)
{
	bool is_word = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
		       (c >= 'a' && c <= 'z');

	if (is_word) {
		buf_addc(out, (char)c);
	} else if (c > ' ' && c < 0x7F) {
		buf_addc(out, '\\');
		buf_addc(out, (char)c);
	} else {
		buf_addf(out, "\\x{%x}", (unsigned)c);
	}
}

bool
ecma_add_range(struct buf *out, uint32_t low, uint32_t high)
{
	if (low >= 0xD800 && low <= 0xDFFF)
		low = 0xE000;
	if (high >= 0xD800 && high <= 0xDFFF)
		high = 0xD7FF;
	if (low > high)
		return false;
	ecma_add(out, low);
	if (low < high) {
		buf_addc(out, '-');
		ecma_add(out, high);
	}
	return true;
}

/* One end of a range, or a set, which is appended. */
static bool
class_atom(struct ecma *e, uint32_t *c, bool *is_set)
{
	*is_set = false;
	if (*e->s != '\\') {
		*c = ecma_next(e);
		return true;
	}
	e->s++;
	if (ecma_is_set(e)) {
		*is_set = true;
		return ecma_set(e, true);
	}
	if (e->s < e->end && (*e->s == 'b' || *e->s == '-')) {
		*c = *e->s++ == 'b' ? '\b' : '-';
		return true;
	}
	return ecma_character(e, c);
}

/* a, a-b or \d.  Sets *is_empty to false if anything was appended. */
static bool
class_item(struct ecma *e, bool *is_empty)
{
	const char *at = e->s;
	uint32_t low = 0, high;
	bool is_set, is_set_too = false;

	if (!class_atom(e, &low, &is_set))
		return false;
	high = low;
	if (e->end - e->s >= 2 && e->s[0] == '-' && e->s[1] != ']') {
		e->s++;
		if (!class_atom(e, &high, &is_set_too))
			return false;
		if (is_set || is_set_too)
			return ecma_wrong(e, at, "a set is no end of a range");
		if (low > high)
			return ecma_wrong(e, at, "range out of order");
	}
	if (is_set || ecma_add_range(e->out, low, high))
		*is_empty = false;
	return true;
}

bool
ecma_class(struct ecma *e)
{
	const char *at = e->s++;
	size_t start = e->out->len;
	bool is_negated = e->s < e->end && *e->s == '^', is_empty = true;

	e->s += is_negated;
	buf_adds(e->out, is_negated ? "[^" : "[");
	while (e->s < e->end && *e->s != ']')
		if (!class_item(e, &is_empty))
			return false;
	if (e->s == e->end)
		return ecma_wrong(e, at, "class without an end");
	e->s++;
	if (is_empty) {
		e->out->len = start;
		buf_adds(e->out, is_negated ? "." : ECMA_NEVER);
	} else {
		buf_addc(e->out, ']');
	}
	return true;
}
