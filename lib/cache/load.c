/* The reading half of dump. */
#include <string.h>

#include "cache/dump.h"
#include "core/base64.h"
#include "core/timestamp.h"

static struct jval
member(struct jval root, const char *name)
{
	return jval_get(root, name, strlen(name));
}

/* The bytes of a member, or of its twin in base64; exactly one is there. */
static bool
read_bytes(
    struct jval root, const char *name, const char *twin, struct buf *out)
{
	struct jval plain = member(root, name), coded = member(root, twin);
	struct jval v = plain.at ? plain : coded;
	size_t len;
	const char *s = jval_string(v, &len);

	if ((plain.at && coded.at) || jval_type(v) != J_STRING)
		return false;
	if (coded.at)
		return base64_decode(out, s, len);
	buf_add(out, s, len);
	return true;
}

/* A time, null for never; absent: as it was. */
static bool
read_time(struct jval root, const char *name, int64_t *ms)
{
	struct jval v = member(root, name);
	size_t len;
	const char *s = jval_string(v, &len);

	if (!v.at)
		return true;
	if (jval_type(v) == J_NULL) {
		*ms = STORE_NEVER;
		return true;
	}
	return jval_type(v) == J_STRING && timestamp_parse(s, len, ms);
}

static bool
read_db(struct jval root, enum store_db *db)
{
	struct jval v = member(root, "db");

	for (int i = 0; i < STORE_DB_COUNT; i++)
		if (jval_is_string(
			v, store_db_names[i], strlen(store_db_names[i]))) {
			*db = (enum store_db)i;
			return true;
		}
	return false;
}

static const char *
read_times(struct jval root, struct store_value *v)
{
	struct jval plain = member(root, "plain");

	v->created = timestamp_now();
	v->expires = STORE_NEVER;
	if (!read_time(root, "created", &v->created))
		return "created is no time";
	if (!read_time(root, "expires", &v->expires))
		return "expires is neither a time nor null";
	v->stale_until = v->expires;
	if (!read_time(root, "stale_until", &v->stale_until) ||
	    v->stale_until < v->expires)
		return "stale_until is no time from expires on";
	v->is_plain = jval_type(plain) == J_TRUE;
	return NULL;
}

static const char *
read_all(struct jval root, struct dump_entry *e)
{
	if (jval_type(root) != J_OBJECT)
		return "not an object";
	if (!read_db(root, &e->db))
		return "db is neither cache nor state";
	if (!read_bytes(root, "key", "key_base64", &e->key))
		return "neither a good key nor a good key_base64";
	if (e->key.len == 0 || e->key.len > STORE_KEY_MAX ||
	    memchr(e->key.data, '\0', e->key.len))
		return "a key has 1 to 1024 bytes, and no NUL";
	buf_addc(&e->key, '\0');
	if (!read_bytes(root, "value", "value_base64", &e->value))
		return "neither a good value nor a good value_base64";
	return read_times(root, &e->times);
}

const char *
dump_read(struct jval root, struct dump_entry *e)
{
	const char *fault;

	*e = (struct dump_entry){0};
	fault = read_all(root, e);
	if (fault)
		dump_release(e);
	return fault;
}

void
dump_release(struct dump_entry *e)
{
	buf_release(&e->key);
	buf_release(&e->value);
}
