#include "store/entry.h"

#define SIGN ((uint64_t)1 << 63)

void
entry_put_time(char out[8], int64_t ms)
{
	uint64_t u = (uint64_t)ms ^ SIGN;

	for (size_t i = 8; i-- > 0; u >>= 8)
		out[i] = (char)(u & 0xff);
}

int64_t
entry_get_time(const char in[8])
{
	uint64_t u = 0;

	for (size_t i = 0; i < 8; i++)
		u = u << 8 | (unsigned char)in[i];
	return (int64_t)(u ^ SIGN);
}

void
entry_write(struct buf *out, const struct store_value *v)
{
	char head[ENTRY_HEADER] = {ENTRY_VERSION, 0};

	entry_put_time(head + 2, v->created);
	entry_put_time(head + 10, v->expires);
	entry_put_time(head + 18, v->stale_until);
	buf_add(out, head, sizeof(head));
	buf_add(out, v->data, v->len);
}

bool
entry_read(const char *p, size_t len, int64_t now, struct store_value *v)
{
	struct store_value e;

	if (len < ENTRY_HEADER || p[0] != ENTRY_VERSION || p[1] != 0)
		return false;
	e.created = entry_get_time(p + 2);
	e.expires = entry_get_time(p + 10);
	e.stale_until = entry_get_time(p + 18);
	if (e.stale_until < e.expires)
		return false;
	e.data = p + ENTRY_HEADER;
	e.len = len - ENTRY_HEADER;
	e.is_stale = now >= e.expires;
	*v = e;
	return true;
}

int64_t
entry_later(int64_t ms, int64_t span)
{
	if (ms > 0 && span > INT64_MAX - ms)
		return STORE_NEVER;
	return ms + span;
}
