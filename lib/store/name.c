/* Which store, and how: what its name and the environment say. */
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "core/num.h"
#include "core/secret.h"
#include "core/xmem.h"
#include "store/redis.h"

#define CACHE_MAX ((uint64_t)1 << 30) /* bytes, by default */

/* The value of a variable that is set and not empty, or NULL. */
static const char *
variable(const char *name)
{
	const char *value = getenv(name);

	return value && *value ? value : NULL;
}

/* The directory that the environment names, or nothing. */
static void
find_directory(struct buf *where)
{
	const char *value;

	if ((value = variable("CDO_STATE_DIR")))
		buf_adds(where, value);
	else if (geteuid() == 0)
		buf_adds(where, "/var/lib/cdo");
	else if ((value = variable("XDG_STATE_HOME")))
		buf_addf(where, "%s/cdo", value);
	else if ((value = variable("HOME")))
		buf_addf(where, "%s/.local/state/cdo", value);
}

/* The same, or the server. */
static void
find_default(struct buf *where)
{
	const char *value = variable("CDO_STORE");

	if (value)
		buf_adds(where, value);
	else
		find_directory(where);
}

bool
store_directory(struct buf *path, const char *name)
{
	size_t had = path->len;
	const char *store = variable("CDO_STORE");

	if (store && !place_is(store) && store[strcspn(store, "/:")] != ':')
		buf_adds(path, store);
	else
		find_directory(path);
	if (path->len == had)
		return false;
	buf_addf(path, "/%s", name);
	buf_addc(path, '\0');
	return true;
}

/* A server: read where it is. */
static void
choose_server(struct store *s)
{
	struct buf masked = {0}, why = {0};

	s->redis = xcalloc(1, sizeof(*s->redis));
	if (place_read(&s->redis->place, s->where,
		variable("CDO_REDIS_PASSWORD"), &why) == 0)
		s->backend = &backend_redis;
	if (!s->redis->place.path) {
		secret_mask_url(&masked, s->where);
		free(s->where);
		s->where = xstrndup(masked.data, masked.len);
	}
	if (!s->backend)
		store_fail(s, 0, "%.*s", (int)why.len, why.data);
	buf_release(&masked);
	buf_release(&why);
}

/* Is that HOST:PORT or the URL of something else?  ./A:B is a directory. */
static bool
is_foreign(const char *where)
{
	return where[strcspn(where, "/:")] == ':';
}

/* Its URL may have a password in it. */
static void
refuse_foreign(struct store *s)
{
	struct buf masked = {0};

	secret_mask_url(&masked, s->where);
	free(s->where);
	s->where = xstrndup(masked.data, masked.len);
	buf_release(&masked);
	store_fail(s, 0,
	    "no kind of store; write a directory (./NAME if it has a colon), "
	    "unix:PATH or redis://host:6379/0");
}

/* Tell the kinds of stores apart; what has no scheme is a directory. */
static void
choose_backend(struct store *s)
{
	if (s->where[0] == '\0') {
		free(s->where);
		s->where = xstrndup("CDO_STORE", 9);
		store_fail(s, 0,
		    "not set, and there is no HOME either; set "
		    "it to a directory");
		return;
	}
	if (place_is(s->where))
		choose_server(s);
	else if (is_foreign(s->where))
		refuse_foreign(s);
	else
		s->backend = &backend_direct;
}

/* How long the environment wants to wait for others, if it says so. */
static void
find_wait(struct store *s)
{
	const char *value = variable("CDO_STORE_WAIT");

	if (value && num_duration(value, &s->wait_ms) != 0) {
		store_fail(s, 0,
		    "CDO_STORE_WAIT: %s: not a duration; write 10s, 1m", value);
		s->backend = NULL;
	}
}

/* How large the environment wants the cache to be at most. */
static void
find_cache_max(struct store *s)
{
	const char *value = variable("CDO_CACHE_MAX");

	s->cache_max = CACHE_MAX;
	if (value && num_size(value, 0, UINT64_MAX, &s->cache_max) != 0) {
		store_fail(s, 0,
		    "CDO_CACHE_MAX: %s: not a size; write 500M, 4G, or 0 for "
		    "no limit",
		    value);
		s->backend = NULL;
	}
}

struct store *
store_new(const char *where, int64_t wait_ms)
{
	struct store *s = xcalloc(1, sizeof(*s));
	struct buf name = {0};

	if (where)
		buf_adds(&name, where);
	else
		find_default(&name);
	s->where = xstrndup(name.data ? name.data : "", name.len);
	s->wait_ms = wait_ms;
	choose_backend(s);
	if (!where && s->backend)
		find_wait(s);
	if (s->backend)
		find_cache_max(s);
	buf_release(&name);
	return s;
}
