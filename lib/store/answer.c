#include "store/answer.h"

/* The type, a number, CR LF. */
static void
add_head(struct buf *b, char type, int64_t n)
{
	uint64_t rest = n < 0 ? 0 - (uint64_t)n : (uint64_t)n;
	char text[24], *p = text + sizeof(text);

	*--p = '\n';
	*--p = '\r';
	do
		*--p = (char)('0' + rest % 10);
	while ((rest /= 10) > 0);
	if (n < 0)
		*--p = '-';
	*--p = type;
	buf_add(b, p, (size_t)(text + sizeof(text) - p));
}

void
answer_bulk(struct buf *b, const void *p, size_t len)
{
	add_head(b, '$', (int64_t)len);
	buf_add(b, p, len);
	buf_add(b, "\r\n", 2);
}

void
answer_null(struct buf *b)
{
	buf_adds(b, "$-1\r\n");
}

void
answer_number(struct buf *b, int64_t n)
{
	add_head(b, ':', n);
}

void
answer_array(struct buf *b, size_t n)
{
	add_head(b, '*', (int64_t)n);
}
