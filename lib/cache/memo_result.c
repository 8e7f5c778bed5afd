#include "store/entry.h"
#include "cache/memo.h"

/* version, status, three numbers of 8 bytes: made, took, length of the output;
 * then the output and the errors */
#define VERSION 1
#define HEAD ((size_t)26)

void
memo_write(struct buf *b, const struct memo_result *r)
{
	char head[HEAD] = {VERSION, (char)r->status};

	entry_put_time(head + 2, r->made_ms);
	entry_put_time(head + 10, r->took_ms);
	entry_put_time(head + 18, (int64_t)r->out_len);
	buf_add(b, head, sizeof(head));
	buf_add(b, r->out, r->out_len);
	buf_add(b, r->err, r->err_len);
}

bool
memo_read(const char *p, size_t len, struct memo_result *r)
{
	int64_t out_len;

	if (len < HEAD || p[0] != VERSION)
		return false;
	out_len = entry_get_time(p + 18);
	if (out_len < 0 || (uint64_t)out_len > len - HEAD)
		return false;
	*r = (struct memo_result){
	    .status = (unsigned char)p[1],
	    .made_ms = entry_get_time(p + 2),
	    .took_ms = entry_get_time(p + 10),
	    .out = p + HEAD,
	    .out_len = (size_t)out_len,
	    .err = p + HEAD + out_len,
	    .err_len = len - HEAD - (size_t)out_len,
	};
	return true;
}
