#ifndef HTTP_REQUEST_H
#define HTTP_REQUEST_H

#include <curl/curl.h>

#include "http/http.h"

/*
 * request - what is asked for, as curl wants it.  Private to http.
 */

/* Forget what easy was set up for, and let it ask for url with q's method,
 * body and limits.  url and headers are lent until it has. */
void request_set_up(CURL *easy, const struct http_request *q, const char *url,
    const struct curl_slist *headers);

#endif
