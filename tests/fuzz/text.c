/*
 * Any bytes as the text of an alert, for each service: what comes is UTF-8
 * within the limit, has nothing of its markup, and is whole or marked as cut.
 */
#include "alert/text.h"
#include "alert/syslog.h"
#include "core/utf8.h"
#include "fuzz.h"

static const struct {
	text_escape *escape;
	const char *never; /* characters that do not come from data */
} services[] = {{text_plain, ""}, {text_slack, "<>"}, {text_html, "<>\"'"},
    {text_html_lines, "\"'"}, {text_telegram, "<>\""}, {text_markdown, ""},
    {text_ascii, "\n\t"}};

static void
check(const struct text *t, const char *never)
{
	const struct buf *out = t->out;

	must(out->len == 0 || utf8_is_valid(out->data, out->len));
	must(text_size(t->unit, out->data, out->len) == t->used);
	must(t->used <= t->max);
	for (size_t i = 0; i < out->len; i++) {
		unsigned char c = (unsigned char)out->data[i];

		must(c >= ' ' || c == '\n' || c == '\t');
		must(!strchr(never, c));
		must(!t->is_line || c >= ' ');
	}
}

/* Each ASCII character that may be markup has a backslash before it. */
static void
check_markdown(const struct buf *out)
{
	for (size_t i = 0; i < out->len; i++) {
		if (out->data[i] == '\\')
			must(++i < out->len);
		else
			must(!strchr("*_~`<>[]()@#|", out->data[i]));
	}
}

static void
try(size_t service, const uint8_t *data, size_t size, size_t max, int flags)
{
	struct buf out = {0};
	struct text t = {.out = &out,
	    .escape = services[service].escape,
	    .unit = (enum text_unit)(flags % 3),
	    .max = max,
	    .is_line = flags / 3 % 2};
	size_t half = size / 2;

	text_add(&t, (const char *)data, half);
	text_add(&t, (const char *)data + half, size - half);
	if (services[service].escape != text_html_lines)
		check(&t, services[service].never);
	if (services[service].escape == text_markdown)
		check_markdown(&out);
	if (t.is_cut && max > 8 && services[service].escape != text_ascii)
		must(out.len >= 3 &&
		     memcmp(out.data + out.len - 3, "\xE2\x80\xA6", 3) == 0);
	buf_release(&out);
}

/* A value is one quoted string; a field has its length or no line end. */
static void
try_logs(const uint8_t *data, size_t size)
{
	struct buf out = {0};

	syslog_add_value(&out, (const char *)data, size);
	must(out.data[0] == '"' && out.data[out.len - 1] == '"');
	for (size_t i = 1; i + 1 < out.len; i++) {
		must(out.data[i] != '"' && out.data[i] != ']');
		i += out.data[i] == '\\';
	}
	out.len = 0;
	journal_add(&out, "A", (const char *)data, size);
	must(out.data[1] == '\n'
		 ? out.len == size + 11
		 : out.len == size + 3 && !memchr(out.data, '\n', out.len - 1));
	buf_release(&out);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t max;

	if (size < 2)
		return 0;
	max = data[0];
	for (size_t i = 0; i < sizeof(services) / sizeof(*services); i++)
		try(i, data + 2, size - 2, max, data[1]);
	try_logs(data + 2, size - 2);
	return 0;
}
