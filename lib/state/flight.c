#include <stdlib.h>

#include "state/flight.h"
#include "state/holder.h"

#define PAUSE_MS 20 /* the first, growing to the longest */
#define PAUSE_MAX_MS 500

void
flight_init(struct flight *f, const char *key)
{
	*f = (struct flight){0};
	buf_addf(&f->lease, "lease:%s", key);
	holder_self(f->self);
}

void
flight_release(struct flight *f)
{
	buf_release(&f->lease);
}

/* The lease that is kept. */
static void
read_lease(const struct store_value *v, struct lease *l)
{
	struct buf why = {0};

	*l = (struct lease){0};
	if (v->data && !state_read(v->data, v->len, &lease_kind, l, &why))
		*l = (struct lease){0};
	buf_release(&why);
}

bool
flight_take(struct store_txn *t, struct flight *f, const struct store_value *v,
    int64_t length_ms)
{
	struct lease l;
	bool is_dead, is_ours;

	read_lease(v, &l);
	is_dead = holder_is_dead(l.holder, &f->pid);
	is_ours = lease_take(&l, f->self, length_ms, is_dead, store_now(t));
	state_set(t, &lease_kind, f->lease.data, &l);
	return is_ours;
}

bool
flight_is_held(const struct store_value *v, int64_t now)
{
	struct lease l;
	long pid;

	read_lease(v, &l);
	return l.holder[0] != '\0' && now < l.expires &&
	       !holder_is_dead(l.holder, &pid);
}

struct renewal {
	struct flight *flight;
	int64_t length_ms;
};

static int
renew(struct store_txn *t, void *arg)
{
	const struct renewal *r = arg;
	const struct flight *f = r->flight;
	struct store_value v;
	struct lease l;
	int status = store_get(t, f->lease.data, &v);

	if (status != 0)
		return status;
	read_lease(&v, &l);
	if (lease_renew(&l, f->self, r->length_ms, store_now(t)))
		state_set(t, &lease_kind, f->lease.data, &l);
	return 0;
}

int
flight_renew(struct flight *f, struct store *s, int64_t length_ms)
{
	const char *const watch[] = {f->lease.data, NULL};
	struct renewal r = {f, length_ms};

	return store_do(s, STORE_CACHE, watch, renew, &r);
}

void
flight_drop(
    struct store_txn *t, const struct flight *f, const struct store_value *v)
{
	struct lease l;

	read_lease(v, &l);
	if (lease_drop(&l, f->self))
		store_del(t, f->lease.data);
}

int64_t
flight_pause(int64_t last_ms)
{
	if (last_ms == 0)
		return PAUSE_MS;
	return last_ms * 2 < PAUSE_MAX_MS ? last_ms * 2 : PAUSE_MAX_MS;
}
