#include <inttypes.h>
#include <string.h>
#include <sysexits.h>

#include "cache/dump.h"
#include "cache/verbs.h"
#include "core/diag.h"
#include "core/timestamp.h"

#define BATCH_ENTRIES 512 /* in one transaction */
#define BATCH_BYTES ((size_t)1 << 20) /* of their values, unless it is one */
#define LINE_MAX_SIZE ((size_t)1 << 30) /* a value of 512M in base64 */

struct load {
	const struct verb_options *o;
	struct buf batch; /* of struct dump_entry */
	size_t bytes; /* of their values */
	uint64_t n_loaded, n_bad, n_gone;
};

struct part {
	const struct buf *batch;
	enum store_db db;
};

/* Set those of one database. */
static int
set_all(struct store_txn *t, void *arg)
{
	const struct part *p = arg;
	struct dump_entry e;

	for (size_t i = 0; i < p->batch->len; i += sizeof(e)) {
		memcpy(&e, p->batch->data + i, sizeof(e));
		if (e.db != p->db)
			continue;
		e.times.data = e.value.data;
		e.times.len = e.value.len;
		store_put(t, e.key.data, &e.times);
	}
	return 0;
}

static bool
has_any(const struct part *p)
{
	struct dump_entry e;

	for (size_t i = 0; i < p->batch->len; i += sizeof(e)) {
		memcpy(&e, p->batch->data + i, sizeof(e));
		if (e.db == p->db)
			return true;
	}
	return false;
}

/* Write the batch: one transaction a database. */
static void
write_batch(struct load *l)
{
	struct dump_entry e;
	int status;

	for (int db = 0; db < STORE_DB_COUNT; db++) {
		struct part p = {&l->batch, (enum store_db)db};

		if (!has_any(&p))
			continue;
		status = store_do(l->o->store, p.db, NULL, set_all, &p);
		if (status != 0)
			die(status,
			    "%s; about %" PRIu64 " entries are loaded; load "
			    "again, that does no harm",
			    store_why(l->o->store), l->n_loaded);
	}
	for (size_t i = 0; i < l->batch.len; i += sizeof(e)) {
		memcpy(&e, l->batch.data + i, sizeof(e));
		dump_release(&e);
		l->n_loaded++;
	}
	l->batch.len = l->bytes = 0;
}

static void
take(struct worker *w, const struct record *r)
{
	struct load *l = w->filter->arg;
	struct dump_entry e;
	const char *fault = dump_read(r->root, &e);

	if (fault) {
		w->n_rejected++;
		if (l->n_bad++ < FILTER_SHOWN)
			diag_error(
			    "%s:%" PRIu64 ": %s", r->name, r->line, fault);
		return;
	}
	if (e.times.stale_until <= timestamp_now()) {
		l->n_gone++;
		dump_release(&e);
		return;
	}
	l->bytes += e.value.len;
	buf_add(&l->batch, &e, sizeof(e));
	if (l->batch.len >= BATCH_ENTRIES * sizeof(e) ||
	    l->bytes >= BATCH_BYTES)
		write_batch(l);
}

static void
flush(struct filter *f)
{
	write_batch(f->arg);
}

int
verb_load(struct verb_options *o, char **operands)
{
	struct load l = {.o = o};
	struct filter *f = &o->filter;
	int status;

	f->arg = &l;
	f->record = take;
	f->flush = flush;
	if (f->max_line == 0)
		f->max_line = LINE_MAX_SIZE;
	filter_init(f);
	filter_files(f, verb_count(operands), operands);
	status = filter_finish(f);
	buf_release(&l.batch);
	if (l.n_bad > FILTER_SHOWN)
		diag_error("%" PRIu64 " bad lines in all", l.n_bad);
	diag_info("%" PRIu64 " entries loaded, %" PRIu64 " whose time is over",
	    l.n_loaded, l.n_gone);
	return status == 0 && l.n_bad > 0 ? EX_DATAERR : status;
}
