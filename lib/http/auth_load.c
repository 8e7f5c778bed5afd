#define _DEFAULT_SOURCE /* explicit_bzero */
#include <ctype.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "core/secret.h"
#include "core/xmem.h"
#include "http/auth_private.h"

const char *const auth_kinds[] = {
    "query", "header", "basic", "bearer", "oauth2", "sigv4", "key", NULL};

/* What stands in the file: a member for each. */
struct spec {
	const json_t *user, *secret, *session;
	const char *text_name, *token_url, *scope, *audience, *region, *service;
	int in; /* oauth2: 1: the body */
};

#define TEXT(n, m, r) \
	{ \
		n, DOC_VALUE, offsetof(struct spec, m), r, NULL \
	}
#define STRING(n, m, r) \
	{ \
		n, DOC_STRING, offsetof(struct spec, m), r, NULL \
	}
#define END \
	{ \
		NULL, DOC_VALUE, 0, false, NULL \
	}

static const char *const places[] = {"basic", "body", NULL};

static const struct doc_member named[] = {
    STRING("name", text_name, true), TEXT("value", secret, true), END};
static const struct doc_member basic[] = {
    TEXT("user", user, true), TEXT("password", secret, true), END};
static const struct doc_member oauth2[] = {STRING("token_url", token_url, true),
    TEXT("client_id", user, true), TEXT("client_secret", secret, true),
    STRING("scope", scope, false), STRING("audience", audience, false),
    {"in", DOC_WORD, offsetof(struct spec, in), false, places}, END};
static const struct doc_member sigv4[] = {STRING("service", service, true),
    STRING("region", region, false), TEXT("key_id", user, false),
    TEXT("secret_key", secret, false), TEXT("session_token", session, false),
    END};

static const struct doc_member key[] = {
    TEXT("user", user, true), STRING("file", text_name, true), END};

static const struct doc_member *const members[] = {
    named, named, basic, NULL, oauth2, sigv4, key};

static char *
copy(const char *s)
{
	return s ? xstrndup(s, strlen(s)) : NULL;
}

/* {"secret": "env:NAME", "prefix": "..."}; or, if it may be, a string. */
static bool
load_text(struct doc *d, const struct doc_place *at, const json_t *v,
    bool is_secret, struct auth_text *t)
{
	struct reference {
		const char *secret, *prefix;
	} r = {NULL, NULL};
	static const struct doc_member parts[] = {
	    {"secret", DOC_STRING, offsetof(struct reference, secret), true,
		NULL},
	    {"prefix", DOC_STRING, offsetof(struct reference, prefix), false,
		NULL},
	    END};

	if (!v)
		return true;
	if (json_is_string(v) && !is_secret) {
		t->value = copy(json_string_value(v));
		return true;
	}
	if (!json_is_object(v)) {
		doc_fault(d, at,
		    "a secret is {\"secret\": \"env:NAME\"}, or "
		    "file:PATH, or cred:NAME");
		return false;
	}
	if (!doc_read(d, at, v, parts, &r))
		return false;
	t->reference = copy(r.secret);
	t->prefix = copy(r.prefix);
	return true;
}

static bool
is_header_name(const char *s)
{
	for (; *s; s++)
		if (!isalnum((unsigned char)*s) &&
		    !strchr("-_.!#$%&'*+^`|~", *s))
			return false;
	return true;
}

/* What the table cannot say. */
static bool
is_sound(struct doc *d, const struct doc_place *at, const struct auth *a)
{
	const char *why = NULL;

	if (a->name && a->name[0] == '\0')
		why = a->kind == AUTH_KEY ? "file is empty" : "name is empty";
	else if (a->kind == AUTH_HEADER && a->name && !is_header_name(a->name))
		why = "name is no name of a header";
	else if (a->token_url && strncmp(a->token_url, "https://", 8) != 0 &&
		 strncmp(a->token_url, "http://", 7) != 0)
		why = "token_url is no http or https URL";
	else if (a->kind == AUTH_SIGV4 && !a->text[AUTH_USER].reference !=
					      !a->text[AUTH_SECRET].reference)
		why = "key_id and secret_key go together";
	if (why)
		doc_fault(d, at, "%s", why);
	return !why;
}

static bool
load_kind(
    struct doc *d, const struct doc_place *at, const json_t *v, struct auth *a)
{
	static const char *const names[][AUTH_TEXTS] = {{NULL, "value", NULL},
	    {NULL, "value", NULL}, {"user", "password", NULL},
	    {NULL, NULL, NULL}, {"client_id", "client_secret", NULL},
	    {"key_id", "secret_key", "session_token"}, {"user", NULL, NULL}};
	struct spec s = {0};
	const json_t *texts[AUTH_TEXTS];
	bool is_good = true;

	if (a->kind == AUTH_BEARER)
		return load_text(d, at, v, true, &a->text[AUTH_SECRET]);
	if (!doc_read(d, at, v, members[a->kind], &s))
		return false;
	texts[AUTH_USER] = s.user;
	texts[AUTH_SECRET] = s.secret;
	texts[AUTH_SESSION] = s.session;
	for (size_t i = 0; i < AUTH_TEXTS; i++) {
		struct doc_place place = {.up = at, .key = names[a->kind][i]};
		bool is_secret = i != AUTH_USER || a->kind == AUTH_SIGV4;

		is_good =
		    load_text(d, &place, texts[i], is_secret, &a->text[i]) &&
		    is_good;
	}
	a->name = copy(s.text_name);
	a->token_url = copy(s.token_url);
	a->scope = copy(s.scope);
	a->audience = copy(s.audience);
	a->region = copy(s.region);
	a->service = copy(s.service);
	a->is_in_body = s.in == 1;
	return is_good && is_sound(d, at, a);
}

void
auth_show(const struct auth *a, struct buf *out)
{
	bool is_first = true;

	buf_addf(out, "%s (", auth_kinds[a->kind]);
	if (a->name)
		buf_addf(out, "%s, ", a->name);
	for (size_t i = 0; i < AUTH_TEXTS; i++) {
		const struct auth_text *t = &a->text[i];

		if (!t->reference && (!t->value || i != AUTH_USER))
			continue;
		buf_addf(out, "%s%s", is_first ? "" : ", ",
		    t->reference ? t->reference : t->value);
		is_first = false;
	}
	if (is_first)
		buf_addf(out, "from the environment");
	if (a->token_url)
		buf_addf(out, ", %s", a->token_url);
	buf_addf(out, ")");
}

/* Which one of the kinds, and the name for the cache. */
static bool
load(struct doc *d, const struct doc_place *at, const json_t *v, struct auth *a)
{
	const json_t *kind = NULL, *profile = json_object_get(v, "profile");
	size_t n = 0;
	struct buf shown = {0};

	for (size_t i = 0; auth_kinds[i]; i++) {
		const json_t *found = json_object_get(v, auth_kinds[i]);

		if (!found)
			continue;
		kind = found;
		a->kind = (enum auth_kind)i;
		n++;
	}
	if (n != 1 || json_object_size(v) != n + (profile != NULL)) {
		doc_fault(d, at,
		    "must have one of query, header, basic, bearer, oauth2, "
		    "sigv4 and key; beside it only profile is known");
		return false;
	}
	if (profile && !json_is_string(profile)) {
		doc_fault(d, at, "profile is no string");
		return false;
	}
	if (!load_kind(d,
		&(struct doc_place){.up = at, .key = auth_kinds[a->kind]}, kind,
		a))
		return false;
	auth_show(a, &shown);
	a->profile =
	    profile ? copy(json_string_value(profile)) : copy(shown.data);
	buf_release(&shown);
	return true;
}

struct auth *
auth_load(struct doc *d, const struct doc_place *at, const json_t *v)
{
	struct auth *a;

	if (!doc_is(d, at, v, JSON_OBJECT))
		return NULL;
	a = xcalloc(1, sizeof(*a));
	pthread_mutex_init(&a->lock, NULL);
	if (load(d, at, v, a))
		return a;
	auth_free(a);
	return NULL;
}

struct auth *
auth_new_aws(struct aws_keys *k, const char *service)
{
	struct auth *a = xcalloc(1, sizeof(*a));

	pthread_mutex_init(&a->lock, NULL);
	a->kind = AUTH_SIGV4;
	a->keys = *k;
	*k = (struct aws_keys){0};
	a->service = copy(service);
	a->profile = copy("sigv4 (from the environment)");
	a->is_unlocked = true;
	return a;
}

static void
wipe(char *s)
{
	if (s)
		explicit_bzero(s, strlen(s));
	free(s);
}

void
auth_free(struct auth *a)
{
	if (!a)
		return;
	for (size_t i = 0; i < AUTH_TEXTS; i++) {
		free(a->text[i].reference);
		free(a->text[i].prefix);
		wipe(a->text[i].value);
	}
	oauth_release(&a->oauth);
	aws_release(&a->keys);
	free(a->name);
	free(a->region);
	free(a->service);
	free(a->token_url);
	free(a->scope);
	free(a->audience);
	free(a->profile);
	pthread_mutex_destroy(&a->lock);
	free(a);
}

const char *
auth_profile(const struct auth *a)
{
	return a->profile;
}

/* What the reference names, behind the prefix; or NULL. */
static char *
read_text(const struct auth_text *t, struct buf *why)
{
	char *secret = secret_read(t->reference, why);
	struct buf text = {0};

	if (!secret)
		return NULL;
	buf_addf(&text, "%s%s", t->prefix ? t->prefix : "", secret);
	wipe(secret);
	return text.data;
}

bool
auth_reread(struct auth_text *t)
{
	struct buf why = {0};
	char *now = t->reference ? read_text(t, &why) : NULL;
	bool is_new = now && (!t->value || strcmp(now, t->value) != 0);

	if (now) {
		wipe(t->value);
		t->value = now;
	}
	buf_release(&why);
	return is_new;
}

int
auth_unlock(struct auth *a, const char *tokens, struct buf *why)
{
	int status = 0;

	pthread_mutex_lock(&a->lock);
	for (size_t i = 0; i < AUTH_TEXTS && status == 0; i++) {
		struct auth_text *t = &a->text[i];

		if (!t->reference || t->value)
			continue;
		t->value = read_text(t, why);
		if (!t->value)
			status = EX_CONFIG;
	}
	if (status == 0 && a->kind == AUTH_SIGV4 && !a->is_unlocked &&
	    !a->text[AUTH_USER].reference)
		status = aws_find(&a->keys, why);
	if (status == 0 && a->kind == AUTH_SIGV4 && !a->keys.id &&
	    !a->text[AUTH_USER].value) {
		buf_addf(why, "no keys: neither AWS_ACCESS_KEY_ID nor "
			      "~/.aws/credentials");
		status = EX_CONFIG;
	}
	a->oauth.token_url = a->token_url;
	a->oauth.scope = a->scope;
	a->oauth.audience = a->audience;
	a->oauth.is_in_body = a->is_in_body;
	a->oauth.id = a->text[AUTH_USER].value;
	if (status == 0 && a->kind == AUTH_OAUTH2 && tokens && !a->oauth.path)
		status = oauth_keep_in(&a->oauth, tokens, why);
	a->is_unlocked = status == 0;
	if (status == 0)
		auth_remember(a);
	pthread_mutex_unlock(&a->lock);
	return status;
}
