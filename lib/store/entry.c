#include "store/entry.h"

#define SIGN ((uint64_t)1 << 63)

/* Nothing is created earlier or later than 8,900 years from 1970; so chance
 * bytes hardly ever are an entry. */
#define FAR ((int64_t)1 << 48)

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
entry_head(char out[ENTRY_HEADER], const struct store_value *v)
{
	out[0] = ENTRY_VERSION;
	out[1] = v->is_plain ? ENTRY_PLAIN : 0;
	entry_put_time(out + 2, v->created);
	entry_put_time(out + 10, v->expires);
	entry_put_time(out + 18, v->stale_until);
}

void
entry_put_life(char *entry, int64_t ms)
{
	entry_put_time(entry + 10, ms);
	entry_put_time(entry + 18, ms);
}

void
entry_write(struct buf *out, const struct store_value *v)
{
	char head[ENTRY_HEADER];

	entry_head(head, v);
	buf_add(out, head, sizeof(head));
	buf_add(out, v->data, v->len);
}

bool
entry_read(const char *p, size_t len, int64_t now, struct store_value *v)
{
	struct store_value e;

	if (len < ENTRY_HEADER || p[0] != ENTRY_VERSION ||
	    (p[1] != 0 && p[1] != ENTRY_PLAIN))
		return false;
	e.created = entry_get_time(p + 2);
	e.expires = entry_get_time(p + 10);
	e.stale_until = entry_get_time(p + 18);
	if (e.stale_until < e.expires || e.created < -FAR || e.created > FAR)
		return false;
	e.data = p + ENTRY_HEADER;
	e.len = len - ENTRY_HEADER;
	e.is_stale = now >= e.expires;
	e.is_plain = p[1] == ENTRY_PLAIN;
	*v = e;
	return true;
}

bool
entry_is(const char *p, size_t len)
{
	struct store_value v;

	return entry_read(p, len, 0, &v) && !v.is_plain;
}

int64_t
entry_later(int64_t ms, int64_t span)
{
	if (ms > 0 && span > INT64_MAX - ms)
		return STORE_NEVER;
	return ms + span;
}
