#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "core/buf.h"
#include "core/diag.h"
#include "core/num.h"
#include "core/secret.h"
#include "core/xmem.h"
#include "source/load.h"
#include "source/url.h"
#include "json/expr.h"

/* Members that need more than a table. */
struct raw {
	struct definition *d; /* the rest goes there */
	const char *url, *rate;
	const json_t *params, *headers, *form, *rows, *pages, *cursor, *cache,
	    *statuses, *quota, *auth;
};

static const char *const redirects[] = {"same", "any", "none", NULL};

#define AT(member) offsetof(struct definition, member)
#define OWN(name, type, member) \
	{ \
		name, type, AT(member), false, NULL \
	}
/* behind the definition in one block of memory */
#define RAW(name, type, member) \
	{ \
		name, type, \
		    sizeof(struct definition) + offsetof(struct raw, member), \
		    false, NULL \
	}
static const struct doc_member members[] = {
    OWN("name", DOC_STRING, name),
    OWN("description", DOC_STRING, description),
    OWN("documentation", DOC_STRING, documentation),
    {"url", DOC_STRING, sizeof(struct definition) + offsetof(struct raw, url),
	true, NULL},
    OWN("method", DOC_STRING, method),
    RAW("params", DOC_OBJECT, params),
    RAW("headers", DOC_OBJECT, headers),
    RAW("form", DOC_OBJECT, form),
    OWN("body", DOC_VALUE, body),
    RAW("auth", DOC_OBJECT, auth),
    OWN("idempotent", DOC_BOOL, is_idempotent),
    {"redirects", DOC_WORD, AT(redirects), false, redirects},
    OWN("allow_origins", DOC_STRINGS, allow_origins),
    OWN("vars", DOC_OBJECT, vars),
    RAW("for", DOC_VALUE, rows),
    {"format", DOC_WORD, AT(format), false, format_names},
    OWN("csv_strings", DOC_BOOL, csv_strings),
    OWN("records", DOC_STRING, records),
    OWN("map", DOC_STRING, map),
    OWN("sample", DOC_VALUE, sample),
    RAW("paginate", DOC_OBJECT, pages),
    RAW("cursor", DOC_OBJECT, cursor),
    RAW("cache", DOC_OBJECT, cache),
    RAW("rate", DOC_STRING, rate),
    OWN("breaker", DOC_STRING, breaker),
    RAW("quota", DOC_OBJECT, quota),
    OWN("retries", DOC_COUNT, retries),
    OWN("retry_delay", DOC_DURATION, retry_delay_ms),
    OWN("timeout", DOC_DURATION, timeout_ms),
    OWN("deadline", DOC_DURATION, deadline_ms),
    OWN("max_size", DOC_SIZE, max_size),
    RAW("on_status", DOC_OBJECT, statuses),
    OWN("retry_on_parse_error", DOC_COUNT, parse_retries),
    {NULL, DOC_VALUE, 0, false, NULL},
};
#undef RAW

static const char *const quota_forms[] = {"delta", "epoch", NULL};
static const struct doc_member quota_members[] = {
    {"remaining", DOC_STRING, AT(quota_remaining), true, NULL},
    {"reset", DOC_STRING, AT(quota_reset), true, NULL},
    {"reset_form", DOC_WORD, AT(quota_form), false, quota_forms},
    {NULL, DOC_VALUE, 0, false, NULL},
};

static const struct doc_member cache_members[] = {
    OWN("ttl", DOC_DURATION, ttl_ms),
    OWN("stale_if_error", DOC_DURATION, stale_if_error_ms),
    OWN("negative_ttl", DOC_DURATION, negative_ttl_ms),
    OWN("heuristic", DOC_BOOL, is_heuristic),
    OWN("force_stale", DOC_BOOL, is_forced),
    {NULL, DOC_VALUE, 0, false, NULL},
};
#undef OWN
#undef AT

void
load_fault(struct definition *d, const char *member, const char *what)
{
	doc_fault(&d->doc, &(struct doc_place){.key = member}, "%s", what);
}

bool
load_expr(struct definition *d, const struct doc_place *at, const char *text)
{
	struct buf why = {0};
	struct expr *x;

	if (!text)
		return true;
	x = expr_new(text, NULL, &why);
	if (!x)
		doc_fault(&d->doc, at, "%.*s", (int)why.len, why.data);
	buf_release(&why);
	expr_free(x);
	return x != NULL;
}

static void
load_url(struct definition *d, const char *url)
{
	static const char *const schemes[] = {"http://", "https://", "s3://",
	    "ftp://", "sftp://", "file:", "sim:", NULL};
	struct doc_place at = {.key = "url"};
	struct buf why = {0};
	size_t i = 0;

	while (schemes[i] && strncmp(url, schemes[i], strlen(schemes[i])) != 0)
		i++;
	if (!schemes[i])
		doc_fault(&d->doc, &at,
		    "must begin with http://, https://, s3://, ftp://, "
		    "sftp://, file: or sim:");
	if (strchr(url, '@') &&
	    strcspn(url, "@") <
		strcspn(url, ":") + 3 + strcspn(url + strcspn(url, ":"), "?#"))
		doc_fault(&d->doc, &at,
		    "user and password have no place in a URL; see auth");
	if (!template_compile(&d->url, url, &why))
		doc_fault(&d->doc, &at, "%.*s", (int)why.len, why.data);
	buf_release(&why);
}

/* Members that exclude each other, or that are wrong in themselves. */
static void
load_method(struct definition *d)
{
	bool has_body = d->body || d->form.n > 0;
	const char *m = d->method;

	if (d->body && !json_is_object(d->body) && !json_is_array(d->body))
		load_fault(d, "body", "must be an object or an array");
	if (d->body && d->form.n > 0)
		load_fault(d, "form", "there is a body already");
	if (m && (*m == '\0' ||
		     strspn(m, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != strlen(m)))
		load_fault(d, "method", "must be in capitals, as POST");
	if (m && has_body && (strcmp(m, "GET") == 0 || strcmp(m, "HEAD") == 0))
		load_fault(d, "method", "has no body");
}

/* Files have no more than a URL. */
static void
load_file_url(struct definition *d)
{
	const char *first = d->url.n > 0 ? d->url.parts[0].text : "";

	if (url_is_of_files(first) &&
	    (d->params.n > 0 || d->headers.n > 0 || d->form.n > 0 || d->body ||
		d->method || d->pages.kind != PAGE_NONE))
		load_fault(d, "url",
		    "ftp and sftp have no params, headers, method, body or"
		    " pages");
}

static void
load_rate(struct definition *d, const char *rate)
{
	if (rate && !rate_parse(rate, &d->rate))
		load_fault(d, "rate", "must be a rate such as 60/m or 5/s");
}

static void
load_numbers(struct definition *d)
{
	if (d->retries > 100)
		load_fault(d, "retries", "must be at most 100");
	if (d->parse_retries > 10)
		load_fault(d, "retry_on_parse_error", "must be at most 10");
}

static void
load_members(struct definition *d, const struct raw *raw)
{
	load_url(d, raw->url ? raw->url : "http://");
	load_params(d, "params", raw->params, &d->params);
	load_params(d, "headers", raw->headers, &d->headers);
	load_params(d, "form", raw->form, &d->form);
	load_body(d, &(struct doc_place){.key = "body"}, d->body);
	load_method(d);
	if (raw->auth)
		d->auth = auth_load(
		    &d->doc, &(struct doc_place){.key = "auth"}, raw->auth);
	load_rows(d, raw->rows);
	load_expr(d, &(struct doc_place){.key = "records"}, d->records);
	load_expr(d, &(struct doc_place){.key = "map"}, d->map);
	load_pages(d, raw->pages);
	load_cursor(d, raw->cursor);
	d->is_cached = raw->cache != NULL;
	if (raw->cache)
		doc_read(&d->doc, &(struct doc_place){.key = "cache"},
		    raw->cache, cache_members, d);
	if (raw->quota)
		doc_read(&d->doc, &(struct doc_place){.key = "quota"},
		    raw->quota, quota_members, d);
	load_rate(d, raw->rate);
	load_statuses(d, raw->statuses);
	load_numbers(d);
	load_file_url(d);
}

/* "weather" of "a/weather.source.json". */
static char *
stem_of(const char *path)
{
	const char *slash = strrchr(path, '/');
	const char *s = slash ? slash + 1 : path;

	return xstrndup(s, strcspn(s, "."));
}

static int
load(struct definition *d)
{
	struct {
		struct definition d;
		struct raw raw;
	} *both = xcalloc(1, sizeof(*both));

	d->ttl_ms = d->stale_if_error_ms = d->retries = -1;
	d->stem = stem_of(d->doc.name);
	both->d = *d;
	if (doc_is(&d->doc, NULL, d->doc.root, JSON_OBJECT)) {
		doc_read(&both->d.doc, NULL, d->doc.root, members, both);
		*d = both->d;
		load_members(d, &both->raw);
	}
	free(both);
	if (!d->name)
		d->name = d->stem;
	return d->doc.n_faults > 0 ? EX_CONFIG : 0;
}

int
definition_load(struct definition *d, const char *name)
{
	int status;

	*d = (struct definition){0};
	status = doc_find(&d->doc, "sources", name);
	return status == 0 ? load(d) : status;
}

int
definition_parse(
    struct definition *d, const char *name, const char *text, size_t len)
{
	int status;

	*d = (struct definition){0};
	status = doc_parse(&d->doc, name, text, len);
	return status == 0 ? load(d) : status;
}

void
definition_of_url(struct definition *d, const char *url, const char *what)
{
	*d = (struct definition){.is_bare = true,
	    .ttl_ms = -1,
	    .stale_if_error_ms = -1,
	    .retries = -1};
	d->stem = xstrndup(what, strlen(what));
	d->name = d->stem;
	load_pages(d, NULL);
	template_literal(&d->url, url);
}

void
definition_release(struct definition *d)
{
	params_release(&d->params);
	params_release(&d->headers);
	params_release(&d->form);
	for (size_t i = 0; i < d->n_body_secrets; i++)
		slot_release(&d->body_secrets[i]);
	free(d->body_secrets);
	auth_free(d->auth);
	template_release(&d->url);
	jpath_release(&d->cursor.path);
	json_decref(d->rows);
	free(d->stem);
	doc_release(&d->doc);
	*d = (struct definition){0};
}
