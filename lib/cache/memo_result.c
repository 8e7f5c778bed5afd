#include <string.h>

#include "cache/memo.h"
#include "store/entry.h"

/* version, status, two numbers of 8 bytes: made, took; then the parts, in
 * their order: stream (1 byte), length (8 bytes), bytes */
#define VERSION 2
#define HEAD ((size_t)18)
#define PART ((size_t)9)

void
memo_add_part(
    struct buf *parts, size_t *last, int stream, const char *data, size_t len)
{
	char head[PART] = {(char)stream};
	size_t had = parts->len > 0 ? parts->len - *last - PART : 0;

	if (parts->len == 0 || parts->data[*last] != head[0]) {
		*last = parts->len;
		had = 0;
		buf_add(parts, head, sizeof(head));
	}
	buf_add(parts, data, len);
	entry_put_time(parts->data + *last + 1, (int64_t)(had + len));
}

/* Step to the next part.  Returns false at the end, or where it breaks. */
static bool
next_part(const char **p, const char *end, int *stream, const char **data,
    size_t *len)
{
	int64_t n;

	if ((size_t)(end - *p) < PART)
		return false;
	n = entry_get_time(*p + 1);
	if (n < 0 || (uint64_t)n > (size_t)(end - *p) - PART)
		return false;
	*stream = (unsigned char)**p;
	*data = *p + PART;
	*len = (size_t)n;
	*p = *data + *len;
	return *stream == 1 || *stream == 2;
}

void
memo_each_part(const char *parts, size_t len, int streams,
    void (*emit)(int stream, const char *data, size_t len))
{
	const char *p = parts, *data;
	size_t n;
	int stream;

	while (next_part(&p, parts + len, &stream, &data, &n))
		if (stream & streams)
			emit(stream, data, n);
}

void
memo_write(struct buf *b, const struct memo_result *r)
{
	char head[HEAD] = {VERSION, (char)r->status};

	entry_put_time(head + 2, r->made_ms);
	entry_put_time(head + 10, r->took_ms);
	buf_add(b, head, sizeof(head));
	buf_add(b, r->parts, r->parts_len);
}

bool
memo_read(const char *p, size_t len, struct memo_result *r)
{
	const char *part = p + HEAD, *data;
	size_t n;
	int stream;

	if (len < HEAD || p[0] != VERSION)
		return false;
	while (next_part(&part, p + len, &stream, &data, &n))
		;
	if (part != p + len)
		return false;
	*r = (struct memo_result){
	    .status = (unsigned char)p[1],
	    .made_ms = entry_get_time(p + 2),
	    .took_ms = entry_get_time(p + 10),
	    .parts = p + HEAD,
	    .parts_len = len - HEAD,
	};
	return true;
}
