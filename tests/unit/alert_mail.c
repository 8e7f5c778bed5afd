/* lib/alert/mail, lib/http/smtp_talk: mails, byte for byte; what servers say.
 */
#include <stdlib.h>

#include "alert/mail.h"
#include "alert/mail_html.h"
#include "http/smtp.h"
#include "unit.h"

static void
test_addresses(void)
{
	static const char *const good[] = {"a@b", "a.b+c@example.org",
	    "o'neil@example.org", "x_1=2@xn--nxasmq6b.example", "A@B-C.d"};
	static const char *const bad[] = {"", "a", "@", "a@", "@b", "a@b@c",
	    "a b@c", "a@b c", ".a@b", "a.@b", "a..b@c", "a@b.", "a@.b",
	    "a@b..c", "\"a\"@b", "a@b\r\nRCPT TO:<c@d>", "a@b\n", "a\r@b",
	    "<a@b>", "a@b>", "a@b,c@d", "a(b)@c", "\xC3\xA9@b", "a@\xC3\xA9",
	    "a@[1.2.3.4]", "a\x7F@b"};
	char *name = NULL, *address = NULL;

	test("mail: addresses that are one, and others");
	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++)
		ok(mail_is_address(good[i]));
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		ok(!mail_is_address(bad[i]));

	test("mail: a name and an address");
	ok(mail_parse("Ops, day <a@b>", &name, &address));
	ok(strcmp(name, "Ops, day") == 0 && strcmp(address, "a@b") == 0);
	free(name);
	free(address);
	ok(mail_parse("\"Ops\" <a@b>", &name, &address));
	ok(strcmp(name, "Ops") == 0);
	free(name);
	free(address);
	ok(!mail_parse("x <a@b> y", &name, &address));
	ok(!mail_parse("x <a@b", &name, &address));
	ok(!mail_parse("<>", &name, &address));
	ok(!mail_parse("", &name, &address));
}

static bool
words(const char *s, const char *want)
{
	struct buf out = {0};
	bool same;

	mail_add_words(&out, 9, s, strlen(s));
	same = is(out.data, out.len, want);
	buf_release(&out);
	return same;
}

static bool
quoted(const char *s, size_t len, const char *want)
{
	struct buf out = {0};
	bool same;

	mail_add_quoted(&out, s, len);
	same = is(out.data, out.len, want);
	buf_release(&out);
	return same;
}

#define QUOTED(s, want) ok(quoted(s, sizeof(s) - 1, want))

static void
test_encodings(void)
{
	test("mail: subjects: as they are, folded, encoded (RFC 2047)");
	ok(words("Rio is hot", "Rio is hot"));
	ok(words(
	    "aaaaaaaaaaaaaaa bbbbbbbbbbbbbbbbbbbbbb cccccccccccccccccccccc "
	    "dddddddddddddddddddddd",
	    "aaaaaaaaaaaaaaa bbbbbbbbbbbbbbbbbbbbbb cccccccccccccccccccccc\r\n"
	    " dddddddddddddddddddddd"));
	ok(words("S\xC3\xA3o", "=?UTF-8?B?U8Ojbw==?="));
	ok(words("a\r\nBcc: b", "a Bcc: b"));
	ok(words("=?UTF-8?B?Zm9v?=", "=?UTF-8?B?PT9VVEYtOD9CP1ptOXY/PQ==?="));
	ok(words(" a", "=?UTF-8?B?IGE=?="));
	ok(words("\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3"
		 "\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9"
		 "\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9",
	    "=?UTF-8?B?w6nDqcOpw6nDqcOpw6nDqcOpw6nDqcOpw6nDqcOpw6nDqcOpw6k=?="
	    "\r\n =?UTF-8?B?w6nDqQ==?="));

	test("mail: parts are quoted-printable (RFC 2045, section 6.7)");
	QUOTED("a = b\n\xC3\xA9", "a =3D b\r\n=C3=A9\r\n");
	QUOTED("trailing \ntab\t", "trailing=20\r\ntab=09\r\n");
	QUOTED(".\nFrom me\n\n", "=2E\r\n=46rom me\r\n\r\n");
	QUOTED("a\0\r", "a=00=0D\r\n");
	QUOTED("", "");
	QUOTED(
	    "0123456789012345678901234567890123456789012345678901234567890123"
	    "456789012345678",
	    "012345678901234567890123456789012345678901234567890123456789012345"
	    "678901234=\r\n5678\r\n");
}

static void
test_mail(void)
{
	static const char *const to[] = {
	    "a@example.org", "b@example.org", NULL};
	struct buf out = {0}, subject = {0}, text = {0}, html = {0};
	const struct mail m = {.from = "cdo@example.org",
	    .from_name = "Ops\r\nBcc: x@y",
	    .to = to,
	    .subject = &subject,
	    .date = 1767323045000,
	    .id = "11111111112222222222333333333344444",
	    .thread = "5555555555666666666677777777778888888",
	    .text = &text,
	    .html = &html};

	test("mail: the whole of one");
	buf_adds(&subject, "Rio is hot");
	buf_adds(&text, "hot\n");
	buf_adds(&html, "<p>hot</p>\n");
	mail_write(&out, &m);
	ok(is(out.data, out.len,
	    "Date: Fri, 02 Jan 2026 03:04:05 +0000\r\n"
	    "From: =?UTF-8?B?T3BzIEJjYzogeEB5?=\r\n"
	    " <cdo@example.org>\r\n"
	    "To: a@example.org,\r\n b@example.org\r\n"
	    "Subject: Rio is hot\r\n"
	    "Message-ID: <11111111112222222222333333333344.cdo@example.org>\r\n"
	    "In-Reply-To: <55555555556666666666777777777788.cdo@example.org>"
	    "\r\n"
	    "References: <55555555556666666666777777777788.cdo@example.org>"
	    "\r\n"
	    "Auto-Submitted: auto-generated\r\n"
	    "X-Auto-Response-Suppress: All\r\n"
	    "MIME-Version: 1.0\r\n"
	    "Content-Type: multipart/alternative;\r\n"
	    " boundary=\"=_cdo_11111111112222222222333333333344\"\r\n\r\n"
	    "--=_cdo_11111111112222222222333333333344\r\n"
	    "Content-Type: text/plain; charset=utf-8\r\n"
	    "Content-Transfer-Encoding: quoted-printable\r\n\r\n"
	    "hot\r\n\r\n"
	    "--=_cdo_11111111112222222222333333333344\r\n"
	    "Content-Type: text/html; charset=utf-8\r\n"
	    "Content-Transfer-Encoding: quoted-printable\r\n\r\n"
	    "<p>hot</p>\r\n\r\n"
	    "--=_cdo_11111111112222222222333333333344--\r\n"));
	buf_release(&out);
	buf_release(&subject);
	buf_release(&text);
	buf_release(&html);
}

static void
command(struct smtp_talk *t, const char *s)
{
	smtp_talk_command(t, s, strlen(s));
}

static void
answer(struct smtp_talk *t, const char *s)
{
	smtp_talk_answer(t, s, strlen(s));
}

static void
test_talk(void)
{
	struct smtp_result r[3] = {{SMTP_TAKEN, ""}};
	struct smtp_talk t = {.results = r, .n_to = 3};

	test("smtp: answers go to the recipients that they are about");
	answer(&t, "220 hello\r\n");
	command(&t, "MAIL FROM:<a@b>\r\n");
	answer(&t, "250 OK\r\n");
	command(&t, "RCPT TO:<a@b>\r\n");
	answer(&t, "250 OK\r\n");
	command(&t, "RCPT TO:<c@d>\r\n");
	answer(&t, "550-first\r\n");
	answer(&t, "550 no\033[1m such\r\n");
	command(&t, "RCPT TO:<e@f>\r\n");
	answer(&t, "451\r\n");
	command(&t, "DATA\r\n");
	answer(&t, "554 not this\r\n");
	ok(r[0].class == SMTP_TAKEN && r[0].why[0] == '\0');
	ok(r[1].class == SMTP_PERMANENT);
	ok(strcmp(r[1].why, "SMTP 550: no?[1m such") == 0);
	ok(r[2].class == SMTP_TEMPORARY && strcmp(r[2].why, "SMTP 451") == 0);
	ok(t.code == 554 && strcmp(t.text, "SMTP 554: not this") == 0);

	test("smtp: nonsense, and more than was asked, harms nobody");
	answer(&t, "");
	answer(&t, "2x0 what");
	answer(&t, "99");
	command(&t, "RCPT TO:<one@too.many>\r\n");
	answer(&t, "250 OK\r\n");
	ok(t.n_asked == 3 && t.code == 250);
}

int
main(void)
{
	test_addresses();
	test_encodings();
	test_mail();
	test_talk();
	return done();
}
