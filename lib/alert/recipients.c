#include <string.h>

#include "alert/recipients.h"
#include "core/sha256.h"
#include "core/xmem.h"

#define NAME_HEX 16 /* digits of the hash: addresses are not for states */

static void
hash(const char *name, char out[SHA256_HEX])
{
	uint8_t digest[SHA256_SIZE];

	sha256(name, strlen(name), digest);
	sha256_hex(digest, out);
	out[NAME_HEX] = '\0';
}

void
recipients_begin(struct recipients *r, struct attempt *t)
{
	*r = (struct recipients){.attempt = t};
	if (t->done.len > 0)
		r->done = json_loadb(t->done.data, t->done.len, 0, NULL);
	if (!json_is_array(r->done)) {
		json_decref(r->done);
		r->done = json_array();
	}
	if (!r->done)
		xmem_fail();
}

bool
recipients_has(const struct recipients *r, const char *name)
{
	char key[SHA256_HEX];
	size_t i;
	json_t *v;

	hash(name, key);
	json_array_foreach(r->done, i, v)
	{
		if (json_is_string(v) && strcmp(json_string_value(v), key) == 0)
			return true;
	}
	return false;
}

void
recipients_note(struct recipients *r, const char *name, enum delivery outcome,
    const char *why)
{
	struct buf *out = &r->attempt->why;
	char key[SHA256_HEX];

	if (outcome == DELIVERED)
		r->n_delivered++;
	else if (outcome == DELIVERY_TEMPORARY)
		r->n_temporary++;
	else
		r->n_permanent++;
	if (outcome != DELIVERED) {
		buf_adds(out, out->len > 0 ? "; " : "");
		buf_adds(out, name);
		buf_adds(out, ": ");
		buf_adds(out, why);
	}
	if (outcome == DELIVERY_TEMPORARY)
		return;
	hash(name, key);
	json_array_append_new(r->done, json_string(key));
}

enum delivery
recipients_end(struct recipients *r)
{
	char *text = json_dumps(r->done, JSON_COMPACT);

	if (!text)
		xmem_fail();
	r->attempt->done.len = 0;
	buf_adds(&r->attempt->done, text);
	free(text);
	json_decref(r->done);
	if (r->n_temporary > 0)
		return DELIVERY_TEMPORARY;
	return r->n_permanent > 0 ? DELIVERY_PERMANENT : DELIVERED;
}

const char *
recipients_get(const json_t *to, size_t i)
{
	if (json_is_string(to))
		return i == 0 ? json_string_value(to) : NULL;
	return json_string_value(json_array_get(to, i));
}

bool
recipients_check(struct alerts *a, const struct doc_place *at, const json_t *to,
    bool (*is_good)(const char *s), const char *what)
{
	struct doc_place list = {.up = at, .key = "to"};
	struct doc_place place = {.up = &list};
	size_t n = json_is_string(to) ? 1 : json_array_size(to);
	bool good = true;

	if (n == 0 || n > RECIPIENTS_MAX) {
		doc_fault(&a->doc, &list, "must name 1 to %d recipients",
		    RECIPIENTS_MAX);
		return false;
	}
	for (; place.index < n; place.index++) {
		if (is_good(recipients_get(to, place.index)))
			continue;
		doc_fault(
		    &a->doc, json_is_string(to) ? &list : &place, "%s", what);
		good = false;
	}
	return good;
}
