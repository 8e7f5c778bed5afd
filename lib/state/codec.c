/* States as JSON, by the tables of their machines. */
#include <stdlib.h>
#include <string.h>

#include "core/xmem.h"
#include "state/state.h"
#include "json/text.h"
#include "json/value.h"
#include "json/write.h"

static void
write_ints(struct buf *b, const int64_t *v, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		buf_addc(b, i == 0 ? '[' : ',');
		jwrite_int(b, v[i]);
	}
	buf_adds(b, n == 0 ? "[]" : "]");
}

static void
write_member(struct buf *b, const struct state_member *m, const void *state)
{
	const char *p = (const char *)state + m->offset;
	const struct state_list *list = (const void *)p;
	const struct buf *json = (const void *)p;

	switch (m->type) {
	case STATE_INT:
		jwrite_int(b, *(const int64_t *)(const void *)p);
		return;
	case STATE_INTS:
		write_ints(b, (const int64_t *)(const void *)p, m->n);
		return;
	case STATE_STRING:
		jwrite_string(b, p, strlen(p));
		return;
	case STATE_JSON:
		if (json->len == 0)
			buf_adds(b, "null");
		buf_add(b, json->data, json->len);
		return;
	case STATE_LIST:
		write_ints(b, list->v, list->n);
		return;
	}
}

void
state_write(struct buf *b, const struct state_kind *kind, const void *state)
{
	buf_adds(b, "{\"v\":");
	jwrite_int(b, STATE_VERSION);
	for (const struct state_member *m = kind->members; m->name; m++) {
		buf_addc(b, ',');
		jwrite_string(b, m->name, strlen(m->name));
		buf_addc(b, ':');
		write_member(b, m, state);
	}
	buf_addc(b, '}');
}

/* Read exactly n numbers. */
static bool
read_ints(struct jval v, int64_t *out, size_t n)
{
	struct jiter it = jval_iter(v);

	if (jval_type(v) != J_ARRAY || jval_count(v) != n)
		return false;
	for (size_t i = 0; i < n && jiter_next(&it); i++) {
		if (jval_type(it.value) != J_INT)
			return false;
		out[i] = jval_int(it.value);
	}
	return true;
}

static bool
read_string(struct jval v, char *out, size_t room)
{
	size_t len;
	const char *s = jval_string(v, &len);

	if (jval_type(v) != J_STRING || len >= room || memchr(s, '\0', len))
		return false;
	memcpy(out, s, len);
	out[len] = '\0';
	return true;
}

/* As it stands: a tape keeps no integers beyond 64 bits. */
static bool
read_json(struct jval v, const char *text, const char *name, struct buf *out,
    size_t most)
{
	const char *end, *raw = jtext_member(text, name, &end);

	if (jval_type(v) == J_NULL)
		return true;
	if (!raw || (size_t)(end - raw) > most)
		return false;
	buf_add(out, raw, (size_t)(end - raw));
	return true;
}

static bool
read_list(struct jval v, struct state_list *list, size_t most)
{
	size_t n = jval_count(v);

	if (n > most)
		return false;
	list->v = n > 0 ? xcalloc(n, sizeof(*list->v)) : NULL;
	list->n = n;
	return read_ints(v, list->v, n);
}

static bool
read_member(
    struct jval v, const char *text, const struct state_member *m, void *state)
{
	char *p = (char *)state + m->offset;

	switch (m->type) {
	case STATE_INT:
		if (jval_type(v) != J_INT)
			return false;
		*(int64_t *)(void *)p = jval_int(v);
		return true;
	case STATE_INTS:
		return read_ints(v, (int64_t *)(void *)p, m->n);
	case STATE_STRING:
		return read_string(v, p, m->n);
	case STATE_JSON:
		return read_json(
		    v, text, m->name, (struct buf *)(void *)p, m->n);
	case STATE_LIST:
		return read_list(v, (struct state_list *)(void *)p, m->n);
	}
	return false;
}

/* All members must be there, and no others. */
static bool
read_members(struct jval root, const char *text, const struct state_kind *kind,
    void *state, struct buf *why)
{
	struct jval v = jval_get(root, "v", 1);
	size_t n = 1;

	if (jval_type(v) != J_INT || jval_int(v) != STATE_VERSION) {
		buf_addf(why, "v: not the version %d", STATE_VERSION);
		return false;
	}
	for (const struct state_member *m = kind->members; m->name; m++, n++) {
		v = jval_get(root, m->name, strlen(m->name));
		if (v.at && read_member(v, text, m, state))
			continue;
		buf_addf(why, "%s: %s", m->name,
		    v.at ? "not a value that it may have" : "missing");
		return false;
	}
	if (jval_count(root) == n && kind->is_sound(state))
		return true;
	buf_adds(why, jval_count(root) == n
			  ? "members that contradict each other"
			  : "unknown members");
	return false;
}

bool
state_read(const char *text, size_t len, const struct state_kind *kind,
    void *state, struct buf *why)
{
	struct buf padded = {0};
	struct jdoc doc;
	bool is_good = false;

	memset(state, 0, kind->size);
	buf_add(&padded, text, len);
	buf_reserve(&padded, JDOC_PADDING);
	memset(padded.data + len, 0, JDOC_PADDING);
	jdoc_init(&doc);
	if (jdoc_parse(&doc, padded.data, len) != JERR_NONE ||
	    jval_type(jval_root(&doc)) != J_OBJECT)
		buf_adds(why, "not an object of JSON");
	else
		is_good = read_members(jval_root(&doc),
		    jtext_space(padded.data), kind, state, why);
	jdoc_release(&doc);
	buf_release(&padded);
	return is_good;
}

void
state_release(const struct state_kind *kind, void *state)
{
	for (const struct state_member *m = kind->members; m->name; m++) {
		char *p = (char *)state + m->offset;

		if (m->type == STATE_JSON)
			buf_release((struct buf *)(void *)p);
		else if (m->type == STATE_LIST)
			free(((struct state_list *)(void *)p)->v);
	}
	memset(state, 0, kind->size);
}
