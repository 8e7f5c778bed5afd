/* The verbs that look at all there is. */
#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cache/dump.h"
#include "cache/listing.h"
#include "cache/verbs.h"
#include "core/diag.h"
#include "core/map.h"
#include "core/utf8.h"
#include "core/xmem.h"
#include "store/check.h"
#include "stream/out.h"

#define PREFIXES 1000 /* that stats tells apart */

struct list {
	const struct verb_options *o;
	const char *prefix;
	struct buf text;
	size_t n_skipped;
};

static bool
is_one_line(const char *key)
{
	for (; *key; key++)
		if (iscntrl((unsigned char)*key))
			return false;
	return true;
}

static bool
add_key(void *arg, const char *key, const struct store_value *v)
{
	struct list *l = arg;

	if (l->o->json) {
		listing_add(&l->text, key, v);
	} else if (l->o->zero || is_one_line(key)) {
		buf_adds(&l->text, key);
		buf_addc(&l->text, l->o->zero ? '\0' : '\n');
	} else {
		l->n_skipped++;
	}
	return true;
}

static int
scan(struct store_txn *t, void *arg)
{
	struct list *l = arg;

	l->text.len = 0;
	l->n_skipped = 0;
	return store_scan(t, l->prefix, add_key, l);
}

int
verb_ls(struct verb_options *o, char **operands)
{
	struct list l = {.o = o, .prefix = *operands ? *operands : ""};
	int status = verb_report(o, store_do(o->store, o->db, NULL, scan, &l));

	out_write(STDOUT_FILENO, "<stdout>", l.text.data, l.text.len);
	buf_release(&l.text);
	if (l.n_skipped == 0)
		return status;
	diag_warn("keys with control characters left out: %zu; use -0 or "
		  "--json",
	    l.n_skipped);
	return VERB_PARTIAL;
}

/* Entries whose keys begin alike, and the bytes of their keys and values. */
struct share {
	uint64_t entries, bytes;
};

struct measure {
	struct store_stats stats;
	struct map shares; /* by prefix; owned */
};

static bool
add_share(void *arg, const char *key, const struct store_value *v)
{
	struct map *shares = arg;
	size_t len = strcspn(key, ":");
	struct share *s;
	void **place;

	if (key[len] != ':' || !utf8_is_valid(key, len))
		len = 0;
	if (shares->n >= PREFIXES && !map_get(shares, key, len))
		len = 0;
	place = map_put(shares, key, len);
	if (!*place)
		*place = xcalloc(1, sizeof(struct share));
	s = *place;
	s->entries++;
	s->bytes += strlen(key) + v->len;
	return true;
}

static void
forget_shares(struct map *shares)
{
	const struct map_entry *e;
	size_t i = 0;

	while ((e = map_next(shares, &i)))
		free(e->value);
	map_release(shares);
}

static int
measure(struct store_txn *t, void *arg)
{
	struct measure *m = arg;
	int status;

	forget_shares(&m->shares);
	status = store_stats(t, &m->stats);
	return status != 0 ? status : store_scan(t, "", add_share, &m->shares);
}

/* Append the prefixes.  Those without, beyond the limit, or that cannot be a
 * name in JSON are together under "". */
static void
add_shares(struct buf *b, const struct map *shares)
{
	const struct map_entry *e;
	bool is_first = true;
	size_t i = 0;

	buf_adds(b, "{");
	while ((e = map_next(shares, &i))) {
		const struct share *s = e->value;

		buf_adds(b, is_first ? "" : ",");
		buf_add_quoted(b, e->key, e->len);
		buf_addf(b, ":{\"entries\":%" PRIu64 ",\"bytes\":%" PRIu64 "}",
		    s->entries, s->bytes);
		is_first = false;
	}
	buf_adds(b, "}");
}

int
verb_stats(struct verb_options *o, char **operands)
{
	struct measure m = {0};
	struct buf b = {0};
	int status =
	    verb_report(o, store_do(o->store, o->db, NULL, measure, &m));

	(void)operands;
	if (status == 0) {
		buf_addf(&b, "{\"entries\":%" PRIu64 ",\"bytes\":%" PRIu64,
		    m.stats.entries, m.stats.bytes);
		for (size_t i = 0;
		     o->db == STORE_CACHE && i < STORE_EVENT_COUNT; i++)
			buf_addf(&b, ",\"%s\":%" PRIu64, store_event_names[i],
			    m.stats.events[i]);
		buf_addf(&b, ",\"disk_bytes\":%" PRIu64 ",\"prefixes\":",
		    m.stats.disk_bytes);
		add_shares(&b, &m.shares);
		buf_adds(&b, "}\n");
	}
	out_write(STDOUT_FILENO, "<stdout>", b.data, b.len);
	buf_release(&b);
	forget_shares(&m.shares);
	return status;
}

struct findings {
	const char *db;
	uint64_t n;
};

static void
tell(void *arg, const char *key, const char *what)
{
	struct findings *f = arg;

	f->n++;
	if (key)
		diag_error("%s: %s: %s", f->db, key, what);
	else
		diag_error("%s: %s", f->db, what);
}

int
verb_check(struct verb_options *o, char **operands)
{
	struct buf b = {0};
	int first = 0, status;

	(void)operands;
	for (int db = 0; db < STORE_DB_COUNT; db++) {
		struct findings f = {.db = store_db_names[db]};
		uint64_t n = 0;

		status = verb_report(
		    o, store_check(o->store, (enum store_db)db, tell, &f, &n));
		if (status == 0) /* or it was not read to its end */
			buf_addf(&b,
			    "{\"db\":\"%s\",\"entries\":%" PRIu64
			    ",\"findings\":%" PRIu64 "}\n",
			    f.db, n, f.n);
		if (status == 0 && f.n > 0)
			status = 1;
		if (first == 0 || first == 1)
			first = status != 0 ? status : first;
	}
	out_write(STDOUT_FILENO, "<stdout>", b.data, b.len);
	buf_release(&b);
	return first;
}

static void
emit(const char *lines, size_t len)
{
	out_write(STDOUT_FILENO, "<stdout>", lines, len);
}

int
verb_dump(struct verb_options *o, char **operands)
{
	return verb_report(
	    o, dump_all(o->store, o->db, *operands ? *operands : "", emit));
}
