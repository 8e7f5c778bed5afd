#ifndef HTTP_REDIRECT_H
#define HTTP_REDIRECT_H

#include <curl/curl.h>
#include <stdbool.h>

#include "http/http.h"

/*
 * redirect - whether to go where an answer points.  Private to http.
 */

/*
 * Is "to" of the same origin as "from": scheme, host and port, or the same
 * host by https where it was http, both by their usual ports?
 */
bool redirect_is_same(const char *from, const char *to);

/* The origin of a URL, "https://api.example.org:443", to be freed; or NULL if
 * that is no URL of a scheme that we know. */
char *redirect_origin(const char *url);

/*
 * Where the answer that easy holds sends us: a URL, to be freed; or NULL if
 * it is no redirect, or one that must not be followed: then r says so.
 */
char *redirect_target(
    CURL *easy, const struct http_request *q, struct http_result *r);

#endif
