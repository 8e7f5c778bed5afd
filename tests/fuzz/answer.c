/*
 * Any bytes as the lines of a header: each value is one line of text, found
 * whatever the case of its name; and as a Retry-After and its Date.
 */
#include <ctype.h>

#include "fuzz.h"
#include "http/answer.h"
#include "http/retry.h"

#define YEAR_MS (INT64_C(366) * 86400000)

/* The name of a line, in capitals; or NULL. */
static char *
name_of(const char *line, size_t len)
{
	const char *colon = memchr(line, ':', len);
	char *name;

	if (!colon || colon == line || memchr(line, '\0', len))
		return NULL;
	for (const char *p = line; p < colon; p++)
		if (!isgraph((unsigned char)*p) && (unsigned char)*p < 0x80)
			return NULL;
	name = xstrndup(line, (size_t)(colon - line));
	for (char *p = name; *p; p++)
		*p = (char)toupper((unsigned char)*p);
	return name;
}

static void
take(struct answer *a, const char *line, size_t len)
{
	bool is_status = len >= 5 && strncmp(line, "HTTP/", 5) == 0;
	char *name = name_of(line, len);
	const char *value;

	answer_line(a, line, len);
	must(answer_status(a) >= 0 && answer_status(a) <= 999);
	if (name && !is_status) {
		value = answer_get(a, name);
		must(value && *value != ' ' && !strchr(value, '\n'));
	}
	free(name);
}

static void
check_told(const char *value, const char *date)
{
	int64_t ms = http_retry_after_ms(value, date, 1700000000000);

	must(ms >= -1 && ms <= YEAR_MS);
	must(http_retry_after_ms(value, NULL, 0) <= YEAR_MS);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct answer *a = answer_new();
	char *text = xstrndup((const char *)data, size);
	char *lf = strchr(text, '\n');

	for (size_t i = 0, len; i < size; i += len) {
		const char *end = memchr(data + i, '\n', size - i);

		len =
		    end ? (size_t)(end - (const char *)data) + 1 - i : size - i;
		take(a, (const char *)data + i, len);
	}
	answer_free(a);
	if (lf)
		*lf++ = '\0';
	check_told(text, lf);
	free(text);
	return 0;
}
