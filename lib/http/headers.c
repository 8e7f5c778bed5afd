#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "core/xmem.h"
#include "http/headers.h"

/* What a host we were only sent to may see. */
static bool
is_harmless(const char *header)
{
	static const char *const names[] = {
	    "Accept:", "Accept-Language:", "User-Agent:", NULL};

	for (size_t i = 0; names[i]; i++)
		if (strncasecmp(header, names[i], strlen(names[i])) == 0)
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
	*list = NULL;
	append(list, "Expect:"); /* no round trip before a body */
	for (const char *const *h = headers; h && *h; h++) {
		if (!is_header(*h))
			return false;
		if (!is_elsewhere || is_harmless(*h))
			append(list, *h);
	}
	return true;
}
