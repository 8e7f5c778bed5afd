/*
 * Any bytes as all that a mail is made of: lines end with CR LF and are short,
 * all is ASCII, there are as many headers as there should be, and no address
 * that passes can end a line.
 */
#include "alert/mail.h"
#include "fuzz.h"

/* Up to the next byte FE, which no text has, or the end. */
static struct buf
piece(const uint8_t **data, size_t *size)
{
	const uint8_t *end = *size ? memchr(*data, 0xFE, *size) : NULL;
	size_t n = end ? (size_t)(end - *data) : *size;
	struct buf b = {0};

	buf_add(&b, *data, n);
	*data += n;
	*size -= n;
	if (end) {
		(*data)++;
		(*size)--;
	}
	return b;
}

static void
check(const struct buf *out)
{
	size_t column = 0, n_headers = 0;
	bool in_head = true;

	for (size_t i = 0; i < out->len; i++) {
		char c = out->data[i];

		must((c >= ' ' && c <= '~') || c == '\r' || c == '\n' ||
		     c == '\t');
		must((c == '\r') ==
		     (i + 1 < out->len && out->data[i + 1] == '\n'));
		if (c == '\n') {
			must(i > 0 && out->data[i - 1] == '\r');
			in_head = in_head && column > 0;
			column = 0;
			continue;
		}
		if (c == '\r')
			continue;
		n_headers += in_head && column == 0 && c != ' ';
		must(++column <= 78);
	}
	must(n_headers == 11);
}

static void
check_address(const struct buf *b)
{
	struct buf s = {0};
	char *name, *address;

	buf_add(&s, b->data, b->len);
	buf_addc(&s, '\0');
	if (mail_is_address(s.data))
		must(strpbrk(s.data, "\r\n <>,\"") == NULL);
	if (mail_parse(s.data, &name, &address)) {
		must(mail_is_address(address));
		free(name);
		free(address);
	}
	buf_release(&s);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const to[] = {"a@example.org", "b@c", NULL};
	struct buf subject = piece(&data, &size), name = piece(&data, &size);
	struct buf text = piece(&data, &size), html = piece(&data, &size);
	struct buf out = {0};
	struct mail m = {.from = "cdo@example.org",
	    .to = to,
	    .subject = &subject,
	    .id = "0123456789abcdef0123456789abcdef",
	    .thread = "fedcba9876543210fedcba9876543210",
	    .text = &text,
	    .html = &html};

	check_address(&subject);
	buf_addc(&name, '\0');
	m.from_name = name.data;
	mail_write(&out, &m);
	check(&out);
	buf_release(&subject);
	buf_release(&name);
	buf_release(&text);
	buf_release(&html);
	buf_release(&out);
	return 0;
}
