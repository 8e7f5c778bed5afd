/* The verbs that treat entries by their keys. */
#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "cache/verbs.h"
#include "core/diag.h"
#include "core/slurp.h"
#include "obs/run.h"
#include "stream/out.h"
#include "stream/stop.h"

int
verb_report(const struct verb_options *o, int status)
{
	if (status != 0)
		diag_error("%s", store_why(o->store));
	return status;
}

int
verb_count(char *const *operands)
{
	int n = 0;

	while (operands[n])
		n++;
	return n;
}

struct get {
	const struct verb_options *o;
	const char *key;
	struct buf value;
	bool is_found;
};

static int
find(struct store_txn *t, void *arg)
{
	struct get *g = arg;
	struct store_value v;
	int status = store_get(t, g->key, &v);

	if (status != 0)
		return status;
	g->is_found = v.data && !v.is_stale;
	g->value.len = 0;
	if (g->is_found)
		buf_add(&g->value, v.data, v.len);
	if (g->o->db == STORE_CACHE)
		store_count(t, g->is_found ? STORE_HIT : STORE_MISS, 1);
	run_counts.cache_hits = g->is_found;
	return 0;
}

int
verb_get(struct verb_options *o, char **operands)
{
	struct get g = {.o = o, .key = operands[0]};
	int status = verb_report(o, store_do(o->store, o->db, NULL, find, &g));

	out_write(STDOUT_FILENO, "<stdout>", g.value.data, g.value.len);
	buf_release(&g.value);
	return status == 0 && !g.is_found ? 1 : status;
}

/* Read standard input, but not without end.  Returns an exit status. */
static int
read_stdin(const struct verb_options *o, struct buf *b)
{
	int errnum = slurp(STDIN_FILENO, o->max_size, b);

	if (errnum == EFBIG)
		diag_error("<stdin>: more than %" PRIu64
			   " bytes; see --max-size",
		    o->max_size);
	else if (errnum != 0)
		diag_error("<stdin>: read: %s", strerror(errnum));
	if (errnum == 0)
		return 0;
	return errnum == EFBIG ? EX_DATAERR : EX_IOERR;
}

struct put {
	const struct verb_options *o;
	const char *key;
	struct buf value;
};

static int
set(struct store_txn *t, void *arg)
{
	const struct put *p = arg;

	store_set(t, p->key, p->value.data, p->value.len, p->o->ttl_ms, 0);
	return 0;
}

int
verb_put(struct verb_options *o, char **operands)
{
	struct put p = {.o = o, .key = operands[0]};
	int status = read_stdin(o, &p.value);

	if (status == 0)
		status = verb_report(
		    o, store_do(o->store, STORE_CACHE, NULL, set, &p));
	buf_release(&p.value);
	return status;
}

static int
remove_keys(struct store_txn *t, void *arg)
{
	for (char **key = arg; *key; key++)
		store_del(t, *key);
	return 0;
}

int
verb_del(struct verb_options *o, char **operands)
{
	return verb_report(
	    o, store_do(o->store, o->db, NULL, remove_keys, operands));
}

static int
collect(struct store_txn *t, void *arg)
{
	return store_gc(t, arg);
}

int
verb_gc(struct verb_options *o, char **operands)
{
	uint64_t n = 0;
	int status =
	    verb_report(o, store_do(o->store, o->db, NULL, collect, &n));

	(void)operands;
	diag_info("%" PRIu64 " entries removed", n);
	return status;
}

static int
empty(struct store_txn *t, void *arg)
{
	(void)arg;
	return store_clear(t);
}

int
verb_clear(struct verb_options *o, char **operands)
{
	(void)operands;
	return verb_report(
	    o, store_do(o->store, STORE_CACHE, NULL, empty, NULL));
}

static void
emit(int stream, const char *data, size_t len)
{
	out_write(stream, stream == 1 ? "<stdout>" : "<stderr>", data, len);
}

int
verb_run(struct verb_options *o, char **operands)
{
	struct memo *m = &o->memo;
	struct buf input = {0};
	int status = 0;

	m->argv = operands;
	m->ttl_ms = o->ttl_ms;
	m->max_size = o->max_size;
	m->emit = emit;
	if (o->takes_stdin) {
		status = read_stdin(o, &input);
		m->input = input.data ? input.data : "";
		m->input_len = input.len;
	}
	if (stop_init() != 0)
		die_errno(VERB_FAILED, "signals");
	status = status == 0 ? memo_run(m, o->store) : VERB_FAILED;
	buf_release(&input);
	return status;
}

int
verb_serve(struct verb_options *o, char **operands)
{
	int status;

	(void)operands;
	if (stop_init() != 0)
		die_errno(EX_OSERR, "signals");
	status = verb_report(o, server_run(o->store, &o->server));
	if (status == 0 && stop_signal() != 0)
		return 128 + stop_signal();
	return status;
}
