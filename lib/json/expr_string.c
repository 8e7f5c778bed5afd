#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/timestamp.h"
#include "core/utf8.h"
#include "json/expr_string.h"

#define TIME_MOST 253402300799.0 /* the last second of the year 9999 */
#define DIGITS_MOST 60 /* of a number in a string */

/* Where b is in a, or NULL. */
static const char *
find(const char *a, size_t n, struct ev b)
{
	const char *end = a + n;

	if (b.n == 0)
		return a;
	for (; (size_t)(end - a) >= b.n; a++) {
		a = memchr(a, b.string[0], (size_t)(end - a) - b.n + 1);
		if (!a)
			return NULL;
		if (memcmp(a, b.string, b.n) == 0)
			return a;
	}
	return NULL;
}

bool
estring_holds(struct erun *r, struct ev a, struct ev b)
{
	/* jq ends strings at a NUL here */
	if (memchr(a.string, '\0', a.n) || memchr(b.string, '\0', b.n))
		return ev_beyond(r);
	return find(a.string, a.n, b) != NULL;
}

/* Turn the letters from low to low + 25 into those by bits. */
static bool
turn(struct erun *r, struct ev in, char low, struct ev *v)
{
	char *s;

	if (in.kind != E_STRING)
		return ev_fail(r, "explode input must be a string");
	s = erun_take(r, in.n);
	for (size_t i = 0; i < in.n; i++) {
		char c = in.string[i];

		s[i] = c >= low && c <= low + 25 ? (char)(c ^ 0x20) : c;
	}
	*v = ev_of_string(s, in.n);
	return true;
}

bool
estring_downcase(struct erun *r, const struct enode *n, struct ev in,
    const struct ev *args, struct ev *v)
{
	(void)n;
	(void)args;
	return turn(r, in, 'A', v);
}

bool
estring_upcase(struct erun *r, const struct enode *n, struct ev in,
    const struct ev *args, struct ev *v)
{
	(void)n;
	(void)args;
	return turn(r, in, 'a', v);
}

static bool
begins(struct ev a, struct ev b)
{
	return a.kind == E_STRING && b.kind == E_STRING && b.n <= a.n &&
	       memcmp(a.string, b.string, b.n) == 0;
}

static bool
ends(struct ev a, struct ev b)
{
	return a.kind == E_STRING && b.kind == E_STRING && b.n <= a.n &&
	       memcmp(a.string + a.n - b.n, b.string, b.n) == 0;
}

bool
estring_startswith(struct erun *r, const struct enode *n, struct ev in,
    const struct ev *args, struct ev *v)
{
	(void)n;
	if (in.kind != E_STRING || args[0].kind != E_STRING)
		return ev_fail(r, "startswith() requires string inputs");
	*v = ev_of_bool(begins(in, args[0]));
	return true;
}

bool
estring_endswith(struct erun *r, const struct enode *n, struct ev in,
    const struct ev *args, struct ev *v)
{
	(void)n;
	if (in.kind != E_STRING || args[0].kind != E_STRING)
		return ev_fail(r, "endswith() requires string inputs");
	*v = ev_of_bool(ends(in, args[0]));
	return true;
}

bool
estring_ltrimstr(struct erun *r, const struct enode *n, struct ev in,
    const struct ev *args, struct ev *v)
{
	(void)r;
	(void)n;
	*v = in;
	if (begins(in, args[0])) {
		v->string += args[0].n;
		v->n -= args[0].n;
	}
	return true;
}

bool
estring_rtrimstr(struct erun *r, const struct enode *n, struct ev in,
    const struct ev *args, struct ev *v)
{
	(void)r;
	(void)n;
	*v = in;
	if (ends(in, args[0]))
		v->n -= args[0].n;
	return true;
}

bool
estring_split(struct erun *r, const struct enode *n, struct ev in,
    const struct ev *args, struct ev *v)
{
	const char *s, *end, *next;
	struct ev by = args[0], part;
	size_t from = r->stack.len;

	(void)n;
	if (in.kind != E_STRING || by.kind != E_STRING)
		return ev_fail(r, "split input and separator must be strings");
	s = in.string;
	end = s + in.n;
	for (; in.n > 0 && s; s = next ? next + by.n : NULL) {
		if (by.n > 0)
			next = find(s, (size_t)(end - s), by);
		else /* into characters */
			next = s + utf8_span(s, (size_t)(end - s));
		if (by.n == 0 && next == end)
			next = NULL;
		part = ev_of_string(s, (size_t)((next ? next : end) - s));
		buf_add(&r->stack, &part, sizeof(part));
		if (!erun_may_have(r, r->stack.len)) {
			r->stack.len = from;
			return false;
		}
	}
	*v = ev_array_of_stack(r, from);
	return true;
}

/* What an item of a list is joined as. */
static struct ev
joined(struct erun *r, struct ev item)
{
	struct buf text = {0};

	if (item.kind == E_NULL || item.kind == E_FALSE || item.kind == E_TRUE)
		return item.kind == E_NULL   ? ev_of_string("", 0)
		       : item.kind == E_TRUE ? ev_of_string("true", 4)
					     : ev_of_string("false", 5);
	if (item.kind == E_NUMBER) {
		ev_dump(r, &text, item);
		item = ev_copy_string(r, text.data, text.len);
		buf_release(&text);
	}
	return item;
}

/* Only strings by strings; jq adds what it finds. */
bool
estring_join(struct erun *r, const struct enode *n, struct ev in,
    const struct ev *args, struct ev *v)
{
	struct ev item;

	(void)n;
	if (in.kind != E_ARRAY || args[0].kind != E_STRING)
		return ev_beyond(r);
	in = ev_with_items(r, in);
	r->text.len = 0;
	for (size_t i = 0; i < in.n; i++) {
		item = joined(r, in.items[i]);
		if (item.kind != E_STRING)
			return ev_beyond(r);
		if (i > 0)
			buf_add(&r->text, args[0].string, args[0].n);
		buf_add(&r->text, item.string, item.n);
		if (!erun_may_have(r, r->text.len))
			return false;
	}
	*v = ev_copy_string(r, r->text.data, r->text.len);
	return true;
}

bool
estring_bytes(struct erun *r, const struct enode *n, struct ev in,
    const struct ev *args, struct ev *v)
{
	(void)n;
	(void)args;
	if (in.kind != E_STRING)
		return ev_bad(r, in, "only strings have UTF-8 byte length");
	*v = ev_of_number(in.n);
	return true;
}

bool
estring_tojson(struct erun *r, const struct enode *n, struct ev in,
    const struct ev *args, struct ev *v)
{
	(void)n;
	(void)args;
	r->text.len = 0;
	ev_dump(r, &r->text, in);
	if (!erun_may_have(r, r->text.len))
		return false;
	*v = ev_copy_string(r, r->text.data, r->text.len);
	return !r->is_beyond;
}

bool
estring_tostring(struct erun *r, const struct enode *n, struct ev in,
    const struct ev *args, struct ev *v)
{
	*v = in;
	return in.kind == E_STRING || estring_tojson(r, n, in, args, v);
}

static size_t
digits(const char *s)
{
	return strspn(s, "0123456789");
}

/* Is it a number as JSON has it, and maybe with zeros before it? */
static bool
is_number(const char *s)
{
	size_t n = digits(s += *s == '-');

	if (n == 0)
		return false;
	s += n;
	if (*s == '.') {
		n = digits(++s);
		if (n == 0)
			return false;
		s += n;
	}
	if (*s == 'e' || *s == 'E') {
		s++;
		n = digits(s += *s == '-' || *s == '+');
		if (n == 0)
			return false;
		s += n;
	}
	return *s == '\0';
}

bool
estring_tonumber(struct erun *r, const struct enode *n, struct ev in,
    const struct ev *args, struct ev *v)
{
	char text[DIGITS_MOST + 1];
	double x;

	(void)n;
	(void)args;
	*v = in;
	if (in.kind == E_NUMBER)
		return true;
	if (in.kind != E_STRING)
		return ev_bad(r, in, "cannot be parsed as a number");
	if (in.n > DIGITS_MOST)
		return ev_beyond(r);
	memcpy(text, in.string, in.n);
	text[in.n] = '\0';
	if (strlen(text) != in.n || !is_number(text))
		return ev_beyond(r);
	x = strtod(text, NULL);
	*v = ev_of_number(x);
	return isfinite(x) || ev_beyond(r);
}

bool
estring_todate(struct erun *r, const struct enode *n, struct ev in,
    const struct ev *args, struct ev *v)
{
	char text[TIMESTAMP_SIZE];
	size_t len;

	(void)n;
	(void)args;
	if (in.kind != E_NUMBER || !(in.number >= 0 && in.number <= TIME_MOST))
		return ev_beyond(r);
	len = timestamp_format((int64_t)in.number * 1000, text);
	*v = ev_copy_string(r, text, len);
	return true;
}

/* Only what is a date without doubt: 2026-11-24T15:37:39Z */
bool
estring_fromdate(struct erun *r, const struct enode *n, struct ev in,
    const struct ev *args, struct ev *v)
{
	static const char form[] = "dddd-dd-ddTdd:dd:ddZ";
	int64_t ms;

	(void)n;
	(void)args;
	if (in.kind != E_STRING || in.n != strlen(form))
		return ev_beyond(r);
	for (size_t i = 0; i < in.n; i++)
		if (form[i] == 'd' ? !isdigit((unsigned char)in.string[i])
				   : in.string[i] != form[i])
			return ev_beyond(r);
	if (in.string[0] < '1' || memcmp(in.string + 17, "60", 2) == 0 ||
	    !timestamp_parse(in.string, in.n, &ms))
		return ev_beyond(r);
	*v = ev_of_number((double)ms / 1000);
	return true;
}
