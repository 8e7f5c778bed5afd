#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "core/diag.h"
#include "core/siphash.h"
#include "core/xmem.h"
#include "core/xxh64.h"
#include "store/snapshot.h"
#include "store/store.h"

#define CHUNK ((size_t)4 << 20) /* bytes */
#define ID_SIZE (2 * SIPHASH_KEY + 1) /* hexadecimal digits and NUL */
#define HEAD_SIZE 160
#define NAME_LONGEST 100

struct snapshot {
	const char *kind, *name; /* lent */
	struct store *store;
	char *head_key; /* owned */
	char id[ID_SIZE]; /* of the one that was loaded or saved; "": none */
};

/* What the head says. */
struct head {
	char id[ID_SIZE];
	uint64_t len, hash;
};

bool
snapshot_is_name(const char *name)
{
	size_t len = strlen(name);

	return len > 0 && len <= NAME_LONGEST &&
	       strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
			    "abcdefghijklmnopqrstuvwxyz0123456789._-") == len;
}

/* A key, ended by NUL; owned by the caller. */
static char *
make_key(const struct snapshot *s, const char *rest)
{
	struct buf b = {0};

	buf_addf(&b, "%s:%s:%s", s->kind, s->name, rest);
	return b.data;
}

static char *
chunk_key(const struct snapshot *s, const char *id, uint64_t number)
{
	char rest[ID_SIZE + 24];

	snprintf(rest, sizeof(rest), "%s:%06" PRIu64, id, number);
	return make_key(s, rest);
}

struct snapshot *
snapshot_new(const char *kind, const char *name)
{
	struct snapshot *s = xcalloc(1, sizeof(*s));

	s->kind = kind;
	s->name = name;
	s->store = store_new(NULL, STORE_WAIT_MS);
	s->head_key = make_key(s, "head");
	return s;
}

void
snapshot_free(struct snapshot *s)
{
	if (!s)
		return;
	store_free(s->store);
	free(s->head_key);
	free(s);
}

/* Tell a trouble with the store, if rc is one.  Returns it. */
static int
told(const struct snapshot *s, int rc)
{
	if (rc > 0)
		diag_error("state %s: %s", s->name, store_why(s->store));
	return rc;
}

static bool
read_head(const struct store_value *v, struct head *h)
{
	char text[HEAD_SIZE], format[64];
	int end = 0;

	if (v->len >= sizeof(text))
		return false;
	memcpy(text, v->data, v->len);
	text[v->len] = '\0';
	snprintf(format, sizeof(format),
	    "1 %%%d[0-9a-f] %%" SCNu64 " %%" SCNx64 "%%n", ID_SIZE - 1);
	return sscanf(text, format, h->id, &h->len, &h->hash, &end) == 3 &&
	       (size_t)end == v->len && strlen(h->id) == ID_SIZE - 1;
}

/* Returns 0, an EX_ status of the store, or -1: damaged. */
static int
read_chunks(struct snapshot *s, struct store_txn *t, const struct head *h,
    struct buf *b)
{
	size_t start = b->len;

	for (uint64_t i = 0; b->len - start < h->len; i++) {
		char *key = chunk_key(s, h->id, i);
		struct store_value v;
		int rc = store_get(t, key, &v);

		free(key);
		if (rc != 0)
			return rc;
		if (!v.data || v.len == 0)
			return -1;
		buf_add(b, v.data, v.len);
	}
	if (b->len - start != h->len ||
	    xxh64(b->data + start, h->len, 0) != h->hash)
		return -1;
	return 0;
}

int
snapshot_load(struct snapshot *s, struct buf *b, bool *is_there)
{
	struct store_txn *t;
	struct store_value v;
	struct head h = {.len = 0};
	int rc = store_begin(s->store, STORE_STATE, NULL, &t);

	if (rc != 0)
		return told(s, rc);
	rc = store_get(t, s->head_key, &v);
	*is_there = rc == 0 && v.data;
	if (*is_there)
		rc = read_head(&v, &h) ? read_chunks(s, t, &h, b) : -1;
	store_end(t);
	if (rc < 0) {
		diag_error("state %s: what is kept is damaged; 'cdo-cache del "
			   "--state %s' makes it start over",
		    s->name, s->head_key);
		return EX_DATAERR;
	}
	if (rc == 0)
		memcpy(s->id, h.id, sizeof(s->id));
	return told(s, rc);
}

static int
write_chunks(struct snapshot *s, const char *id, const char *data, size_t len)
{
	int rc = 0;

	for (uint64_t i = 0; rc == 0 && i * CHUNK < len; i++) {
		size_t n = len - i * CHUNK;
		struct store_txn *t;
		char *key;

		rc = store_begin(s->store, STORE_STATE, NULL, &t);
		if (rc != 0)
			break;
		key = chunk_key(s, id, i);
		store_set(t, key, data + i * CHUNK, n < CHUNK ? n : CHUNK,
		    STORE_NEVER, 0);
		rc = store_commit(t);
		free(key);
	}
	return rc;
}

/* What is to become of the entries: the one head, and no other chunks. */
struct change {
	const struct snapshot *s;
	const char *id; /* the new one's */
	struct buf head;
	struct buf old; /* keys of chunks that are of no more use, with NUL */
	bool is_late; /* somebody else was quicker */
};

static bool
gather(void *arg, const char *key, const struct store_value *v)
{
	struct change *c = arg;
	size_t start = strlen(c->s->head_key) - strlen("head");

	(void)v;
	if (strcmp(key, c->s->head_key) != 0 &&
	    strncmp(key + start, c->id, strlen(c->id)) != 0)
		buf_add(&c->old, key, strlen(key) + 1);
	return true;
}

static int
commit(struct store_txn *t, void *arg)
{
	struct change *c = arg;
	const struct snapshot *s = c->s;
	struct store_value v;
	struct head h = {.len = 0};
	char *prefix;
	int rc = store_get(t, s->head_key, &v);

	if (rc != 0)
		return rc;
	if (v.data && !read_head(&v, &h))
		h.id[0] = '\0';
	c->is_late = strcmp(h.id, s->id) != 0;
	if (c->is_late)
		return 0;
	c->old.len = 0;
	prefix = make_key(s, "");
	rc = store_scan(t, prefix, gather, c);
	free(prefix);
	if (rc != 0)
		return rc;
	store_set(t, s->head_key, c->head.data, c->head.len, STORE_NEVER, 0);
	for (size_t i = 0; i < c->old.len; i += strlen(c->old.data + i) + 1)
		store_del(t, c->old.data + i);
	return 0;
}

static void
make_id(char id[ID_SIZE])
{
	uint8_t bytes[SIPHASH_KEY];

	siphash_key(bytes);
	for (size_t i = 0; i < sizeof(bytes); i++)
		snprintf(id + 2 * i, 3, "%02x", bytes[i]);
}

int
snapshot_save(struct snapshot *s, const char *data, size_t len)
{
	const char *watch[] = {s->head_key, NULL};
	struct change c = {.s = s};
	char id[ID_SIZE];
	int rc;

	make_id(id);
	rc = write_chunks(s, id, data, len);
	c.id = id;
	buf_addf(&c.head, "1 %s %zu %016" PRIx64, id, len, xxh64(data, len, 0));
	if (rc == 0)
		rc = store_do(s->store, STORE_STATE, watch, commit, &c);
	if (rc == 0 && c.is_late) {
		diag_error("state %s: another process has kept its own since "
			   "this one began; that stays, run this one again",
		    s->name);
		rc = EX_TEMPFAIL;
	} else if (rc == 0) {
		memcpy(s->id, id, sizeof(id));
	} else {
		told(s, rc);
	}
	buf_release(&c.head);
	buf_release(&c.old);
	return rc;
}
