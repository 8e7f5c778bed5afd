#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "core/xmem.h"
#include "state/state.h"

void
state_add_key(struct buf *b, const char *part)
{
	if (b->len > 0)
		buf_addc(b, ':');
	for (; *part; part++) {
		unsigned char c = (unsigned char)*part;

		if (c == ':' || c == '%' || c < 0x20 || c == 0x7f)
			buf_addf(b, "%%%02X", (unsigned)c);
		else
			buf_addc(b, *part);
	}
}

int
state_get(struct store_txn *t, const struct state_kind *kind, const char *key,
    void *state, struct buf *why)
{
	struct store_value v;
	struct buf what = {0};
	int status;

	memset(state, 0, kind->size);
	status = store_get(t, key, &v);
	if (status != 0 || !v.data || v.is_stale)
		return status;
	if (!state_read(v.data, v.len, kind, state, &what)) {
		buf_addf(why,
		    "%s: not a %s that this version can read: %.*s; look at "
		    "it with cdo-cache get --state, remove it with cdo-cache "
		    "del --state",
		    key, kind->name, (int)what.len, what.data);
		status = EX_DATAERR;
	}
	buf_release(&what);
	return status;
}

void
state_set(struct store_txn *t, const struct state_kind *kind, const char *key,
    const void *state)
{
	struct buf text = {0};

	state_write(&text, kind, state);
	store_set(
	    t, key, text.data, text.len, kind->life(state, store_now(t)), 0);
	buf_release(&text);
}

struct call {
	const struct state_kind *kind;
	const char *key;
	bool (*step)(void *, int64_t, void *);
	void *arg;
	void *state;
	struct buf *why;
};

static int
work(struct store_txn *t, void *arg)
{
	struct call *c = arg;
	int status;

	state_release(c->kind, c->state);
	status = state_get(t, c->kind, c->key, c->state, c->why);
	if (status == 0 && c->step(c->state, store_now(t), c->arg))
		state_set(t, c->kind, c->key, c->state);
	return status;
}

int
state_step(struct store *s, const struct state_kind *kind, const char *key,
    bool (*step)(void *, int64_t, void *), void *arg, struct buf *why)
{
	const char *const watch[] = {key, NULL};
	struct call c = {kind, key, step, arg, NULL, why};
	size_t told = why->len;
	int status;

	c.state = xcalloc(1, kind->size);
	status = store_do(s, STORE_STATE, watch, work, &c);
	if (status != 0 && why->len == told)
		buf_addf(why, "%s", store_why(s));
	state_release(kind, c.state);
	free(c.state);
	return status;
}
