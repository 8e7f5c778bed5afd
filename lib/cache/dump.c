#include <stdlib.h>
#include <string.h>

#include "cache/dump.h"
#include "core/base64.h"
#include "core/timestamp.h"
#include "core/utf8.h"
#include "core/xmem.h"
#include "json/write.h"

#define BATCH_KEYS ((size_t)512) /* entries in one read */
#define BATCH_BYTES ((size_t)1 << 20) /* of their values, unless it is one */

static void
add_time(struct buf *b, const char *name, int64_t ms)
{
	char time[TIMESTAMP_SIZE];

	timestamp_format(ms, time);
	buf_addf(b, ms == STORE_NEVER ? ",\"%s\":null" : ",\"%s\":\"%s\"", name,
	    time);
}

/* "name":"text", or "name_base64". */
static void
add_bytes(struct buf *b, const char *name, const char *p, size_t len)
{
	if (utf8_is_valid(p, len)) {
		buf_addf(b, ",\"%s\":", name);
		jwrite_string(b, p, len);
		return;
	}
	buf_addf(b, ",\"%s_base64\":\"", name);
	base64_add(b, p, len);
	buf_addc(b, '"');
}

void
dump_add(struct buf *b, enum store_db db, const char *key,
    const struct store_value *v)
{
	buf_addf(b, "{\"db\":\"%s\"", store_db_names[db]);
	add_bytes(b, "key", key, strlen(key));
	add_bytes(b, "value", v->data, v->len);
	add_time(b, "created", v->created);
	add_time(b, "expires", v->expires);
	if (v->stale_until != v->expires)
		add_time(b, "stale_until", v->stale_until);
	if (v->is_plain)
		buf_adds(b, ",\"plain\":true");
	buf_adds(b, "}\n");
}

/* All keys, and how large their values are. */
struct keys {
	struct buf texts; /* each ended by NUL */
	struct buf sizes; /* of size_t */
	size_t n;
};

static bool
add_key(void *arg, const char *key, const struct store_value *v)
{
	struct keys *k = arg;

	buf_add(&k->texts, key, strlen(key) + 1);
	buf_add(&k->sizes, &v->len, sizeof(v->len));
	k->n++;
	return true;
}

struct listing {
	struct keys *keys;
	const char *prefix;
};

static int
list(struct store_txn *t, void *arg)
{
	struct listing *l = arg;

	l->keys->texts.len = l->keys->sizes.len = l->keys->n = 0;
	return store_scan(t, l->prefix, add_key, l->keys);
}

struct batch {
	enum store_db db;
	const char *keys[BATCH_KEYS];
	size_t n;
	struct buf lines;
};

static int
read_batch(struct store_txn *t, void *arg)
{
	struct batch *b = arg;
	struct store_value v[BATCH_KEYS];
	int status = store_mget(t, b->keys, b->n, v);

	b->lines.len = 0;
	for (size_t i = 0; status == 0 && i < b->n; i++)
		if (v[i].data)
			dump_add(&b->lines, b->db, b->keys[i], &v[i]);
	return status;
}

/* Take the next keys into the batch.  Returns the text of the first one that
 * is left over. */
static const char *
fill(struct batch *b, const struct keys *k, size_t first, const char *text)
{
	size_t bytes = 0, size;

	for (b->n = 0; b->n < BATCH_KEYS && first < k->n; first++, b->n++) {
		memcpy(
		    &size, k->sizes.data + first * sizeof(size), sizeof(size));
		if (b->n > 0 && bytes + size > BATCH_BYTES)
			break;
		bytes += size;
		b->keys[b->n] = text;
		text += strlen(text) + 1;
	}
	return text;
}

int
dump_all(struct store *s, enum store_db db, const char *prefix,
    void (*emit)(const char *, size_t))
{
	struct keys k = {0};
	struct listing l = {&k, prefix};
	struct batch *b = xcalloc(1, sizeof(*b));
	int status = store_do(s, db, NULL, list, &l);
	const char *text = k.texts.data;

	b->db = db;
	for (size_t i = 0; status == 0 && i < k.n; i += b->n) {
		text = fill(b, &k, i, text);
		status = store_do(s, db, NULL, read_batch, b);
		if (status == 0)
			emit(b->lines.data, b->lines.len);
	}
	buf_release(&b->lines);
	buf_release(&k.texts);
	buf_release(&k.sizes);
	free(b);
	return status;
}
