#ifndef HTTP_FRESHNESS_H
#define HTTP_FRESHNESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/buf.h"

/*
 * freshness - how long an answer may be used again: RFC 9111 for a private
 * cache, and stale-if-error of RFC 5861.  Pure: headers and times in, a
 * verdict out.
 *
 * Times are ms since 1970, durations ms.  An age is counted from the Age that
 * came and the time since we asked, never from Date, so that a server whose
 * clock is wrong does not matter; Expires is compared with the server's own
 * Date.  What was kept at a time that is yet to come is not fresh: our clock
 * was set back, and nobody knows for how long it was kept.
 */

#define FRESHNESS_NONE (-1) /* a duration that is not told */
#define FRESHNESS_MAX (INT64_C(10) * 366 * 86400 * 1000) /* any duration */
#define FRESHNESS_HEURISTIC (INT64_C(24) * 3600 * 1000) /* at most */

/* Cache-Control, of an answer or a request. */
struct cache_control {
	bool no_store, no_cache, must_revalidate;
	int64_t max_age, stale_if_error; /* or FRESHNESS_NONE */
};

/* What counts of an answer; strings are lent, NULL: no such header. */
struct freshness_answer {
	int status;
	int64_t asked, came; /* when */
	const char *cache_control, *expires, *date, *age, *last_modified;
	const char *vary;
};

/* What the caller wants beyond what the server says. */
struct freshness_wish {
	int64_t ttl; /* in place of max-age and Expires; or FRESHNESS_NONE */
	int64_t
	    stale_if_error; /* in place of the server's; or FRESHNESS_NONE */
	bool is_forced; /* must-revalidate and no-cache do not forbid stale */
	bool is_heuristic; /* a tenth of the time since Last-Modified */
	unsigned per_mille; /* of a lifetime that count; 1000: all */
};

struct freshness {
	int64_t age;
	int64_t lifetime; /* 0: to be asked about each time */
	int64_t stale_for; /* after that, if asking fails; 0: not at all */
	bool is_fresh;
	bool is_usable_stale; /* now, instead of an error */
};

/*
 * Read a Cache-Control; NULL is none.  What is not known is passed over; of
 * several of a kind the strictest counts, a max-age that is no number is 0.
 */
void cache_control_read(struct cache_control *c, const char *value);

/*
 * Read an HTTP-date (RFC 9110, 5.6.7) in any of its three forms.
 * Returns whether it was one, and sets *ms.
 */
bool freshness_date(const char *s, int64_t *ms);

/* May an answer to a GET or HEAD be kept at all?  Its status is left out. */
bool freshness_is_storable(const struct freshness_answer *a);

/* What it is at the moment now. */
struct freshness freshness_judge(const struct freshness_answer *a,
    const struct freshness_wish *w, int64_t now);

/*
 * Append to key what tells answers of a URL apart: for each name in vary, in
 * lower case and sorted, the values in the request's headers ("Name: value",
 * ends with NULL; or NULL).  Names that repeat count once.
 * Returns false if it is "*".
 */
bool freshness_vary(
    struct buf *key, const char *vary, const char *const *headers);

/* Is that a header of an answer that may be kept?  Not what belongs to a
 * connection, sets a cookie, or asks for credentials. */
bool freshness_keeps(const char *name, size_t len);

/* Does one that comes with a 304 take the place of the kept one (RFC 9111,
 * 3.2)?  Not what is said of a body. */
bool freshness_updates(const char *name, size_t len);

#endif
