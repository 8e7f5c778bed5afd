#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "core/diag.h"
#include "core/xmem.h"
#include "rules/memory.h"
#include "rules/memory_head.h"
#include "store/store.h"

#define CHUNK ((size_t)4 << 20) /* bytes, from which on another begins */
#define NAME_LONGEST 100

struct memory {
	const struct rules *rules;
	const char *name;
	struct store *store;
	char id[MEMORY_ID]; /* of the one that was loaded; "": none */
	char *head; /* its key; owned */
};

bool
memory_is_name(const char *name)
{
	size_t len = strlen(name);

	return len > 0 && len <= NAME_LONGEST &&
	       strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
			    "abcdefghijklmnopqrstuvwxyz0123456789._-") == len;
}

/* A key, ended by NUL; owned by the caller. */
static char *
make_key(const struct memory *m, const char *rest)
{
	struct buf b = {0};

	buf_addf(&b, "validate:%s:%s", m->name, rest);
	return b.data;
}

/* The same for a chunk of a rule. */
static char *
chunk_key(const struct memory *m, const char *id, size_t rule, size_t chunk)
{
	char rest[MEMORY_ID + 48];

	snprintf(rest, sizeof(rest), "%s:%zu:%06zu", id, rule, chunk);
	return make_key(m, rest);
}

struct memory *
memory_new(const struct rules *rules, const char *name)
{
	struct memory *m = xcalloc(1, sizeof(*m));

	m->rules = rules;
	m->name = name;
	m->store = store_new(NULL, STORE_WAIT_MS);
	m->head = make_key(m, "head");
	return m;
}

void
memory_free(struct memory *m)
{
	if (!m)
		return;
	store_free(m->store);
	free(m->head);
	free(m);
}

/* Tell a trouble with the store, if rc is one.  Returns it. */
static int
told(const struct memory *m, int rc)
{
	if (rc > 0)
		diag_error("state %s: %s", m->name, store_why(m->store));
	return rc;
}

static int
refuse(const struct memory *m, const struct buf *why)
{
	diag_error("state %s: %.*s", m->name, (int)why->len, why->data);
	return EX_CONFIG;
}

/* A chunk is a row of parts, each with its length before it. */
static bool
read_chunk(struct keyset *set, const char *p, size_t len)
{
	uint32_t n;

	while (len >= sizeof(n)) {
		memcpy(&n, p, sizeof(n));
		p += sizeof(n);
		len -= sizeof(n);
		if (n > len || !keyset_read(set, p, n))
			return false;
		p += n;
		len -= n;
	}
	return len == 0;
}

/* Read the chunks of a rule.  Returns 0, an EX_ status of the store, or -1
 * with the reason. */
static int
read_rule(const struct memory *m, struct store_txn *t, struct ordered *o,
    size_t place, size_t n_chunks, struct buf *why)
{
	struct store_value v;
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < n_chunks; i++) {
		char *key = chunk_key(m, m->id, place, i);

		rc = store_get(t, key, &v);
		if (rc == 0 &&
		    (!v.data || !read_chunk(&o->set, v.data, v.len))) {
			buf_addf(why,
			    "%s is damaged, or has more keys than max_keys "
			    "(%" PRIu64 ")",
			    key, o->set.max);
			rc = -1;
		}
		free(key);
	}
	return rc;
}

static void
tell_gone(const struct memory *m, const struct store_value *head)
{
	struct buf names = {0};

	memory_find_gone(head->data, head->len, m->rules, &names);
	if (names.len > 0)
		diag_warn("state %s: what these rules remembered will be "
			  "dropped, as they are gone or renamed: %.*s",
		    m->name, (int)names.len, names.data);
	buf_release(&names);
}

static int
read_all(struct memory *m, struct store_txn *t, struct rules_view *v,
    struct buf *why)
{
	size_t n = m->rules->private->n_ordered;
	size_t *chunks = xcalloc(n, sizeof(*chunks));
	size_t *places = xcalloc(n, sizeof(*places));
	struct store_value head;
	int rc = store_get(t, m->head, &head);

	if (rc == 0 && head.data &&
	    (!memory_read_id(head.data, head.len, m->id) ||
		!memory_read_head(
		    head.data, head.len, m->rules, v, chunks, places, why)))
		rc = -1;
	if (rc == 0 && head.data)
		tell_gone(m, &head);
	for (size_t i = 0; rc == 0 && head.data && i < n; i++)
		rc = read_rule(
		    m, t, &v->work->ordered[i], places[i], chunks[i], why);
	if (rc < 0 && why->len == 0)
		buf_adds(why, "what is kept is damaged, or of another version");
	free(chunks);
	free(places);
	return rc;
}

int
memory_load(struct memory *m, struct rules_view *v)
{
	struct buf why = {0};
	struct store_txn *t;
	int rc = store_begin(m->store, STORE_STATE, NULL, &t);

	if (rc == 0) {
		rc = read_all(m, t, v, &why);
		store_end(t);
	}
	rc = rc < 0 ? refuse(m, &why) : told(m, rc);
	buf_release(&why);
	return rc;
}

/* One entry in a transaction of its own. */
static int
put(const struct memory *m, const char *key, const struct buf *b)
{
	struct store_txn *t;
	int rc = store_begin(m->store, STORE_STATE, NULL, &t);

	if (rc != 0)
		return rc;
	store_set(t, key, b->data, b->len, STORE_NEVER, 0);
	return store_commit(t);
}

/* Write a rule in chunks; how many: out. */
static int
write_rule(const struct memory *m, const struct ordered *o, const char *id,
    size_t place, size_t *n_chunks)
{
	struct buf b = {0}, part = {0};
	uint32_t len;
	int rc = 0;

	*n_chunks = 0;
	for (size_t i = 0; rc == 0 && i < KEYSET_PARTS; i++) {
		part.len = 0;
		keyset_write(&o->set, i, &part);
		len = (uint32_t)part.len;
		buf_add(&b, &len, sizeof(len));
		buf_add(&b, part.data, part.len);
		if (b.len < CHUNK && i + 1 < KEYSET_PARTS)
			continue;
		char *key = chunk_key(m, id, place, (*n_chunks)++);
		rc = put(m, key, &b);
		free(key);
		b.len = 0;
	}
	buf_release(&b);
	buf_release(&part);
	return rc;
}

/* What is to become of the entries: the one head, and no other chunks. */
struct change {
	const struct memory *m;
	const char *id; /* the new one's */
	struct buf head;
	struct buf old; /* keys of chunks that are of no more use, with NUL */
	bool is_late; /* somebody else was quicker */
};

static bool
gather(void *arg, const char *key, const struct store_value *v)
{
	struct change *c = arg;
	size_t start = strlen("validate::") + strlen(c->m->name);

	(void)v;
	if (strcmp(key, c->m->head) != 0 &&
	    strncmp(key + start, c->id, strlen(c->id)) != 0)
		buf_add(&c->old, key, strlen(key) + 1);
	return true;
}

static int
commit(struct store_txn *t, void *arg)
{
	struct change *c = arg;
	const struct memory *m = c->m;
	struct store_value v;
	char id[MEMORY_ID] = "", *prefix = make_key(m, "");
	int rc = store_get(t, m->head, &v);

	if (rc == 0 && v.data)
		memory_read_id(v.data, v.len, id);
	c->is_late = rc == 0 && strcmp(id, m->id) != 0;
	c->old.len = 0;
	if (rc == 0 && !c->is_late)
		rc = store_scan(t, prefix, gather, c);
	free(prefix);
	if (rc != 0 || c->is_late)
		return rc;
	store_set(t, m->head, c->head.data, c->head.len, STORE_NEVER, 0);
	for (size_t i = 0; i < c->old.len; i += strlen(c->old.data + i) + 1)
		store_del(t, c->old.data + i);
	return 0;
}

static void
make_id(char id[MEMORY_ID])
{
	uint8_t bytes[SIPHASH_KEY];

	siphash_key(bytes);
	for (size_t i = 0; i < sizeof(bytes); i++)
		snprintf(id + 2 * i, 3, "%02x", bytes[i]);
}

int
memory_save(struct memory *m, const struct rules_view *v)
{
	const char *watch[] = {m->head, NULL};
	size_t n = m->rules->private->n_ordered;
	size_t *chunks = xcalloc(n, sizeof(*chunks));
	struct change c = {.m = m};
	char id[MEMORY_ID];
	int rc = 0;

	make_id(id);
	for (size_t i = 0; rc == 0 && i < n; i++)
		rc = write_rule(m, &v->work->ordered[i], id, i, &chunks[i]);
	c.id = id;
	memory_write_head(&c.head, m->rules, v, id, chunks);
	if (rc == 0)
		rc = store_do(m->store, STORE_STATE, watch, commit, &c);
	if (rc == 0 && c.is_late) {
		diag_error("state %s: another process has kept its own since "
			   "this one began; that stays, run this one again",
		    m->name);
		rc = EX_TEMPFAIL;
	} else {
		told(m, rc);
	}
	if (rc == 0)
		memcpy(m->id, id, sizeof(id));
	free(chunks);
	buf_release(&c.head);
	buf_release(&c.old);
	return rc;
}
