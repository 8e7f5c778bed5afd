/* task: one run at a time at a cursor. */
#include <string.h>
#include <sysexits.h>

#include "core/diag.h"
#include "source/task.h"
#include "state/holder.h"
#include "state/lease.h"

#define LEASE_MS INT64_C(300000) /* taken anew with each page */

bool
stream_take(void *state, int64_t now, void *arg)
{
	struct lease *l = state;
	char holder[HOLDER_SIZE];
	long pid;

	holder_self(holder);
	*(bool *)arg = lease_take(
	    l, holder, LEASE_MS, holder_is_dead(l->holder, &pid), now);
	return *(bool *)arg;
}

bool
stream_drop(void *state, int64_t now, void *arg)
{
	char holder[HOLDER_SIZE];

	(void)now;
	(void)arg;
	holder_self(holder);
	return lease_drop(state, holder);
}

/* A step of the lease of the stream. */
int
stream_step_lease(struct stream *st,
    bool (*step)(void *state, int64_t now, void *arg), void *arg)
{
	struct source *s = st->w->source;
	struct buf key = {0}, why = {0};
	int status;

	buf_adds(&key, "lease:fetch:");
	buf_adds(&key, st->track.key.data + strlen("cursor:"));
	buf_addc(&key, '\0');
	pthread_mutex_lock(&s->lock);
	status =
	    state_step(source_store(s), &lease_kind, key.data, step, arg, &why);
	pthread_mutex_unlock(&s->lock);
	if (status != 0)
		diag_error("%s: %.*s", st->task->name, (int)why.len, why.data);
	buf_release(&key);
	buf_release(&why);
	return status;
}

bool
stream_keep_lease(struct stream *st, int *status)
{
	bool is_ours = true;

	if (!st->track.c || stream_step_lease(st, stream_take, &is_ours) != 0 ||
	    is_ours)
		return true;
	diag_error(
	    "%s: another run is at it since the lease ran out", st->task->name);
	*status = EX_TEMPFAIL;
	return false;
}
