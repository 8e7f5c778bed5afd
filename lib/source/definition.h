#ifndef SOURCE_DEFINITION_H
#define SOURCE_DEFINITION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "http/auth.h"
#include "http/http.h"
#include "source/decode.h"
#include "source/template.h"
#include "state/rate.h"
#include "json/doc.h"
#include "json/path.h"

/*
 * definition - a source file (cdo-sources.5): how to ask, and what of the
 * answers is a record.
 *
 * It is only read once loaded; threads share it.  Expressions are kept as
 * text, compiled once to see that they are some: each thread has its own.
 * Secrets are references until definition_unlock.  A number of 0 or -1 is
 * "not said" where the file may leave it out.
 */

/* A text to be filled in. */
struct slot {
	struct template template; /* empty if it is a secret */
	const char *reference, *prefix; /* lent by the document; or NULL */
	char *secret; /* with its prefix; owned; NULL until unlocked */
};

/* A member of params, headers or form; several may have the same name. */
struct param {
	const char *name; /* lent */
	struct slot value;
};

struct params {
	struct param *all; /* owned */
	size_t n;
};

enum page_kind {
	PAGE_NONE,
	PAGE_PAGE,
	PAGE_OFFSET,
	PAGE_CURSOR,
	PAGE_HEADER,
	PAGE_NEXT_URL,
	PAGE_LINK,
	PAGE_S3
};

extern const char *const page_kinds[]; /* "none" ..., ends with NULL */

enum page_place { PAGE_IN_QUERY, PAGE_IN_BODY, PAGE_IN_HEADER };

struct pages {
	int kind, in; /* enum page_kind, page_place */
	const char *param, *size_param, *name, *rel; /* lent; or NULL */
	const char *token; /* expressions, as are these; cursor, next_url */
	const char *has_more, *total, *total_pages;
	uint64_t start, size; /* UINT64_MAX: not said */
	uint64_t max_pages, max_records, max_bytes; /* UINT64_MAX: none */
	int on_empty; /* 1: goes on */
};

enum cursor_type { CURSOR_TIMESTAMP, CURSOR_INTEGER, CURSOR_STRING };
enum cursor_order { CURSOR_NONE, CURSOR_ASC, CURSOR_DESC };
enum cursor_format { CURSOR_RFC3339, CURSOR_DATE, CURSOR_UNIX, CURSOR_UNIX_MS };

struct incremental {
	const char *field; /* NULL: there is no cursor */
	struct jpath path; /* owned */
	const char *param, *end_param; /* or NULL */
	int type, order, format;
	const json_t *start, *end; /* as they stand there; or NULL */
	int64_t lookback; /* ms, or a number */
	int64_t step_ms; /* 0: one window */
};

enum status_action {
	STATUS_DEFAULT,
	STATUS_IGNORE,
	STATUS_RETRY,
	STATUS_FAIL,
	STATUS_REFRESH
};

struct definition {
	struct doc doc;
	bool is_unlocked;
	bool is_bare; /* it is but a URL: -x sees whole bodies */
	const char *name; /* lent, as are all const char * here */
	char *stem; /* name of the file, without endings; owned */
	const char *description, *documentation;

	const char *method; /* NULL: GET, or POST with a body */
	struct template url;
	struct params params, headers, form;
	const json_t *body; /* or NULL */
	struct slot *body_secrets; /* owned: those that stand in it */
	size_t n_body_secrets;
	struct auth *auth; /* owned; or NULL */
	bool is_idempotent;
	int redirects; /* enum http_redirects */
	const json_t *allow_origins; /* array of strings, or one, or NULL */

	const json_t *vars; /* an object, or NULL */
	json_t *rows; /* owned: array of objects; NULL: no "for" */

	int format; /* enum format */
	bool csv_strings;
	const char *records, *map; /* or NULL */
	const json_t *sample; /* or NULL */

	struct pages pages;
	struct incremental cursor;

	bool is_cached;
	int64_t ttl_ms, stale_if_error_ms; /* -1 */
	int64_t negative_ttl_ms; /* 0 */
	bool is_heuristic, is_forced;
	struct rate_rule rate; /* of zeros: none */
	const char *breaker; /* a name that several share; or NULL */
	const char *quota_remaining, *quota_reset; /* headers; or NULL */
	int quota_form; /* enum origin_reset */
	int64_t retries; /* -1 */
	int64_t retry_delay_ms, timeout_ms, deadline_ms; /* 0 */
	uint64_t max_size; /* 0 */
	uint64_t parse_retries;
	uint8_t on_status[600]; /* enum status_action; by status */
};

/* A value of a cursor. */
struct cursor_value {
	int type; /* enum cursor_type */
	int64_t n; /* milliseconds, or the integer */
	const char *text; /* of a string; lent */
};

/* Read start or end; now is for those that count from it.  Returns whether v
 * is one. */
bool cursor_bound(const struct incremental *c, const json_t *v, int64_t now,
    struct cursor_value *out);

/*
 * Load a source file by its path or name; see core/share.
 * Returns 0, or EX_NOINPUT, EX_IOERR or EX_CONFIG after its diagnostics; d is
 * to be released in any case.
 */
int definition_load(struct definition *d, const char *name);

/* The same from len bytes of text; name is for messages. */
int definition_parse(
    struct definition *d, const char *name, const char *text, size_t len);

/* One of nothing but a URL.  what: it is called so in messages. */
void definition_of_url(struct definition *d, const char *url, const char *what);

/* Read the secrets.  tokens: a directory for what they are changed for, or
 * NULL; see auth.  Returns 0, or EX_CONFIG after telling which one is not to be
 * had.  The second time it does nothing. */
int definition_unlock(struct definition *d, const char *tokens);

/* Free the contents.  Safe to call twice. */
void definition_release(struct definition *d);

/* What slots are called where the secret must not be seen: "{env:NAME}". */
void slot_show(const struct slot *s, struct buf *out);

#endif
