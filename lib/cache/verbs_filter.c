/* The verbs that read records: dedup, commit, load. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "cache/commit.h"
#include "cache/dedup.h"
#include "cache/verbs.h"
#include "core/diag.h"
#include "core/sha256.h"
#include "core/xmem.h"
#include "stream/annot.h"
#include "stream/side.h"
#include "json/path.h"

#define GATHER ((size_t)4 << 20) /* bytes of records that dedup asks about */

/* A record that dedup holds until it is known whether it is new. */
struct held {
	size_t len; /* of its text in worker.scratch, with its LF */
	bool has_key;
};

struct dedup_run {
	const struct verb_options *o;
	struct dedup dedup;
	struct buf held; /* of struct held */
	struct buf keys; /* of struct dedup_key, one a record that has a key */
	struct buf due; /* of uint64_t, one a call of settle: keys so far */
	uint64_t n_marked; /* keys so far */
	struct buf canon;
	uint64_t n_seen, n_missing;
};

/* Hash the record's key.  Returns false if a part of it is absent. */
static bool
hash_key(struct dedup_run *d, struct jval root, char hash[DEDUP_HASH])
{
	uint8_t digest[SHA256_SIZE];
	struct buf *b = &d->canon;

	b->len = 0;
	for (size_t i = 0; i < d->o->n_keys; i++) {
		struct jval v = jpath_get(&d->o->keys[i], root);

		if (!v.at)
			return false;
		jval_canon(b, v);
		buf_addc(b, '\n');
	}
	sha256(b->data, b->len, digest);
	memcpy(hash, digest, DEDUP_HASH);
	return true;
}

static void
hold(struct worker *w, const struct record *r)
{
	struct dedup_run *d = w->filter->arg;
	struct dedup_key key = {.is_new = true};
	struct held h = {.has_key = hash_key(d, r->root, key.hash)};
	size_t before = w->scratch.len;

	d->n_missing += !h.has_key;
	if (!h.has_key && d->o->drops_missing) {
		w->n_rejected++;
		return;
	}
	if (w->filter->strip)
		annot_strip(&w->scratch, r->text, r->len, r->root);
	else
		buf_add(&w->scratch, r->text, r->len);
	h.len = w->scratch.len - before;
	w->n_held += h.len + 1;
	buf_add(&d->held, &h, sizeof(h));
	if (h.has_key)
		buf_add(&d->keys, &key, sizeof(key));
}

/* The store fails: stop, or go on without it. */
static void
on_trouble(const struct dedup_run *d, int status, const char *what)
{
	if (d->o->stops_on_error)
		die(status, "%s; %s", store_why(d->o->store), what);
	diag_warn("%s; going on without it: records may pass twice",
	    store_why(d->o->store));
}

/* Emit those of the held records that are new. */
static void
let_go(struct worker *w, struct dedup_run *d)
{
	const struct dedup_key *key = (const void *)d->keys.data;
	const char *text = w->scratch.data;
	struct held h;

	for (size_t i = 0; i < d->held.len; i += sizeof(h)) {
		memcpy(&h, d->held.data + i, sizeof(h));
		if (!h.has_key || key->is_new)
			filter_emit(w, text, h.len);
		else
			d->n_seen++;
		key += h.has_key;
		text += h.len;
	}
	w->scratch.len = w->n_held = d->held.len = d->keys.len = 0;
}

static void
settle(struct worker *w)
{
	struct dedup_run *d = w->filter->arg;
	struct dedup_key *keys = (void *)d->keys.data;
	uint64_t n_queued;
	int status = 0;

	if (d->keys.len > 0)
		status =
		    dedup_ask(&d->dedup, keys, d->keys.len / sizeof(*keys));
	if (status != 0)
		on_trouble(d, status, "stopped before anything unknown passed");
	let_go(w, d);
	n_queued = d->n_marked + dedup_count(&d->dedup);
	buf_add(&d->due, &n_queued, sizeof(n_queued));
}

/* What one call of settle let go is written: mark it. */
static void
mark(struct filter *f)
{
	struct dedup_run *d = f->arg;
	size_t before = dedup_count(&d->dedup);
	uint64_t n_out;
	int status;

	memcpy(&n_out, d->due.data, sizeof(n_out));
	d->due.len -= sizeof(n_out);
	memmove(d->due.data, d->due.data + sizeof(n_out), d->due.len);
	status = dedup_mark(&d->dedup, (size_t)(n_out - d->n_marked));
	d->n_marked += before - dedup_count(&d->dedup);
	if (status != 0)
		on_trouble(d, status, "what passed last may pass again");
}

int
verb_dedup(struct verb_options *o, char **operands)
{
	struct dedup_run d = {.o = o,
	    .dedup = {.store = o->store, .name = o->name, .ttl_ms = o->ttl_ms}};
	struct filter *f = &o->filter;
	int status;

	f->arg = &d;
	f->gather = GATHER;
	f->record = hold;
	f->settle = settle;
	f->flush = mark;
	filter_init(f);
	filter_files(f, verb_count(operands), operands);
	status = filter_finish(f);
	diag_info("%" PRIu64 " records seen before, %" PRIu64 " without a key",
	    d.n_seen, d.n_missing);
	dedup_release(&d.dedup);
	buf_release(&d.held);
	buf_release(&d.keys);
	buf_release(&d.due);
	buf_release(&d.canon);
	return status;
}

/* A checkpoint whose records are not all written yet. */
struct waiting {
	struct checkpoint point;
	const char *fault; /* why it cannot be committed; or NULL */
	const char *file; /* lent */
	uint64_t line;
};

struct commit_run {
	struct commit commit;
	struct buf waiting; /* of struct waiting, first come first */
	bool has_malformed; /* a line before was lost */
};

static void
wait_for_flush(struct worker *w, const struct record *r)
{
	struct commit_run *c = w->filter->arg;
	struct waiting next = {.file = r->name, .line = r->line};

	next.fault = checkpoint_read(r->text, r->root, &next.point);
	if (!next.fault && c->has_malformed) {
		checkpoint_release(&next.point);
		next.fault = "a malformed line came before";
	}
	buf_add(&c->waiting, &next, sizeof(next));
}

static bool
note_malformed(struct worker *w, const struct badline *b)
{
	struct commit_run *c = w->filter->arg;

	(void)b;
	c->has_malformed = true;
	return false;
}

/* All records before the first checkpoint that waits are written. */
static void
commit_one(struct filter *f)
{
	struct commit_run *c = f->arg;
	struct buf why = {0};
	struct waiting next;
	int status = EX_DATAERR;

	if (c->waiting.len == 0)
		return;
	memcpy(&next, c->waiting.data, sizeof(next));
	c->waiting.len -= sizeof(next);
	memmove(
	    c->waiting.data, c->waiting.data + sizeof(next), c->waiting.len);
	side_sync(STDOUT_FILENO, "<stdout>");
	if (next.fault)
		buf_addf(&why, "%s", next.fault);
	else
		status = commit_move(&c->commit, &next.point, &why);
	if (status != 0)
		die(status,
		    "%s:%" PRIu64 ": checkpoint: %s; the records before it "
		    "are written%s",
		    next.file, next.line, why.data,
		    next.fault || c->commit.has_refused
			? ", the cursor has not moved"
			: "");
	checkpoint_release(&next.point);
	buf_release(&why);
}

int
verb_commit(struct verb_options *o, char **operands)
{
	struct commit_run c = {.commit = {.store = o->store}};
	struct filter *f = &o->filter;
	int status;

	f->arg = &c;
	f->record = filter_pass;
	f->control = wait_for_flush;
	f->malformed = note_malformed;
	f->flush = commit_one;
	filter_init(f);
	filter_files(f, verb_count(operands), operands);
	status = filter_finish(f);
	commit_release(&c.commit);
	buf_release(&c.waiting);
	return status;
}
