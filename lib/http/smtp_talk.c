#include <stdio.h>
#include <string.h>

#include "http/smtp.h"

/* "SMTP 550: text" of an answer, cut and printable. */
static void
describe(char out[SMTP_WHY], int code, const char *text, size_t len)
{
	int at = snprintf(out, SMTP_WHY, "SMTP %d%s", code, len ? ": " : "");
	size_t n = (size_t)at;

	for (size_t i = 0; i < len && n + 1 < SMTP_WHY; i++)
		out[n++] = text[i] >= ' ' && text[i] <= '~' ? text[i] : '?';
	out[n] = '\0';
}

void
smtp_talk_command(struct smtp_talk *t, const char *line, size_t len)
{
	static const char rcpt[] = "RCPT TO:";

	t->is_rcpt = len > strlen(rcpt) &&
		     memcmp(line, rcpt, strlen(rcpt)) == 0 &&
		     t->n_asked < t->n_to;
	if (t->is_rcpt)
		t->n_asked++;
}

void
smtp_talk_answer(struct smtp_talk *t, const char *line, size_t len)
{
	struct smtp_result *r;
	int code = 0;

	while (len > 0 && (line[len - 1] == '\r' || line[len - 1] == '\n'))
		len--;
	for (size_t i = 0; i < 3; i++) {
		if (i >= len || line[i] < '0' || line[i] > '9')
			return;
		code = 10 * code + (line[i] - '0');
	}
	if (len > 3 && line[3] == '-')
		return; /* more lines follow */
	line += len > 3 ? 4 : 3;
	len -= len > 3 ? 4 : 3;
	if (!t->is_rcpt) {
		t->code = code;
		describe(t->text, code, line, len);
		return;
	}
	t->is_rcpt = false;
	r = &t->results[t->n_asked - 1];
	r->class = code / 100 == 5 ? SMTP_PERMANENT : SMTP_TEMPORARY;
	if (code / 100 == 2)
		r->class = SMTP_TAKEN;
	else
		describe(r->why, code, line, len);
}
