#ifndef HTTP_HEADERS_H
#define HTTP_HEADERS_H

#include <curl/curl.h>
#include <stdbool.h>

/*
 * headers - those of a request as curl wants them.  Private to http.
 */

/*
 * Collect headers ("Name: value", ends with NULL; may be NULL) in *list, to be
 * freed in any case.  is_elsewhere: only what any host may see.  Returns
 * false if one of them is malformed.
 */
bool headers_new(
    struct curl_slist **list, const char *const *headers, bool is_elsewhere);

#endif
