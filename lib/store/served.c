#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/xmem.h"
#include "store/redis.h"
#include "store/served.h"

#define GREET_MS 1000

/* Is that a socket which only its user, we or root, can have made? */
static bool
is_trusted(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0 && S_ISSOCK(st.st_mode) &&
	       (st.st_uid == geteuid() || st.st_uid == 0) &&
	       (st.st_mode & (S_IWGRP | S_IWOTH)) == 0;
}

/* Begin as with any server, if this one is ours. */
static bool
begin(struct store_txn *t, const char *const *watch)
{
	void *private = t->private;

	if (backend_redis.begin(t, watch) == 0) {
		if (t->store->redis->is_ours) {
			t->backend = &backend_redis;
			return true;
		}
		backend_redis.end(t);
		redis_close(t->store->redis);
	}
	t->private = private;
	return false;
}

bool
served_begin(struct store_txn *t, const char *const *watch)
{
	struct store *s = t->store;
	struct buf path = {0};
	bool trusted;

	buf_addf(&path, "%s/socket", s->where);
	trusted = is_trusted(path.data);
	if (trusted && !s->redis) {
		s->redis = xcalloc(1, sizeof(*s->redis));
		s->redis->place.path = xstrndup(path.data, path.len);
		s->redis->greet_ms = GREET_MS;
	}
	buf_release(&path);
	return trusted && begin(t, watch);
}

bool
served_again(struct store_txn *t, const char *const *watch)
{
	const struct redis *r = t->store->redis;

	return r && r->resp && begin(t, watch);
}
