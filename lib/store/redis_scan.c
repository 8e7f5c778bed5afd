/*
 * All keys with a prefix, of a store behind a server.
 *
 * SCAN walks through every key of the database, in no order, and may tell one
 * twice; so the names are gathered and sorted before the values are asked for.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "core/xmem.h"
#include "store/redis.h"
#include "store/wire.h"

#define PER_SCAN 1000 /* keys that the server looks at for one reply */
#define NAMES_MAX ((size_t)256 << 20) /* bytes */
#define MOST_AHEAD ((size_t)64) /* values that are asked for at once */
#define LARGE ((size_t)64 << 10) /* a value: go slower */

struct names {
	struct buf text; /* each ended by NUL */
	const char **list; /* owned; into text */
	size_t n;
};

static void
names_release(struct names *names)
{
	buf_release(&names->text);
	free(names->list);
}

/* Gather a command that looks at some keys. */
static void
ask(struct redis *r, const char *cursor, const char *prefix)
{
	struct buf pattern = {0};
	const char *parts[] = {r->is_ours ? "" : WIRE_PREFIX, prefix};

	for (size_t i = 0; i < 2; i++)
		for (const char *p = parts[i]; *p; p++) {
			if (strchr("*?[]\\", *p))
				buf_addc(&pattern, '\\');
			buf_addc(&pattern, *p);
		}
	buf_addc(&pattern, '*');
	resp_command(r->resp, "SCAN", 6);
	resp_add(r->resp, cursor, strlen(cursor));
	resp_add(r->resp, "MATCH", 5);
	resp_add(r->resp, pattern.data, pattern.len);
	resp_add(r->resp, "COUNT", 5);
	resp_add_integer(r->resp, PER_SCAN);
	buf_release(&pattern);
}

/* Is the reply to SCAN what it should be: a cursor, and strings? */
static bool
is_sound(const struct resp_reply *reply)
{
	const struct resp_reply *keys;

	if (reply->len != 2 || reply->elements[0]->kind != RESP_STRING ||
	    reply->elements[1]->kind != RESP_ARRAY)
		return false;
	keys = reply->elements[1];
	for (size_t i = 0; i < keys->len; i++)
		if (keys->elements[i]->kind != RESP_STRING)
			return false;
	return true;
}

/* Keep the names that one reply has, but for those that no key can have. */
static void
keep_names(
    const struct redis *r, const struct resp_reply *reply, struct names *names)
{
	size_t prefix_len = r->is_ours ? 0 : strlen(WIRE_PREFIX);
	const struct resp_reply *keys = reply->elements[1], *key;

	for (size_t i = 0; i < keys->len; i++) {
		key = keys->elements[i];
		if (key->len <= prefix_len ||
		    key->len - prefix_len > STORE_KEY_MAX ||
		    strlen(key->str) != key->len)
			continue;
		buf_add(&names->text, key->str + prefix_len,
		    key->len - prefix_len + 1);
		names->n++;
	}
}

static int
by_bytes(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* In order, each once. */
static void
sort(struct names *names)
{
	const char *p = names->text.data;
	size_t n = 0;

	names->list = xcalloc(names->n + 1, sizeof(*names->list));
	for (size_t i = 0; i < names->n; i++, p += strlen(p) + 1)
		names->list[i] = p;
	qsort(names->list, names->n, sizeof(*names->list), by_bytes);
	for (size_t i = 0; i < names->n; i++)
		if (n == 0 || strcmp(names->list[n - 1], names->list[i]) != 0)
			names->list[n++] = names->list[i];
	names->n = n;
}

/* Gather the names of all keys with the prefix. */
static int
find_names(struct store_txn *t, const char *prefix, struct names *names)
{
	struct redis *r = t->store->redis;
	struct resp_reply *reply;
	char cursor[32] = "0";
	int status;

	names->text.len = names->n = 0;
	status = redis_check(t->store);
	if (status != 0)
		return status;
	do {
		ask(r, cursor, prefix);
		status = redis_read(t->store, REDIS_KIND(RESP_ARRAY), &reply);
		if (status != 0)
			return status;
		if (!is_sound(reply) ||
		    reply->elements[0]->len >= sizeof(cursor)) {
			resp_reply_free(reply);
			return redis_garbled(t->store, "SCAN");
		}
		keep_names(r, reply, names);
		memcpy(cursor, reply->elements[0]->str,
		    reply->elements[0]->len + 1);
		resp_reply_free(reply);
		if (names->text.len > NAMES_MAX)
			return store_fail(t->store, EX_DATAERR,
			    "the names of the keys take more than 256 MiB");
	} while (strcmp(cursor, "0") != 0);
	return 0;
}

/* Sorted names, from a connection that may break once. */
static int
sorted_names(struct store_txn *t, const char *prefix, struct names *names)
{
	int status = find_names(t, prefix, names);

	if (redis_may_retry(t, status))
		status = find_names(t, prefix, names);
	if (status == 0)
		sort(names);
	return status;
}

struct scan {
	struct store_txn *t;
	bool (*each)(void *, const char *, const struct store_value *);
	void *arg;
	size_t ahead; /* how many values may be on their way */
	bool is_over;
};

/* Take one value, and how long it lives. */
static int
take_value(struct scan *s, const char *key)
{
	struct resp_reply *value, *life;
	struct store_value v;
	int status;

	/* a key that holds no string is nothing of ours */
	status = redis_read(s->t->store,
	    REDIS_KIND(RESP_STRING) | REDIS_KIND(RESP_NIL) |
		REDIS_KIND(RESP_ERROR),
	    &value);
	if (status != 0)
		return status;
	if (value->kind == RESP_ERROR &&
	    strncmp(value->str, "WRONGTYPE", 9) != 0) {
		status = redis_refused(s->t->store, value);
		redis_close(s->t->store->redis);
	}
	if (status == 0)
		status =
		    redis_read(s->t->store, REDIS_KIND(RESP_INTEGER), &life);
	if (status == 0) {
		redis_value(s->t, value, &v);
		if (v.is_plain)
			redis_set_life(s->t, life->integer, &v);
		if (v.data && !s->is_over)
			s->is_over = !s->each(s->arg, key, &v);
		/* large values are taken one by one: they may be huge */
		s->ahead = value->len > LARGE ? 1 : s->ahead * 2;
		if (s->ahead > MOST_AHEAD)
			s->ahead = MOST_AHEAD;
		resp_reply_free(life);
	}
	resp_reply_free(value);
	return status;
}

static int
take_values(struct scan *s, const struct names *names)
{
	struct redis *r = s->t->store->redis;
	size_t asked = 0;
	int status = 0;

	for (size_t i = 0; i < names->n && status == 0; i++) {
		for (; asked < names->n && asked - i < s->ahead && !s->is_over;
		     asked++) {
			resp_command(r->resp, "GET", 2);
			redis_add_key(r, names->list[asked]);
			resp_command(r->resp, "PTTL", 2);
			redis_add_key(r, names->list[asked]);
		}
		if (i == asked)
			break;
		status = take_value(s, names->list[i]);
	}
	return status;
}

int
redis_scan(struct store_txn *t, const char *prefix,
    bool (*each)(void *, const char *, const struct store_value *), void *arg)
{
	struct scan s = {.t = t, .each = each, .arg = arg, .ahead = 1};
	struct names names = {0};
	int status = sorted_names(t, prefix, &names);

	if (status == 0)
		status = take_values(&s, &names);
	names_release(&names);
	return status;
}

/* A database of our own is emptied; in another one only our keys go. */
int
redis_clear(struct store_txn *t)
{
	struct redis *r = t->store->redis;
	struct names names = {0};
	struct resp_reply *reply;
	size_t n;
	int status;

	status = redis_check(t->store);
	if (status != 0)
		return status;
	if (r->is_ours) {
		resp_command(r->resp, "FLUSHDB", 1);
		return redis_done(t->store);
	}
	status = sorted_names(t, "", &names);
	n = status == 0 ? redis_add_keys(r, "DEL", names.list, names.n) : 0;
	for (; n > 0 && status == 0; n--) {
		status = redis_read(t->store, REDIS_KIND(RESP_INTEGER), &reply);
		if (status == 0)
			resp_reply_free(reply);
	}
	names_release(&names);
	return status;
}
