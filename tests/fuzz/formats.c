/*
 * Any string as each format.  What is one by the stricter of two formats is
 * one by the other.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/timestamp.h"
#include "core/utf8.h"
#include "schema/format.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool
is(const char *name, const char *s, size_t len)
{
	return format_check(format_find(name), s, len);
}

static void
implies(const char *strict, const char *loose, const char *s, size_t len)
{
	if (is(strict, s, len) && !is(loose, s, len))
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	/* so that a byte read beyond the end is noticed */
	char *s = malloc(size + 1);
	const char *text = s + 1;
	int64_t ms;

	if (!s)
		return 0;
	if (size > 0)
		memcpy(s + 1, data, size);
	if (utf8_is_valid(text, size)) {
		for (const char *const *name = format_list(); *name; name++)
			is(*name, text, size);
		implies("email", "idn-email", text, size);
		implies("hostname", "idn-hostname", text, size);
		implies("uri", "uri-reference", text, size);
		implies("uri", "iri", text, size);
		implies("uri-reference", "iri-reference", text, size);
		implies("iri", "iri-reference", text, size);
		if ((is("date-time", text, size) || is("date", text, size)) &&
		    !timestamp_parse(text, size, &ms))
			abort();
	}
	free(s);
	return 0;
}
