#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "core/sha256.h"
#include "core/timestamp.h"
#include "core/xmem.h"
#include "core/xxh64.h"
#include "source/track.h"
#include "source/track_mark.h"
#include "state/cursor.h"
#include "json/write.h"

/* A place in time is worked on by the millisecond, so a digit behind that
 * only means that a record may come again, which its hash shows. */

static void
hash_definition(struct track *t)
{
	static const char *const types[] = {"timestamp", "integer", "string"};
	uint8_t digest[SHA256_SIZE];
	char hex[SHA256_HEX];
	struct buf b = {0};

	buf_addf(&b, "%s %s", types[t->c->type], t->c->field);
	sha256(b.data, b.len, digest);
	sha256_hex(digest, hex);
	memcpy(t->definition, hex, 32);
	buf_release(&b);
}

static void
set_string(struct buf *b, const char *s)
{
	buf_add(b, s, strlen(s) + 1);
}

static void
make_key(struct track *t, const char *source, const char *stream,
    const char *partition)
{
	set_string(&t->source, source);
	set_string(&t->stream, stream);
	buf_adds(&t->key, "cursor");
	state_add_key(&t->key, source);
	state_add_key(&t->key, stream);
	if (*partition) {
		set_string(&t->partition, partition);
		state_add_key(&t->key, partition);
	}
	buf_addc(&t->key, '\0');
}

static bool
take(void *state, int64_t now, void *arg)
{
	struct cursor *c = state;
	struct cursor *out = arg;

	(void)now;
	buf_release(&out->value);
	*out = *c;
	c->value = (struct buf){0};
	return false; /* nothing changes */
}

/* What is kept in the store. */
static int
read_kept(struct track *t, struct store *s, struct buf *why)
{
	struct cursor c = {0};
	int status = state_step(s, &cursor_kind, t->key.data, take, &c, why);

	if (status == 0 && c.value.len > 0 && c.definition[0] &&
	    strcmp(c.definition, t->definition) != 0) {
		buf_addf(why,
		    "the cursor that is kept is of another field or type; to"
		    " begin anew: cdo-cache del --state '%s'",
		    t->key.data);
		status = EX_CONFIG;
	}
	t->version = c.version;
	if (status == 0 && c.value.len > 0 &&
	    !track_mark_read(&t->kept, t->c, &c.value)) {
		buf_addf(why, "the cursor that is kept cannot be read: %s",
		    t->key.data);
		status = EX_DATAERR;
	}
	state_release(&cursor_kind, &c);
	return status;
}

/* Where to begin: since, what is kept less lookback, or start. */
static int
find_from(struct track *t, const char *since, struct buf *why)
{
	struct cursor_value v;
	json_t *text = since ? json_string(since) : NULL;
	const json_t *start = since ? text : t->c->start;
	int64_t n;
	int status = 0;

	if (since && t->c->type == CURSOR_INTEGER) {
		json_decref(text);
		start = text = json_loads(since, JSON_DECODE_ANY, NULL);
	}
	if (!since && t->kept.is_set) {
		track_mark_copy(&t->from, &t->kept);
		n = t->from.n - t->c->lookback;
		t->from.n = n < t->from.n ? n : t->from.n;
	} else if (start && cursor_bound(t->c, start, t->now, &v)) {
		track_mark_set(&t->from, &v);
	} else if (since) {
		buf_addf(why, "--since: %s: not a value of this cursor", since);
		status = EX_USAGE;
	}
	json_decref(text);
	return status;
}

int
track_begin(struct track *t, const struct incremental *c, struct store *s,
    const char *source, const char *stream, const char *partition,
    const char *since, struct buf *why)
{
	struct cursor_value v;
	int status;

	*t = (struct track){.c = c->field ? c : NULL};
	t->now = timestamp_now();
	if (!t->c)
		return 0;
	t->moves = !c->end;
	hash_definition(t);
	make_key(t, source, stream, partition);
	status = read_kept(t, s, why);
	if (status == 0)
		status = find_from(t, since, why);
	if (status == 0)
		track_mark_copy(&t->top, &t->kept);
	if (c->end && cursor_bound(c, c->end, t->now, &v))
		track_mark_set(&t->until, &v);
	return status;
}

void
track_release(struct track *t)
{
	buf_release(&t->key);
	buf_release(&t->source);
	buf_release(&t->stream);
	buf_release(&t->partition);
	track_mark_release(&t->kept);
	track_mark_release(&t->from);
	track_mark_release(&t->until);
	track_mark_release(&t->top);
	track_mark_release(&t->page);
	track_mark_release(&t->last);
	track_mark_release(&t->last_page);
	*t = (struct track){0};
}

bool
track_window(struct track *t)
{
	struct cursor_value v = {.type = CURSOR_TIMESTAMP, .n = t->now};

	if (!t->c || t->c->step_ms == 0)
		return false;
	if (t->c->end)
		cursor_bound(t->c, t->c->end, t->now, &v);
	if (t->n_windows++ > 0) {
		if (t->until.n >= v.n)
			return false;
		track_mark_copy(&t->from, &t->until);
	}
	if (!t->from.is_set || t->from.n >= v.n)
		return false;
	if (v.n - t->from.n > t->c->step_ms)
		v.n = t->from.n + t->c->step_ms;
	track_mark_set(&t->until, &v);
	return true;
}

void
track_since(const struct track *t, struct buf *b)
{
	if (t->c && t->from.is_set)
		track_mark_show(&t->from, t->c, b);
}

void
track_until(const struct track *t, struct buf *b)
{
	if (t->c && t->until.is_set)
		track_mark_show(&t->until, t->c, b);
}

static bool
is_listed(const struct track_mark *m, uint64_t hash)
{
	for (size_t i = 0; i < m->n_seen; i++)
		if (m->seen[i] == hash)
			return true;
	return false;
}

/* It is delivered: move the top, note what stands there. */
static void
deliver(struct track *t, const struct track_mark *v, uint64_t hash)
{
	int order = t->top.is_set ? track_mark_compare(v, &t->top, t->c) : 1;

	if (order > 0) {
		t->top.n_seen = 0;
		track_mark_move(&t->top, v);
	}
	if (order < 0 || is_listed(&t->top, hash))
		return;
	if (t->top.n_seen >= TRACK_SEEN) {
		t->is_forgetful = true;
		return;
	}
	t->top.seen =
	    xrealloc(t->top.seen, t->top.n_seen + 1, sizeof(uint64_t));
	t->top.seen[t->top.n_seen++] = hash;
}

/* Is it outside of what is wanted, or delivered by a run before? */
static bool
is_old(struct track *t, const struct track_mark *v, uint64_t hash)
{
	if (t->from.is_set && track_mark_compare(v, &t->from, t->c) < 0) {
		t->is_below = true;
		return true;
	}
	if (t->until.is_set && track_mark_compare(v, &t->until, t->c) >= 0)
		return true;
	return t->kept.is_set && track_mark_compare(v, &t->kept, t->c) == 0 &&
	       is_listed(&t->kept, hash);
}

bool
track_see(struct track *t, const char *text, size_t len, struct jval record)
{
	struct track_mark v = {0};
	uint64_t hash;
	bool wanted = true;

	if (!t->c)
		return true;
	if (!track_mark_of(&v, t->c, jpath_get(&t->c->path, record))) {
		t->n_without++;
		return true;
	}
	hash = xxh64(text, len, 0);
	if (t->c->order == CURSOR_ASC) {
		t->is_unsorted |= t->last.is_set &&
				  track_mark_compare(&v, &t->last, t->c) < 0;
		track_mark_move(&t->last, &v);
	}
	if (is_old(t, &v, hash)) {
		t->n_old++;
		wanted = false;
	} else {
		deliver(t, &v, hash);
	}
	track_mark_release(&v);
	return wanted;
}

void
track_page(struct track *t)
{
	track_mark_copy(&t->page, &t->top);
	track_mark_copy(&t->last_page, &t->last);
}

void
track_undo(struct track *t)
{
	track_mark_copy(&t->top, &t->page);
	track_mark_copy(&t->last, &t->last_page);
	t->is_unsorted = t->is_below = false;
}

bool
track_is_stepwise(const struct track *t)
{
	return t->c && t->c->order == CURSOR_ASC;
}

/*
 * What is kept at the end, where the order of records says nothing: no later
 * than the run's begin, for what comes in meanwhile; and no earlier than the
 * end of a window that is over.
 */
static void
settle(struct track *t)
{
	struct cursor_value v = {.type = CURSOR_TIMESTAMP};

	if (t->c->type != CURSOR_TIMESTAMP)
		return;
	if (t->c->order != CURSOR_ASC && t->top.is_set && t->top.n > t->now) {
		v.n = t->now;
		track_mark_set(&t->top, &v);
		t->top.n_seen = 0;
	}
	if (t->c->step_ms > 0 && t->until.is_set && t->until.n < t->now &&
	    (!t->top.is_set || t->top.n < t->until.n)) {
		v.n = t->until.n;
		track_mark_set(&t->top, &v);
		t->top.n_seen = 0;
	}
}

void
track_checkpoint(struct track *t, bool is_end, struct buf *out)
{
	if (!t->c)
		return;
	t->seq++;
	if (!t->moves)
		return;
	if (is_end)
		settle(t);
	if (!t->top.is_set)
		return;
	jwrite_text(
	    out, "{\"_cdo\":{\"checkpoint\":{\"source\":", t->source.data);
	jwrite_text(out, ",\"stream\":", t->stream.data);
	if (t->partition.len > 0)
		jwrite_text(out, ",\"partition\":", t->partition.data);
	jwrite_count(out, ",\"seq\":", t->seq);
	buf_adds(out, ",\"cursor\":");
	track_mark_write(&t->top, t->c, out);
	jwrite_text(out, ",\"definition\":", t->definition);
	jwrite_count(out, ",\"version\":", (uint64_t)t->version);
	buf_adds(out, "}}}\n");
}
