#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "core/xmem.h"
#include "http/headers.h"

static bool
is_of(const char *header, const char *name)
{
	return strncasecmp(header, name, strlen(name)) == 0;
}

/* What a host we were only sent to may see. */
static bool
is_harmless(const char *header)
{
	static const char *const names[] = {
	    "Accept:", "Accept-Language:", "User-Agent:", NULL};

	for (size_t i = 0; names[i]; i++)
		if (is_of(header, names[i]))
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
    struct curl_slist **list, const char *const *headers, bool is_elsewhere)
{
	bool is_told = false; /* which encodings will do */

	*list = NULL;
	append(list, "Expect:"); /* no round trip before a body */
	for (const char *const *h = headers; h && *h; h++) {
		if (!is_header(*h))
			return false;
		if (is_elsewhere && !is_harmless(*h))
			continue;
		append(list, *h);
		is_told |= is_of(*h, "Accept-Encoding:");
	}
	if (!is_told)
		append(list, "Accept-Encoding: gzip");
	return true;
}

const char *
headers_get(CURL *easy, const char *name)
{
	struct curl_header *h;

	if (curl_easy_header(easy, name, 0, CURLH_HEADER, -1, &h) != CURLHE_OK)
		return NULL;
	return h->value;
}

enum headers_coding
headers_coding(CURL *easy)
{
	static const char *const names[] = {
	    "gzip", "x-gzip", "identity", "", NULL};
	struct curl_header *h;

	if (curl_easy_header(
		easy, "Content-Encoding", 0, CURLH_HEADER, -1, &h) != CURLHE_OK)
		return HEADERS_PLAIN;
	for (size_t i = 0; h->amount == 1 && names[i]; i++)
		if (strcasecmp(h->value, names[i]) == 0)
			return i < 2 ? HEADERS_GZIP : HEADERS_PLAIN;
	return HEADERS_FOREIGN;
}
