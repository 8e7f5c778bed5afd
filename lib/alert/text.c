#include <string.h>

#include "alert/text.h"
#include "core/utf8.h"

#define REPLACEMENT 0xFFFD
#define ELLIPSIS 0x2026
#define WORD_JOINER "\xE2\x81\xA0"

static size_t
put(char *out, const char *s)
{
	size_t len = strlen(s);

	memcpy(out, s, len);
	return len;
}

size_t
text_plain(uint32_t c, char *out)
{
	return utf8_encode(c, out);
}

size_t
text_slack(uint32_t c, char *out)
{
	switch (c) {
	case '&':
		return put(out, "&amp;");
	case '<':
		return put(out, "&lt;");
	case '>':
		return put(out, "&gt;");
	default:
		return utf8_encode(c, out);
	}
}

size_t
text_html(uint32_t c, char *out)
{
	if (c == '"')
		return put(out, "&quot;");
	if (c == '\'')
		return put(out, "&#39;");
	return text_slack(c, out);
}

size_t
text_html_lines(uint32_t c, char *out)
{
	return c == '\n' ? put(out, "<br>\n") : text_html(c, out);
}

size_t
text_telegram(uint32_t c, char *out)
{
	if (c == '@')
		return put(out, "@" WORD_JOINER);
	return c == '"' ? put(out, "&quot;") : text_slack(c, out);
}

size_t
text_markdown(uint32_t c, char *out)
{
	size_t n = 0;

	if (c > ' ' && c < 0x7F && strchr("\\`*_~|<>#@[]():&-", (int)c))
		out[n++] = '\\';
	return n + utf8_encode(c, out + n);
}

size_t
text_ascii(uint32_t c, char *out)
{
	if (c == ELLIPSIS)
		return put(out, "...");
	*out = '?';
	if (c == '\n' || c == '\t')
		*out = ' ';
	else if (c >= ' ' && c < 0x7F)
		*out = (char)c;
	return 1;
}

size_t
text_size(enum text_unit unit, const char *s, size_t len)
{
	size_t n = 0;

	if (unit == TEXT_BYTES)
		return len;
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)s[i];

		n += (c & 0xC0) != 0x80;
		n += unit == TEXT_UTF16 && c >= 0xF0;
	}
	return n;
}

/* Does it end a line, hide, or turn what follows it around? */
static bool
is_harmful(uint32_t c)
{
	return (c < ' ' && c != '\n' && c != '\t') || (c >= 0x7F && c < 0xA0) ||
	       c == 0x2028 || c == 0x2029 || (c >= 0x202A && c <= 0x202E) ||
	       (c >= 0x2066 && c <= 0x2069) || (c & 0xFFFE) == 0xFFFE;
}

/* Append one character, or cut. */
static void
add_char(struct text *t, uint32_t c)
{
	char escaped[TEXT_ESCAPED], mark[TEXT_ESCAPED];
	size_t len = t->escape(c, escaped);
	size_t n = text_size(t->unit, escaped, len);
	size_t mark_len = t->escape(ELLIPSIS, mark);
	size_t n_mark = text_size(t->unit, mark, mark_len);

	if (t->used + n_mark <= t->max) {
		t->cut_len = t->out->len;
		t->cut_used = t->used;
	}
	if (t->used + n <= t->max) {
		buf_add(t->out, escaped, len);
		t->used += n;
		return;
	}
	t->is_cut = true;
	if (t->cut_used + n_mark > t->max)
		return;
	t->out->len = t->cut_len;
	buf_add(t->out, mark, mark_len);
	t->used = t->cut_used + n_mark;
}

void
text_add(struct text *t, const char *s, size_t len)
{
	size_t span;

	if (t->used == 0) { /* what stands before is not this text's to cut */
		t->cut_len = t->out->len;
		t->cut_used = 0;
	}
	for (size_t i = 0; i < len && !t->is_cut; i += span) {
		uint32_t c = REPLACEMENT;

		span = utf8_span(s + i, len - i);
		if (span > 0)
			c = utf8_decode(s + i, span);
		else
			span = 1;
		if (c == '\r' && i + 1 < len && s[i + 1] == '\n')
			continue;
		if (c == '\r')
			c = '\n';
		if (t->is_line && (c == '\n' || c == '\t'))
			c = ' ';
		add_char(t, is_harmful(c) ? REPLACEMENT : c);
	}
}

void
text_adds(struct text *t, const char *s)
{
	text_add(t, s, strlen(s));
}

void
text_own(struct text *t, const char *s, bool is_end)
{
	size_t len = strlen(s);

	if (t->is_cut && !is_end)
		return;
	buf_add(t->out, s, len);
	t->used += text_size(t->unit, s, len);
	t->cut_len = t->out->len;
	t->cut_used = t->used;
}
