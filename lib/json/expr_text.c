/* expr_value: values as text, and errors. */
#include <float.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <jv.h>

#include "core/utf8.h"
#include "json/expr_value.h"
#include "json/write.h"

#define WHOLE_MAX 1e15 /* below it, jq writes integers as such */
#define SHOWN 14 /* bytes of a value in an error */

/* How a value is written, and where. */
struct writer {
	struct erun *run;
	struct buf *out;
	size_t most; /* bytes; what is behind them may be left out */
	bool is_dump; /* as jq's tostring */
	unsigned depth;
};

/* jq's own digits are not those of write.h: 1e-07 and 12345678901234567000. */
static void
dump_number(struct buf *out, double x)
{
	jv text;

	if (x == floor(x) && fabs(x) < WHOLE_MAX && (x != 0 || !signbit(x))) {
		jwrite_int(out, (int64_t)x);
		return;
	}
	text = jv_dump_string(jv_number(x), 0);
	buf_adds(out, jv_string_value(text));
	jv_free(text);
}

static void
write_number(struct writer *w, double x)
{
	if (w->is_dump)
		dump_number(w->out, x);
	else
		jwrite_double(w->out, isinf(x) ? copysign(DBL_MAX, x) : x);
}

/* jq also escapes DEL. */
static void
dump_string(struct buf *out, const char *s, size_t len)
{
	struct buf quoted = {0};
	const char *p, *end;

	if (!memchr(s, 0x7f, len)) {
		jwrite_string(out, s, len);
		return;
	}
	jwrite_string(&quoted, s, len);
	end = quoted.data + quoted.len;
	for (p = quoted.data; p < end; p++) {
		if (*p == 0x7f)
			buf_adds(out, "\\u007f");
		else
			buf_addc(out, *p);
	}
	buf_release(&quoted);
}

static void
write_string(struct writer *w, struct ev v)
{
	size_t len = v.n;

	/* no byte of a string becomes less than a byte */
	if (len > w->most)
		len = utf8_cut(v.string, len, w->most);
	if (w->is_dump)
		dump_string(w->out, v.string, len);
	else
		jwrite_string(w->out, v.string, len);
}

static void write_any(struct writer *w, struct ev v);

static void
write_items(struct writer *w, struct ev v)
{
	bool is_object = v.kind == E_OBJECT;

	if (w->depth++ == EV_DEPTH)
		ev_beyond(w->run);
	if (w->run->is_beyond)
		return;
	v = ev_with_items(w->run, v);
	buf_addc(w->out, is_object ? '{' : '[');
	for (size_t i = 0; i < v.n && w->out->len < w->most; i++) {
		if (i > 0)
			buf_addc(w->out, is_object && i % 2 ? ':' : ',');
		write_any(w, v.items[i]);
	}
	buf_addc(w->out, is_object ? '}' : ']');
	w->depth--;
}

static void
write_any(struct writer *w, struct ev v)
{
	switch (v.kind) {
	case E_NULL:
		buf_adds(w->out, "null");
		return;
	case E_FALSE:
		buf_adds(w->out, "false");
		return;
	case E_TRUE:
		buf_adds(w->out, "true");
		return;
	case E_NUMBER:
		write_number(w, v.number);
		return;
	case E_STRING:
		write_string(w, v);
		return;
	default:
		write_items(w, v);
	}
}

void
ev_write(struct erun *r, struct buf *out, struct ev v)
{
	struct writer w = {.run = r, .out = out, .most = ERUN_MEMORY};

	write_any(&w, v);
}

void
ev_dump(struct erun *r, struct buf *out, struct ev v)
{
	struct writer w = {
	    .run = r, .out = out, .most = ERUN_MEMORY, .is_dump = true};

	write_any(&w, v);
}

bool
ev_fail(struct erun *r, const char *fmt, ...)
{
	char words[256];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(words, sizeof(words), fmt, ap);
	va_end(ap);
	r->error = ev_copy_string(r, words, strlen(words));
	return false;
}

/* Append len bytes; a character that was cut becomes U+FFFD. */
static void
add_cut(struct buf *out, const char *s, size_t len)
{
	size_t n = 0;

	while (n < len) {
		size_t span = utf8_span(s + n, len - n);

		if (span == 0)
			break;
		n += span;
	}
	buf_add(out, s, n);
	if (n < len)
		buf_adds(out, "\xef\xbf\xbd");
}

/* Append "number (1)". */
static void
describe(struct erun *r, struct buf *out, struct ev v)
{
	struct buf text = {0};
	struct writer w = {
	    .run = r, .out = &text, .most = 2 * SHOWN, .is_dump = true};

	write_any(&w, v);
	buf_adds(out, ev_kind_name(v));
	buf_adds(out, " (");
	if (text.len > SHOWN) {
		add_cut(out, text.data, SHOWN - 3);
		buf_adds(out, "...");
	} else {
		buf_add(out, text.data, text.len);
	}
	buf_addc(out, ')');
	buf_release(&text);
}

/* The error is what is gathered in text. */
static bool
fail_with(struct erun *r, struct buf *text)
{
	r->error = ev_copy_string(r, text->data, text->len);
	buf_release(text);
	return false;
}

bool
ev_bad(struct erun *r, struct ev v, const char *what)
{
	struct buf text = {0};

	describe(r, &text, v);
	buf_addc(&text, ' ');
	buf_adds(&text, what);
	return fail_with(r, &text);
}

bool
ev_bad_pair(struct erun *r, struct ev a, struct ev b, const char *what)
{
	struct buf text = {0};

	describe(r, &text, a);
	buf_adds(&text, " and ");
	describe(r, &text, b);
	buf_addc(&text, ' ');
	buf_adds(&text, what);
	return fail_with(r, &text);
}

bool
ev_bad_between(
    struct erun *r, const char *before, struct ev v, const char *behind)
{
	struct buf text = {0};

	buf_adds(&text, before);
	describe(r, &text, v);
	buf_adds(&text, behind);
	return fail_with(r, &text);
}
