/*
 * origin: how it is kept in the store.
 */
#include "core/diag.h"
#include "core/timestamp.h"
#include "http/origin_private.h"

struct call {
	struct origin *origin;
	origin_step *step;
	void *arg;
	struct machines m;
	int64_t now;
	struct buf why;
};

static const struct state_kind *const kinds[N_MACHINES] = {
    &breaker_kind, &budget_kind, &rate_kind};

static void *
machine(struct machines *m, size_t i)
{
	void *const all[N_MACHINES] = {&m->breaker, &m->budget, &m->rate};

	return all[i];
}

/* Successes, in the order in which they came: before what the step tells. */
static unsigned
tell_good(const struct origin *o, struct machines *m, int64_t now)
{
	if (o->n_good == 0)
		return 0;
	for (int64_t i = 0; i < o->n_good; i++)
		breaker_tell(
		    &m->breaker, &breaker_rules, "", BREAKER_SUCCESS, 0, now);
	budget_give(&m->budget, o->given, now);
	return ORIGIN_BREAKER | ORIGIN_BUDGET;
}

static int
read_all(struct store_txn *t, struct call *c)
{
	int status = 0;

	c->why.len = 0;
	c->now = store_now(t);
	for (size_t i = 0; status == 0 && i < N_MACHINES; i++)
		status = state_get(t, kinds[i], c->origin->keys[i],
		    machine(&c->m, i), &c->why);
	return status;
}

static int
work(struct store_txn *t, void *arg)
{
	struct call *c = arg;
	int status = read_all(t, c);
	unsigned changed;

	if (status != 0)
		return status;
	changed = tell_good(c->origin, &c->m, c->now);
	if (c->step)
		changed |= c->step(&c->m, c->now, c->arg);
	for (size_t i = 0; i < N_MACHINES; i++)
		if (changed & 1u << i)
			state_set(
			    t, kinds[i], c->origin->keys[i], machine(&c->m, i));
	return 0;
}

static int
do_call(struct call *c, int (*what)(struct store_txn *, void *))
{
	struct origin *o = c->origin;
	const char *const watch[] = {o->keys[0], o->keys[1], o->keys[2], NULL};
	int status = store_do(o->all->store, STORE_STATE, watch, what, c);

	if (status != 0 && c->why.len == 0)
		buf_adds(&c->why, store_why(o->all->store));
	return status;
}

void
origin_run(struct origin *o, origin_step *step, void *arg)
{
	struct call c = {.origin = o, .step = step, .arg = arg};

	if (!o->all->is_alone && do_call(&c, work) != 0) {
		diag_warn("%.*s; going on without what other runs know about "
			  "servers",
		    (int)c.why.len, c.why.data);
		o->all->is_alone = true;
	}
	if (o->all->is_alone) {
		c.m = o->now;
		c.now = timestamp_now();
		tell_good(o, &c.m, c.now);
		if (step)
			step(&c.m, c.now, arg);
	}
	buf_release(&c.why);
	o->now = c.m;
	o->n_good = o->given = 0;
	o->is_known = true;
	o->seen_at = timestamp_monotonic();
}

static int
only_read(struct store_txn *t, void *arg)
{
	return read_all(t, arg);
}

int
origin_read(struct origin *o, struct machines *m, int64_t *now, struct buf *why)
{
	struct call c = {.origin = o};
	int status;

	if (o->all->is_alone) {
		*m = o->now;
		*now = timestamp_now();
		return 0;
	}
	status = do_call(&c, only_read);
	if (status == 0) {
		*m = c.m;
		*now = c.now;
	} else {
		buf_add(why, c.why.data, c.why.len);
	}
	buf_release(&c.why);
	return status;
}
