#include <stdlib.h>
#include <string.h>

#include "alert/channel_settings.h"
#include "core/xmem.h"

#define MAX_MEMBERS 24 /* of a channel, and one to end them */

struct reference {
	const char *secret, *prefix;
};

bool
channel_fault(struct alerts *a, const struct doc_place *at, const char *member,
    const char *what)
{
	struct doc_place place = {.up = at, .key = member};

	doc_fault(&a->doc, &place, "%s", what);
	return false;
}

/* Is it the form of a reference to a secret, which is not read? */
static bool
is_reference(struct alerts *a, const struct doc_place *at, const json_t *v)
{
	static const struct doc_member members[] = {
	    {"secret", DOC_STRING, offsetof(struct reference, secret), true,
		NULL},
	    {"prefix", DOC_STRING, offsetof(struct reference, prefix), false,
		NULL},
	    {NULL, DOC_VALUE, 0, false, NULL}};
	static const char *const kinds[] = {"env:", "file:", "cred:", NULL};
	struct reference r = {0};

	if (!doc_read(&a->doc, at, v, members, &r))
		return false;
	for (size_t i = 0; kinds[i]; i++)
		if (strncmp(r.secret, kinds[i], strlen(kinds[i])) == 0)
			return true;
	return channel_fault(
	    a, at, "secret", "must be env:NAME, file:PATH or cred:NAME");
}

char *
channel_secret(
    struct alerts *a, const struct doc_place *at, const json_t *v, bool plain)
{
	if (json_is_string(v) && !plain) {
		doc_fault(&a->doc, at,
		    "must say where the secret is, not what it is: "
		    "{\"secret\":\"env:NAME\"}");
		return NULL;
	}
	if (a->with_secrets || json_is_string(v))
		return doc_secret(&a->doc, at, v);
	return is_reference(a, at, v) ? xstrndup("", 0) : NULL;
}

/* No control characters, and no spaces either? */
static bool
is_printable(const char *s, bool with_spaces)
{
	for (; *s; s++)
		if ((unsigned char)*s < ' ' || *s == 0x7F ||
		    (*s == ' ' && !with_spaces))
			return false;
	return true;
}

static bool
is_url(const char *s)
{
	const char *host = strstr(s, "://");
	size_t len = host ? (size_t)(host - s) : 0;

	if (!((len == 4 && memcmp(s, "http", 4) == 0) ||
		(len == 5 && memcmp(s, "https", 5) == 0)))
		return false;
	if (!is_printable(s, false))
		return false;
	host += 3;
	len = strcspn(host, "/?#");
	return len > 0 && !memchr(host, '@', len);
}

bool
channel_timeout(struct alerts *a, const struct doc_place *at, int64_t ms)
{
	return (ms > 0 && ms <= CHANNEL_TIMEOUT_MAX_MS) ||
	       channel_fault(
		   a, at, "timeout", "must be above 0 and at most 10m");
}

/* Read one string; v is NULL if it is not there. */
static bool
read_string(struct alerts *a, const struct doc_place *at,
    const struct channel_string *s, const json_t *v, char **out)
{
	struct doc_place place = {.up = at, .key = s->name};
	bool is_known;

	if (!v) {
		if (s->fallback)
			*out = xstrndup(s->fallback, strlen(s->fallback));
		return true;
	}
	*out = channel_secret(a, &place, v, s->kind != CHANNEL_SECRET);
	if (!*out)
		return false;
	is_known = a->with_secrets || json_is_string(v);
	if (!is_known)
		return true;
	if (s->kind == CHANNEL_URL && !is_url(*out))
		return channel_fault(a, at, s->name,
		    "must be a URL of http or https, without a password");
	if (s->kind != CHANNEL_URL &&
	    (**out == '\0' || !is_printable(*out, true)))
		return channel_fault(a, at, s->name,
		    "must be a text on one line, and not empty");
	return true;
}

/* All members; the values of the strings go behind the struct, for a while. */
static void
list_members(struct doc_member *list, const struct channel_shape *shape)
{
	size_t n = 0;

	list[n++] = (struct doc_member){"timeout", DOC_DURATION,
	    offsetof(struct channel_base, timeout_ms), false, NULL};
	for (size_t i = 0; shape->strings[i].name; i++)
		list[n++] = (struct doc_member){shape->strings[i].name,
		    DOC_VALUE, shape->size + i * sizeof(json_t *),
		    shape->strings[i].is_required, NULL};
	for (size_t i = 0; shape->members && shape->members[i].name; i++)
		list[n++] = shape->members[i];
	list[n] = (struct doc_member){NULL, DOC_VALUE, 0, false, NULL};
}

void *
channel_load(struct alerts *a, const struct doc_place *at, const json_t *v,
    const struct channel *self)
{
	const struct channel_shape *shape = self->shape;
	char *settings = xcalloc(1, shape->size + MAX_MEMBERS * sizeof(void *));
	struct channel_base *base = (struct channel_base *)(void *)settings;
	struct doc_member list[MAX_MEMBERS];
	bool good;

	base->shape = shape;
	base->timeout_ms = CHANNEL_TIMEOUT_MS;
	list_members(list, shape);
	good = doc_read(&a->doc, at, v, list, settings);
	good &= channel_timeout(a, at, base->timeout_ms);
	for (size_t i = 0; shape->strings[i].name; i++) {
		const struct channel_string *s = &shape->strings[i];
		const void *value = settings + list[i + 1].offset;

		good &= read_string(a, at, s, *(const json_t *const *)value,
		    (char **)(void *)(settings + s->offset));
	}
	if (good)
		return settings;
	channel_settings_free(settings);
	return NULL;
}

void
channel_settings_free(void *settings)
{
	const struct channel_base *base = settings;

	for (size_t i = 0; base->shape->strings[i].name; i++)
		free(*(char **)(void *)((char *)settings +
					base->shape->strings[i].offset));
	free(settings);
}
