/* lib/alert: texts escaped and cut, notifications in words, syslog, journal. */
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "alert/channel.h"
#include "alert/render.h"
#include "alert/syslog.h"
#include "core/slurp.h"
#include "core/utf8.h"
#include "core/xmem.h"
#include "unit.h"

static bool
shows(text_escape *escape, const char *s, size_t len, const char *want)
{
	struct buf out = {0};
	struct text t = {.out = &out, .escape = escape, .max = 10000};
	bool same;

	text_add(&t, s, len);
	same = is(out.data, out.len, want) && t.used == out.len && !t.is_cut;
	buf_release(&out);
	return same;
}

#define SHOWS(escape, s, want) ok(shows(escape, s, sizeof(s) - 1, want))

static void
test_escapes(void)
{
	test("text: what means something to Slack is escaped");
	SHOWS(text_slack, "<!channel> & <@U1|x> *b*",
	    "&lt;!channel&gt; &amp; &lt;@U1|x&gt; *b*");

	test("text: HTML, in text and in attributes");
	SHOWS(text_html, "</b>\"' onload='x' &lt;\n",
	    "&lt;/b&gt;&quot;&#39; onload=&#39;x&#39; &amp;lt;\n");
	SHOWS(text_html_lines, "a\nb<br>", "a<br>\nb&lt;br&gt;");

	test("text: Telegram: no tags, no mentions");
	SHOWS(text_telegram, "<b>@all &amp;\"",
	    "&lt;b&gt;@\xE2\x81\xA0"
	    "all &amp;amp;&quot;");

	test("text: Markdown: links, mentions, emphasis, code, quotes, lists");
	SHOWS(text_markdown, "[a](http://x) @everyone <@1> *b* `c` > # - \\",
	    "\\[a\\]\\(http\\://x\\) \\@everyone \\<\\@1\\> \\*b\\* \\`c\\` "
	    "\\> \\# \\- \\\\");

	test("text: ASCII where nothing else will do");
	SHOWS(text_ascii, "São \xF0\x9F\x98\x80\nx", "S?o ? x");

	test("text: NUL, ESC, CR, bidi controls and bytes that are no UTF-8");
	SHOWS(text_plain,
	    "a\0b\033[1m\r\nc\rd\x7F\xC2\x85\xE2\x80\xAE\xE2\x81\xA6\xFF\xC0"
	    "\xED\xA0\x80\xEF\xBF\xBE",
	    "a\xEF\xBF\xBD"
	    "b\xEF\xBF\xBD[1m\nc\nd\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD"
	    "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD"
	    "\xEF\xBF\xBD\xEF\xBF\xBD");
}

static bool
cuts(text_escape *escape, enum text_unit unit, const char *s, size_t max,
    const char *want)
{
	struct buf out = {0};
	struct text t = {
	    .out = &out, .escape = escape, .unit = unit, .max = max};
	bool same;

	text_adds(&t, s);
	text_adds(&t, "more");
	same = is(out.data, out.len, want) && t.is_cut &&
	       text_size(unit, out.data, out.len) <= max;
	buf_release(&out);
	return same;
}

static void
test_cuts(void)
{
	static const char face[] = "\xF0\x9F\x98\x80";

	test("text: it counts as the service does");
	ok(text_size(TEXT_BYTES, face, 4) == 4);
	ok(text_size(TEXT_CODE_POINTS, face, 4) == 1);
	ok(text_size(TEXT_UTF16, face, 4) == 2);
	ok(text_size(TEXT_UTF16, "\xC3\xA9", 2) == 1);

	test("text: cut at a character, and marked");
	ok(cuts(text_plain, TEXT_BYTES, "abcdefgh", 7, "abcd…"));
	ok(cuts(text_plain, TEXT_BYTES, "abcd\xF0\x9F\x98\x80z", 8, "abcd…"));
	ok(cuts(text_plain, TEXT_CODE_POINTS, "ééééé", 4, "ééé…"));
	ok(cuts(text_plain, TEXT_UTF16, "a\xF0\x9F\x98\x80\xF0\x9F\x98\x80", 4,
	    "a\xF0\x9F\x98\x80…"));

	test("text: no escape is cut in two");
	ok(cuts(text_slack, TEXT_BYTES, "a<<<", 9, "a&lt;…"));
	ok(cuts(text_markdown, TEXT_BYTES, "a***", 6, "a\\*…"));
	ok(cuts(text_ascii, TEXT_BYTES, "abcdefgh", 7, "abcd..."));

	test("text: what just fits is not cut; no room at all is no overrun");
	SHOWS(text_plain, "", "");
	ok(cuts(text_plain, TEXT_BYTES, "abcdef", 6, "abc…"));
	ok(cuts(text_plain, TEXT_BYTES, "abc", 1, "a"));
	ok(cuts(text_plain, TEXT_BYTES, "abc", 0, ""));
}

static void
test_long(void)
{
	enum { LEN = 1 << 20 };
	char *s = xcalloc(LEN, 1);
	struct buf out = {0};
	struct text t = {.out = &out, .escape = text_slack, .max = 3000};

	test("text: of a megabyte no more is taken than there is room for");
	memset(s, '<', LEN);
	text_add(&t, s, LEN);
	ok(t.is_cut && out.len <= 3000 && out.len > 2990 && out.cap < 10000);
	free(s);
	buf_release(&out);
}

static const char id[] =
    "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

static struct buf
text(const char *s)
{
	struct buf b = {0};

	buf_adds(&b, s);
	return b;
}

/* Two alerts; one of them is resolved. */
struct sample {
	struct notice notices[3];
	struct notice_label labels[2];
	struct notification n;
};

static void
make(struct sample *s)
{
	*s = (struct sample){0};
	s->labels[0] = (struct notice_label){"city", "Rio\r\n<b>", 8};
	s->labels[1] = (struct notice_label){"k", "a\0b", 3};
	for (size_t i = 0; i < 3; i++)
		s->notices[i] = (struct notice){.fingerprint = id,
		    .rule = "heat",
		    .severity = ALERT_CRITICAL,
		    .is_firing = i == 0,
		    .labels = s->labels,
		    .n_labels = i == 0 ? 2 : 0,
		    .title = text("hot & <b>\nvery"),
		    .body = text(i == 0 ? "line 1\nline 2" : ""),
		    .starts_at = 1767323045000,
		    .ends_at = i == 0 ? 0 : 1767323105000,
		    .reason = i == 0 ? "" : "timeout"};
	s->n = (struct notification){.receiver = "r",
	    .id = id,
	    .thread = id,
	    .group = "{\"rule\":\"heat\",\"z\":\"a\\u0000\\n\"}",
	    .notices = s->notices,
	    .n = 1,
	    .created_at = 1767323045000,
	    .note = ""};
	notification_finish(&s->n);
}

static void
release(struct sample *s)
{
	for (size_t i = 0; i < 3; i++) {
		buf_release(&s->notices[i].title);
		buf_release(&s->notices[i].body);
	}
	buf_release(&s->n.json);
}

static bool
titled(struct sample *s, const char *want)
{
	struct buf out = {0};
	bool same;

	render_title(&out, &s->n, &render_plain, 200);
	same = is(out.data, out.len, want);
	buf_release(&out);
	return same;
}

static void
test_titles(void)
{
	struct sample s;

	make(&s);
	test("render: titles say what happens");
	ok(titled(&s, "FIRING (critical): hot & <b> very"));
	s.n.cause = NOTIFICATION_REPEAT;
	ok(titled(&s, "STILL FIRING (critical): hot & <b> very"));
	s.n.cause = NOTIFICATION_ACKED;
	ok(titled(&s, "ACKED (critical): hot & <b> very"));
	s.n.n = 3;
	s.n.n_left_out = 4;
	s.n.cause = NOTIFICATION_DIGEST;
	ok(titled(&s, "DIGEST (critical), 7 alerts: hot & <b> very"));
	s.n.cause = NOTIFICATION_RESOLVED;
	s.notices[0].is_firing = false;
	notification_finish(&s.n);
	ok(titled(&s, "RESOLVED, 7 alerts: hot & <b> very"));
	release(&s);
}

static bool
told(struct sample *s, const struct render_style *style, size_t max,
    const char *want)
{
	struct buf out = {0};
	bool same;

	render_body(&out, &s->n, style, max);
	same = is(out.data, out.len, want) &&
	       text_size(style->unit, out.data, out.len) <= max;
	buf_release(&out);
	return same;
}

static void
test_bodies(void)
{
	static const struct render_style html = {
	    text_html_lines, TEXT_BYTES, "<b>", "</b>", "<br>\n"};
	struct sample s;

	make(&s);
	test("render: one alert: body, labels, time");
	ok(told(&s, &render_plain, 5000,
	    "line 1\nline 2\ncity: Rio <b>, k: a\xEF\xBF\xBD"
	    "b\nsince 2026-01-02T03:04:05Z"));

	test("render: several, with titles, in markup; a note");
	s.n.n = 2;
	s.n.n_left_out = 5;
	s.n.note = "fired and resolved <in> between";
	ok(told(&s, &html, 5000,
	    "<b>FIRING (critical): hot &amp; &lt;b&gt; very</b><br>\n"
	    "line 1<br>\nline 2<br>\ncity: Rio &lt;b&gt;, k: a\xEF\xBF\xBD"
	    "b<br>\nsince 2026-01-02T03:04:05Z<br>\n<br>\n"
	    "<b>RESOLVED: hot &amp; &lt;b&gt; very</b><br>\n"
	    "from 2026-01-02T03:04:05Z to 2026-01-02T03:05:05Z, timeout<br>\n"
	    "and 5 more<br>\n"
	    "fired and resolved &lt;in&gt; between"));

	test("render: alerts that do not fit are counted, not cut");
	s.n.note = "";
	ok(told(&s, &render_plain, 300,
	    "FIRING (critical): hot & <b> very\nline 1\nline 2\n"
	    "city: Rio <b>, k: a\xEF\xBF\xBD"
	    "b\nsince 2026-01-02T03:04:05Z\nand 6 more"));

	test("render: a digest counts by severity, and lists titles");
	s.n.cause = NOTIFICATION_DIGEST;
	s.n.n_left_out = 0;
	ok(told(&s, &render_plain, 5000,
	    "1 critical firing, 1 resolved\n"
	    "FIRING (critical): hot & <b> very\nRESOLVED: hot & <b> very"));
	release(&s);
}

static void
test_syslog(void)
{
	struct sample s;
	struct buf out = {0};

	test("syslog: values of structured data (RFC 5424, section 6.3.3)");
	syslog_add_value(&out, "a\"b]c\\d\n\xFF", 9);
	ok(is(out.data, out.len, "\"a\\\"b\\]c\\\\d \xEF\xBF\xBD\""));

	test("syslog: a message is one line, whatever the data");
	make(&s);
	out.len = 0;
	syslog_write(&out, &s.n, &s.notices[0], 23);
	ok(memcmp(out.data, "<186>1 2026-01-02T03:04:05Z ", 28) == 0);
	ok(utf8_is_valid(out.data, out.len));
	for (size_t i = 0; i < out.len; i++)
		ok((unsigned char)out.data[i] >= ' ');
	ok(syslog_severity(&s.notices[1]) == 5);

	test("journal: plain fields and binary ones");
	out.len = 0;
	journal_add(&out, "A", "x=y", 3);
	journal_add(&out, "B", "l1\nA=\0", 6);
	ok(out.len == 6 + 2 + 8 + 6 + 1);
	ok(memcmp(out.data, "A=x=y\nB\n\6\0\0\0\0\0\0\0l1\nA=\0\n", 23) == 0);
	buf_release(&out);
	release(&s);
}

/* Does a column of the row, which ends the line, hold the number? */
static bool
has_column(const char *row, uint32_t n)
{
	char column[32];
	const char *at;
	int len = snprintf(column, sizeof(column), " Ta %u", (unsigned)n);

	at = strstr(row, column);
	return at && !(at[len] >= '0' && at[len] <= '9');
}

/* Has the page's table a row with the limits of the channel? */
static bool
is_documented(const char *page, const struct channel *c)
{
	const uint32_t limits[] = {
	    c->limits.title, c->limits.body, c->limits.rate};
	char row[256], name[32];
	const char *at;

	snprintf(name, sizeof(name), ".It Cm %s Ta ", c->name);
	at = strstr(page, name);
	if (!at)
		return false;
	snprintf(row, sizeof(row), "%.*s", (int)strcspn(at, "\n"), at);
	for (size_t i = 0; i < 3; i++)
		if (limits[i] > 0 && !has_column(row, limits[i]))
			return false;
	return true;
}

static void
test_limits(void)
{
	struct buf page = {0};
	int fd = open("man/cdo-alerts.5", O_RDONLY | O_CLOEXEC);

	test("channels: the limits are those of the page, by name in order");
	ok(fd >= 0 && slurp(fd, 1 << 20, &page) == 0);
	buf_addc(&page, '\0');
	for (size_t i = 0; channels[i]; i++) {
		ok(is_documented(page.data, channels[i]));
		ok(i == 0 ||
		    strcmp(channels[i - 1]->name, channels[i]->name) < 0);
	}
	close(fd);
	buf_release(&page);
}

int
main(void)
{
	test_limits();
	test_escapes();
	test_cuts();
	test_long();
	test_titles();
	test_bodies();
	test_syslog();
	return done();
}
