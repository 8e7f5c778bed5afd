/* doc, second part: values out of a document into structs, by tables. */
#include <stdlib.h>
#include <string.h>

#include "core/buf.h"
#include "core/cli.h"
#include "core/num.h"
#include "core/secret.h"
#include "core/xmem.h"
#include "json/doc.h"

static bool
must(struct doc *d, const struct doc_place *at, bool holds, const char *what)
{
	if (!holds)
		doc_fault(d, at, "must be %s", what);
	return holds;
}

bool
doc_is(
    struct doc *d, const struct doc_place *at, const json_t *v, json_type type)
{
	static const char *const names[] = {[JSON_OBJECT] = "an object",
	    [JSON_ARRAY] = "an array",
	    [JSON_STRING] = "a string",
	    [JSON_INTEGER] = "an integer",
	    [JSON_REAL] = "a fraction",
	    [JSON_TRUE] = "true",
	    [JSON_FALSE] = "false",
	    [JSON_NULL] = "null"};

	return must(d, at, v && json_typeof(v) == type, names[type]);
}

/*
 * Each of these reads the value v of one type to out, or tells the fault.
 * The words are only for read_word.
 */

struct target {
	struct doc *d;
	const struct doc_place *at;
	const char *const *words;
	void *out;
};

static bool
read_string(const struct target *t, const json_t *v)
{
	if (!doc_is(t->d, t->at, v, JSON_STRING))
		return false;
	*(const char **)t->out = json_string_value(v);
	return true;
}

static bool
read_bool(const struct target *t, const json_t *v)
{
	if (!must(t->d, t->at, json_is_boolean(v), "true or false"))
		return false;
	*(bool *)t->out = json_is_true(v);
	return true;
}

static bool
read_number(const struct target *t, const json_t *v)
{
	if (!must(t->d, t->at, json_is_number(v), "a number"))
		return false;
	*(double *)t->out = json_number_value(v);
	return true;
}

static bool
is_count(const json_t *v)
{
	return json_is_integer(v) && json_integer_value(v) >= 0;
}

static bool
read_count(const struct target *t, const json_t *v)
{
	if (!must(t->d, t->at, is_count(v), "an integer from 0"))
		return false;
	*(uint64_t *)t->out = (uint64_t)json_integer_value(v);
	return true;
}

static bool
read_size(const struct target *t, const json_t *v)
{
	bool good;

	if (is_count(v))
		return read_count(t, v);
	good = json_is_string(v) &&
	       num_size(json_string_value(v), 0, UINT64_MAX, t->out) == 0;
	return must(t->d, t->at, good, "a size such as 64K or 10M, or bytes");
}

static bool
read_duration(const struct target *t, const json_t *v)
{
	bool good = json_is_string(v) &&
		    num_duration(json_string_value(v), t->out) == 0;

	return must(t->d, t->at, good, "a duration such as 90s or 1h30m");
}

static void
tell_words(const struct target *t, const json_t *v)
{
	const char *const *words = t->words;
	const char *nearest = NULL;
	struct buf list = {0};

	for (size_t i = 0; words[i]; i++)
		buf_addf(&list, "%s%s", i ? ", " : "", words[i]);
	if (json_is_string(v))
		nearest = cli_nearest(json_string_value(v), words);
	doc_fault(t->d, t->at, "must be one of %.*s%s%s%s", (int)list.len,
	    list.data ? list.data : "", nearest ? "; did you mean " : "",
	    nearest ? nearest : "", nearest ? "?" : "");
	buf_release(&list);
}

static bool
read_word(const struct target *t, const json_t *v)
{
	for (int i = 0; json_is_string(v) && t->words[i]; i++)
		if (strcmp(json_string_value(v), t->words[i]) == 0) {
			*(int *)t->out = i;
			return true;
		}
	tell_words(t, v);
	return false;
}

static bool
read_value(const struct target *t, const json_t *v)
{
	*(const json_t **)t->out = v;
	return true;
}

static bool
read_object(const struct target *t, const json_t *v)
{
	return doc_is(t->d, t->at, v, JSON_OBJECT) && read_value(t, v);
}

static bool
read_array(const struct target *t, const json_t *v)
{
	return doc_is(t->d, t->at, v, JSON_ARRAY) && read_value(t, v);
}

static bool
read_strings(const struct target *t, const json_t *v)
{
	struct doc_place at = {.up = t->at};
	bool good = true;

	if (!must(t->d, t->at, json_is_string(v) || json_is_array(v),
		"a string or an array of strings"))
		return false;
	for (; at.index < json_array_size(v); at.index++)
		good = doc_is(t->d, &at, json_array_get(v, at.index),
			   JSON_STRING) &&
		       good;
	return good && read_value(t, v);
}

static bool
read_member(const struct target *t, enum doc_type type, const json_t *v)
{
	static bool (*const read[])(const struct target *, const json_t *) = {
	    [DOC_STRING] = read_string,
	    [DOC_BOOL] = read_bool,
	    [DOC_NUMBER] = read_number,
	    [DOC_COUNT] = read_count,
	    [DOC_SIZE] = read_size,
	    [DOC_DURATION] = read_duration,
	    [DOC_WORD] = read_word,
	    [DOC_STRINGS] = read_strings,
	    [DOC_OBJECT] = read_object,
	    [DOC_ARRAY] = read_array,
	    [DOC_VALUE] = read_value,
	};

	return read[type](t, v);
}

static void
tell_unknown(
    struct doc *d, const struct doc_place *at, const struct doc_member *members)
{
	const char **names, *nearest;
	size_t n = 0;

	while (members[n].name)
		n++;
	names = xcalloc(n + 1, sizeof(*names));
	for (size_t i = 0; i < n; i++)
		names[i] = members[i].name;
	nearest = cli_nearest(at->key, names);
	free(names);
	if (nearest)
		doc_fault(d, at, "unknown member; did you mean %s?", nearest);
	else
		doc_fault(d, at, "unknown member");
}

static bool
find_unknown(struct doc *d, const struct doc_place *at, const json_t *object,
    const struct doc_member *members)
{
	bool good = true;
	const char *key;
	json_t *v;
	size_t i;

	json_object_foreach((json_t *)object, key, v)
	{
		for (i = 0; members[i].name; i++)
			if (strcmp(members[i].name, key) == 0)
				break;
		if (members[i].name)
			continue;
		tell_unknown(
		    d, &(struct doc_place){.up = at, .key = key}, members);
		good = false;
	}
	return good;
}

bool
doc_read(struct doc *d, const struct doc_place *at, const json_t *object,
    const struct doc_member *members, void *out)
{
	const struct doc_member *m;
	struct doc_place place = {.up = at};
	bool good;

	if (!doc_is(d, at, object, JSON_OBJECT))
		return false;
	good = find_unknown(d, at, object, members);
	for (m = members; m->name; m++) {
		const json_t *v = json_object_get(object, m->name);
		struct target t = {
		    d, &place, m->words, (char *)out + m->offset};

		place.key = m->name;
		if (v) {
			good = read_member(&t, m->type, v) && good;
		} else if (m->is_required) {
			doc_fault(d, at, "%s is missing", m->name);
			good = false;
		}
	}
	return good;
}

struct reference {
	const char *secret, *prefix;
};

static char *
read_reference(
    struct doc *d, const struct doc_place *at, const struct reference *r)
{
	struct doc_place place = {.up = at, .key = "secret"};
	struct buf text = {0}, why = {0};
	char *secret = secret_read(r->secret, &why);

	if (secret) {
		buf_adds(&text, r->prefix);
		buf_add(&text, secret, strlen(secret) + 1);
	} else {
		doc_fault(d, &place, "%.*s", (int)why.len, why.data);
	}
	free(secret);
	buf_release(&why);
	return text.data;
}

char *
doc_secret(struct doc *d, const struct doc_place *at, const json_t *v)
{
	static const struct doc_member members[] = {
	    {"secret", DOC_STRING, offsetof(struct reference, secret), true,
		NULL},
	    {"prefix", DOC_STRING, offsetof(struct reference, prefix), false,
		NULL},
	    {NULL, DOC_VALUE, 0, false, NULL}};
	struct reference r = {.prefix = ""};

	if (json_is_string(v))
		return xstrndup(json_string_value(v), json_string_length(v));
	if (!must(d, at, json_is_object(v),
		"a string or {\"secret\":\"env:NAME\"}") ||
	    !doc_read(d, at, v, members, &r))
		return NULL;
	return read_reference(d, at, &r);
}
