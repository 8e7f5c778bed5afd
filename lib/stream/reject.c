#include <inttypes.h>
#include <string.h>

#include "core/base64.h"
#include "core/utf8.h"
#include "stream/reject.h"
#include "json/write.h"

static void
open_letter(struct buf *out, uint64_t line)
{
	buf_adds(out, "{\"line\":");
	jwrite_uint(out, line);
	buf_adds(out, ",\"errors\":[");
}

void
reject_record(struct buf *out, const struct record *r, const struct buf *errors,
    uint64_t n_more)
{
	open_letter(out, r->line);
	buf_add(out, errors->data, errors->len);
	buf_addc(out, ']');
	if (n_more > 0)
		jwrite_count(out, ",\"more\":", n_more);
	buf_adds(out, ",\"record\":");
	buf_add(out, r->text, r->len);
	buf_adds(out, "}\n");
}

/* {"rule":"malformed",...}: what broke, and where. */
static void
add_error(struct buf *out, const struct badline *b)
{
	const char *reason = jdoc_reason(b->why);

	buf_adds(out, "{\"rule\":\"malformed\",\"path\":\"\","
		      "\"keyword\":\"malformed\",\"severity\":\"error\","
		      "\"message\":");
	jwrite_string(out, reason, strlen(reason));
	buf_addf(out, ",\"column\":%" PRIu64 ",\"byte\":%" PRIu64 "}",
	    b->at + 1, b->offset + b->at);
}

void
reject_malformed(struct buf *out, const struct badline *b)
{
	size_t len = (size_t)b->len;

	open_letter(out, b->line);
	add_error(out, b);
	buf_addc(out, ']');
	if (b->text && utf8_is_valid(b->text, len)) {
		buf_adds(out, ",\"raw\":");
		jwrite_string(out, b->text, len);
	} else if (b->text) {
		buf_adds(out, ",\"raw_base64\":\"");
		base64_add(out, b->text, len);
		buf_addc(out, '"');
	}
	buf_adds(out, "}\n");
}
