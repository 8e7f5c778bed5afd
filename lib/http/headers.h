#ifndef HTTP_HEADERS_H
#define HTTP_HEADERS_H

#include <curl/curl.h>
#include <stdbool.h>

/*
 * headers - those of a request as curl wants them, and those of an answer.
 * Private to http.
 */

/*
 * Collect headers ("Name: value", ends with NULL; may be NULL) in *list, to be
 * freed in any case.  is_elsewhere: only what any host may see.  gzip is
 * asked for unless they say what else will do.  Returns false if one of them
 * is malformed.
 */
bool headers_new(
    struct curl_slist **list, const char *const *headers, bool is_elsewhere);

/* How a body is encoded. */
enum headers_coding { HEADERS_PLAIN, HEADERS_GZIP, HEADERS_FOREIGN };

/* As the answer's header says. */
enum headers_coding headers_coding(CURL *easy);

/* The value of a header of the answer, or NULL.  Lent. */
const char *headers_get(CURL *easy, const char *name);

#endif
