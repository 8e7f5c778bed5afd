#ifndef HTTP_HEADERS_H
#define HTTP_HEADERS_H

#include <curl/curl.h>
#include <stdbool.h>
#include <stdint.h>

#include "http/answer.h"
#include "http/http.h"
#include "http/unpack.h"

/*
 * headers - those of a request as curl wants them, and those of an answer.
 * Private to http.
 */

/*
 * Collect q's headers in *list, to be freed in any case.  is_elsewhere: only
 * what any host may see, and what q carries.  What we can unpack is asked for
 * unless they say what else will do.  Returns false if one of them is
 * malformed.
 */
bool headers_new(
    struct curl_slist **list, const struct http_request *q, bool is_elsewhere);

/* How the body is packed, as the answer says.  Returns false if it is so in a
 * way that we did not ask for. */
bool headers_coding(const struct answer *a, enum unpack_coding *coding);

/* Read an HTTP-date.  Returns ms since 1970, or -1 if it is none. */
int64_t headers_date_ms(const char *date);

#endif
