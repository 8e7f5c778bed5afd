#include <string.h>

#include "alert/uri.h"
#include "http/sigv4.h"

void
uri_join(struct buf *out, const char *base, const char *path)
{
	size_t len = strlen(base);

	while (len > 0 && base[len - 1] == '/')
		len--;
	buf_add(out, base, len);
	buf_adds(out, path);
}

void
uri_add_field(struct buf *out, const char *name, const char *value, size_t len)
{
	if (out->len > 0)
		buf_addc(out, '&');
	buf_adds(out, name);
	buf_addc(out, '=');
	sigv4_encode(out, value, len, false);
}
