#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "alert/mail.h"
#include "alert/text.h"
#include "core/base64.h"
#include "core/utf8.h"
#include "core/xmem.h"

#define LINE_MAX_BYTES 76 /* of encoded text (RFC 2045, RFC 2047) */
#define SUBJECT_MAX 1024 /* bytes that are looked at */

/* RFC 5322, section 3.2.3. */
static bool
is_atext(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') ||
	       (c != '\0' && strchr("!#$%&'*+-/=?^_`{|}~", c));
}

static bool
is_domain_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') || c == '-';
}

/* Parts of such characters with dots between them? */
static bool
is_dotted(const char *s, size_t len, bool (*is_part)(char c))
{
	if (len == 0 || s[0] == '.' || s[len - 1] == '.')
		return false;
	for (size_t i = 0; i < len; i++)
		if (!(s[i] == '.' ? s[i + 1] != '.' : is_part(s[i])))
			return false;
	return true;
}

bool
mail_is_address(const char *s)
{
	const char *at = strrchr(s, '@');
	size_t local = at ? (size_t)(at - s) : 0;

	return at && local <= 64 && strlen(s) <= MAIL_ADDRESS_MAX &&
	       is_dotted(s, local, is_atext) &&
	       is_dotted(at + 1, strlen(at + 1), is_domain_char);
}

bool
mail_parse(const char *s, char **name, char **address)
{
	const char *open = strrchr(s, '<');
	size_t len = strlen(s), end;
	char *inner;

	if (!open) {
		if (!mail_is_address(s))
			return false;
		*name = xstrndup("", 0);
		*address = xstrndup(s, len);
		return true;
	}
	if (s[len - 1] != '>')
		return false;
	inner = xstrndup(open + 1, (size_t)(s + len - 1 - (open + 1)));
	if (!mail_is_address(inner)) {
		free(inner);
		return false;
	}
	for (end = (size_t)(open - s); end > 0 && s[end - 1] == ' '; end--)
		;
	if (end >= 2 && s[0] == '"' && s[end - 1] == '"')
		*name = xstrndup(s + 1, end - 2);
	else
		*name = xstrndup(s, end);
	*address = inner;
	return true;
}

/* The text on one line of valid, harmless UTF-8. */
static void
clean(struct buf *out, const char *s, size_t len)
{
	struct text t = {.out = out,
	    .escape = text_plain,
	    .max = SUBJECT_MAX,
	    .is_line = true};

	text_add(&t, s, len);
}

/* Can it stand as it is, folded at spaces? */
static bool
is_simple(const char *s, size_t len)
{
	size_t word = 0;

	if (len == 0 || s[0] == ' ' || s[len - 1] == ' ')
		return false;
	for (size_t i = 0; i < len; i++) {
		word = s[i] == ' ' ? 0 : word + 1;
		if (s[i] < ' ' || s[i] > '~' || word > 60 ||
		    (s[i] == ' ' && s[i + 1] == ' ') ||
		    (s[i] == '=' && i + 1 < len && s[i + 1] == '?'))
			return false;
	}
	return true;
}

static void
add_folded(struct buf *out, size_t column, const char *s, size_t len)
{
	size_t word;

	for (size_t i = 0; i < len; i += word) {
		for (word = 1; i + word < len && s[i + word] != ' '; word++)
			;
		if (column + word > LINE_MAX_BYTES && s[i] == ' ') {
			buf_adds(out, "\r\n");
			column = 0;
		}
		buf_add(out, s + i, word);
		column += word;
	}
}

/* Encoded words, at most 75 characters each, none with part of a character. */
static void
add_encoded(struct buf *out, size_t column, const char *s, size_t len)
{
	static const char start[] = "=?UTF-8?B?", end[] = "?=";
	size_t frame = strlen(start) + strlen(end), n;

	for (size_t i = 0; i < len; i += n) {
		size_t room = column + frame + 8 < LINE_MAX_BYTES
				  ? LINE_MAX_BYTES - column - frame
				  : 0;

		n = room > 0 ? utf8_cut(s + i, len - i, room / 4 * 3) : 0;
		if (n == 0) { /* the next line */
			n = utf8_cut(s + i, len - i,
			    (LINE_MAX_BYTES - 1 - frame) / 4 * 3);
			buf_adds(out, "\r\n ");
		}
		buf_adds(out, start);
		base64_add(out, s + i, n);
		buf_adds(out, end);
		column = LINE_MAX_BYTES;
	}
}

void
mail_add_words(struct buf *out, size_t column, const char *s, size_t len)
{
	struct buf text = {0};

	clean(&text, s, len);
	if (is_simple(text.data, text.len))
		add_folded(out, column, text.data, text.len);
	else
		add_encoded(out, column, text.data, text.len);
	buf_release(&text);
}

/* How a byte at that place of a line is written; 1 or 3 bytes. */
static size_t
quote(const char *s, size_t len, bool is_first, char out[4])
{
	unsigned char c = (unsigned char)*s;
	bool at_end = len == 1 || s[1] == '\n';
	bool is_plain = (c > ' ' && c <= '~' && c != '=') ||
			((c == ' ' || c == '\t') && !at_end);

	/* "From " and a lone dot mean something to some on the way */
	if (is_plain && !(is_first && (c == 'F' || c == '.'))) {
		out[0] = (char)c;
		return 1;
	}
	snprintf(out, 4, "=%02X", c);
	return 3;
}

void
mail_add_quoted(struct buf *out, const char *s, size_t len)
{
	size_t column = 0, n;
	char bytes[4];

	for (size_t i = 0; i < len; i++) {
		if (s[i] == '\n') {
			buf_adds(out, "\r\n");
			column = 0;
			continue;
		}
		n = quote(s + i, len - i, column == 0, bytes);
		if (column + n > LINE_MAX_BYTES - 1) {
			buf_adds(out, "=\r\n");
			column = 0;
			n = quote(s + i, len - i, true, bytes);
		}
		buf_add(out, bytes, n);
		column += n;
	}
	if (column > 0)
		buf_adds(out, "\r\n");
}

static void
add_date(struct buf *out, int64_t ms)
{
	static const char days[] = "SunMonTueWedThuFriSat";
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	time_t seconds = (time_t)(ms / 1000);
	struct tm tm;

	gmtime_r(&seconds, &tm);
	buf_addf(out, "Date: %.3s, %02d %.3s %04d %02d:%02d:%02d +0000\r\n",
	    days + 3 * (tm.tm_wday % 7), tm.tm_mday,
	    months + 3 * (tm.tm_mon % 12), tm.tm_year + 1900, tm.tm_hour,
	    tm.tm_min, tm.tm_sec);
}

static void
add_addresses(struct buf *out, const struct mail *m)
{
	buf_adds(out, "From: ");
	if (m->from_name && *m->from_name != '\0') {
		struct buf name = {0};

		clean(&name, m->from_name, strlen(m->from_name));
		add_encoded(out, strlen("From: "), name.data, name.len);
		buf_addf(out, "\r\n <%s>\r\nTo: ", m->from);
		buf_release(&name);
	} else {
		buf_addf(out, "%s\r\nTo: ", m->from);
	}
	for (size_t i = 0; m->to[i]; i++)
		buf_addf(out, "%s%s", i > 0 ? ",\r\n " : "", m->to[i]);
	buf_adds(out, "\r\n");
}

/* Half of the digits are enough, and fit on the line. */
static void
add_id(struct buf *out, const char *name, const char *id, const struct mail *m)
{
	buf_addf(
	    out, "%s: <%.32s.cdo@%s>\r\n", name, id, strrchr(m->from, '@') + 1);
}

static void
add_part(struct buf *out, const struct mail *m, const char *type,
    const struct buf *part)
{
	buf_addf(out,
	    "--=_cdo_%.32s\r\n"
	    "Content-Type: %s; charset=utf-8\r\n"
	    "Content-Transfer-Encoding: quoted-printable\r\n\r\n",
	    m->id, type);
	mail_add_quoted(out, part->data, part->len);
	buf_adds(out, "\r\n");
}

void
mail_write(struct buf *out, const struct mail *m)
{
	add_date(out, m->date);
	add_addresses(out, m);
	buf_adds(out, "Subject: ");
	mail_add_words(
	    out, strlen("Subject: "), m->subject->data, m->subject->len);
	buf_adds(out, "\r\n");
	add_id(out, "Message-ID", m->id, m);
	add_id(out, "In-Reply-To", m->thread, m);
	add_id(out, "References", m->thread, m);
	/* "=_" never stands in quoted-printable text: nor does the boundary */
	buf_addf(out,
	    "Auto-Submitted: auto-generated\r\n"
	    "X-Auto-Response-Suppress: All\r\n"
	    "MIME-Version: 1.0\r\n"
	    "Content-Type: multipart/alternative;\r\n"
	    " boundary=\"=_cdo_%.32s\"\r\n\r\n",
	    m->id);
	add_part(out, m, "text/plain", m->text);
	add_part(out, m, "text/html", m->html);
	buf_addf(out, "--=_cdo_%.32s--\r\n", m->id);
}
