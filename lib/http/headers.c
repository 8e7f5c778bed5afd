#include <ctype.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "core/xmem.h"
#include "http/headers.h"

#define DATE_MAX_S INT64_C(253402300799) /* the year 9999 */

static bool
is_of(const char *header, const char *name)
{
	size_t len = strlen(name);

	return strncasecmp(header, name, len) == 0 && header[len] == ':';
}

/* What a host we were only sent to may see. */
static bool
is_harmless(const char *header, const char *const *carried)
{
	static const char *const names[] = {
	    "Accept", "Accept-Language", "User-Agent", NULL};

	for (size_t i = 0; names[i]; i++)
		if (is_of(header, names[i]))
			return true;
	for (size_t i = 0; carried && carried[i]; i++)
		if (is_of(header, carried[i]))
			return true;
	return false;
}

static bool
is_header(const char *s)
{
	if (*s == ':' || !strchr(s, ':'))
		return false;
	for (; *s; s++)
		if (iscntrl((unsigned char)*s) && *s != '\t')
			return false;
	return true;
}

static void
append(struct curl_slist **list, const char *header)
{
	struct curl_slist *longer = curl_slist_append(*list, header);

	if (!longer)
		xmem_fail();
	*list = longer;
}

bool
headers_new(
    struct curl_slist **list, const struct http_request *q, bool is_elsewhere)
{
	bool is_told = false; /* which encodings will do */

	*list = NULL;
	append(list, "Expect:"); /* no round trip before a body */
	for (const char *const *h = q->headers; h && *h; h++) {
		if (!is_header(*h))
			return false;
		if (is_elsewhere && !is_harmless(*h, q->carried))
			continue;
		append(list, *h);
		is_told |= is_of(*h, "Accept-Encoding");
	}
	if (!is_told)
		append(list, "Accept-Encoding: gzip, zstd");
	return true;
}

bool
headers_coding(const struct answer *a, enum unpack_coding *coding)
{
	static const struct {
		const char *name;
		enum unpack_coding coding;
	} codings[] = {{"gzip", UNPACK_GZIP}, {"x-gzip", UNPACK_GZIP},
	    {"zstd", UNPACK_ZSTD}, {"identity", UNPACK_PLAIN},
	    {"", UNPACK_PLAIN}};
	const char *told = answer_get(a, "Content-Encoding");

	*coding = UNPACK_PLAIN;
	if (!told)
		return true;
	for (size_t i = 0; i < sizeof(codings) / sizeof(*codings); i++)
		if (strcasecmp(told, codings[i].name) == 0) {
			*coding = codings[i].coding;
			return true;
		}
	return false;
}

int64_t
headers_date_ms(const char *date)
{
	time_t s = curl_getdate(date, NULL);

	return s < 0 || s > DATE_MAX_S ? -1 : (int64_t)s * 1000;
}
