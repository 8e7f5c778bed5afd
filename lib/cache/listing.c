#include <string.h>

#include "cache/listing.h"
#include "core/base64.h"
#include "core/timestamp.h"
#include "core/utf8.h"

static void
add_time(struct buf *b, const char *name, int64_t ms)
{
	char time[TIMESTAMP_SIZE];

	timestamp_format(ms, time);
	buf_addf(b, ms == STORE_NEVER ? ",\"%s\":null" : ",\"%s\":\"%s\"", name,
	    time);
}

void
listing_add(struct buf *b, const char *key, const struct store_value *v)
{
	if (utf8_is_valid(key, strlen(key))) {
		buf_adds(b, "{\"key\":");
		buf_add_quoted(b, key, strlen(key));
	} else {
		buf_adds(b, "{\"key_base64\":\"");
		base64_add(b, key, strlen(key));
		buf_addc(b, '"');
	}
	buf_addf(b, ",\"size\":%zu", v->len);
	add_time(b, "created", v->created);
	add_time(b, "expires", v->expires);
	buf_adds(b, "}\n");
}
