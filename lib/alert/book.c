#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "alert/book.h"
#include "core/xmem.h"

struct book_slot {
	void *thing; /* owned; NULL: removed */
	struct buf kept; /* as the store has it; empty: it has not */
};

/* What there is to know of a kind. */
static const struct kind {
	const char *name;
	const struct state_kind *state;
} kinds[BOOK_KINDS] = {
    {"instance", &instance_kind},
    {"group", &group_kind},
    {"entry", &letter_kind},
    {"silence", &silence_kind},
    {"beat", &heartbeat_kind},
    {"rate", &rate_kind},
};

static bool
is_sound(const void *state)
{
	const struct book_head *h = state;

	return h->commits >= 0 && h->n_events >= 0;
}

static int64_t
life(const void *state, int64_t now)
{
	(void)state;
	(void)now;
	return STORE_NEVER;
}

static const struct state_member members[] = {
    {"commits", STATE_INT, offsetof(struct book_head, commits), 0},
    {"visited_at", STATE_INT, offsetof(struct book_head, visited_at), 0},
    {"visit_ms", STATE_INT, offsetof(struct book_head, visit_ms), 0},
    {"n_events", STATE_INT, offsetof(struct book_head, n_events), 0},
    {"counts", STATE_INTS, offsetof(struct book_head, counts), BOOK_COUNTS},
    {NULL, STATE_INT, 0, 0},
};

static const struct state_kind head_kind = {
    "alerts-book", sizeof(struct book_head), members, is_sound, life};

/* The three that own more than their table says. */

static bool
read_thing(enum book_kind kind, void *thing, const char *text, size_t len,
    struct buf *why)
{
	switch (kind) {
	case BOOK_INSTANCES:
		return instance_read(thing, text, len, why);
	case BOOK_ENTRIES:
		return letter_read(thing, text, len, why);
	case BOOK_SILENCES:
		return silence_read(thing, text, len, why);
	default:
		return state_read(text, len, kinds[kind].state, thing, why);
	}
}

static void
write_thing(struct buf *text, enum book_kind kind, const void *thing)
{
	if (kind == BOOK_ENTRIES)
		letter_write(text, thing);
	else
		state_write(text, kinds[kind].state, thing);
}

static void
free_thing(enum book_kind kind, void *thing)
{
	if (!thing)
		return;
	if (kind == BOOK_INSTANCES)
		instance_release(thing);
	else if (kind == BOOK_ENTRIES)
		letter_release(thing);
	else if (kind == BOOK_SILENCES)
		silence_release(thing);
	else
		state_release(kinds[kind].state, thing);
	free(thing);
}

void
book_init(struct book *b, const char *name)
{
	*b = (struct book){.name = xstrndup(name, strlen(name))};
}

static void
clear(struct book *b)
{
	const struct map_entry *e;

	for (int kind = 0; kind < BOOK_KINDS; kind++) {
		for (size_t i = 0; (e = map_next(&b->things[kind], &i));) {
			struct book_slot *slot = e->value;

			free_thing((enum book_kind)kind, slot->thing);
			buf_release(&slot->kept);
			free(slot);
		}
		map_release(&b->things[kind]);
	}
	b->head = (struct book_head){0};
	b->events.len = 0;
	b->why.len = 0;
}

void
book_release(struct book *b)
{
	clear(b);
	buf_release(&b->events);
	buf_release(&b->why);
	free(b->name);
	b->name = NULL;
}

void
book_key(struct buf *key, const char *name)
{
	state_add_key(key, head_kind.name);
	state_add_key(key, name);
	buf_addc(key, '\0');
	key->len--;
}

static struct book_slot *
make_slot(struct book *b, enum book_kind kind, const char *id)
{
	void **place = map_put(&b->things[kind], id, strlen(id));

	if (!*place)
		*place = xcalloc(1, sizeof(struct book_slot));
	return *place;
}

void *
book_get(const struct book *b, enum book_kind kind, const char *id)
{
	struct book_slot *slot = map_get(&b->things[kind], id, strlen(id));

	return slot ? slot->thing : NULL;
}

void *
book_make(struct book *b, enum book_kind kind, const char *id)
{
	struct book_slot *slot = make_slot(b, kind, id);

	if (!slot->thing)
		slot->thing = xcalloc(1, kinds[kind].state->size);
	return slot->thing;
}

void
book_remove(struct book *b, enum book_kind kind, const char *id)
{
	struct book_slot *slot = map_get(&b->things[kind], id, strlen(id));

	if (!slot)
		return;
	free_thing(kind, slot->thing);
	slot->thing = NULL;
}

void *
book_next(const struct book *b, enum book_kind kind, size_t *i, const char **id)
{
	const struct map_entry *e;

	while ((e = map_next(&b->things[kind], i))) {
		struct book_slot *slot = e->value;

		if (!slot->thing)
			continue;
		if (id)
			*id = e->key;
		return slot->thing;
	}
	return NULL;
}

size_t
book_count(const struct book *b, enum book_kind kind)
{
	size_t n = 0;

	for (size_t i = 0; book_next(b, kind, &i, NULL);)
		n++;
	return n;
}

/* Append "alerts:NAME:", or all of "alerts:NAME:KIND:ID". */
static void
add_key(struct buf *key, const char *name, const char *kind, const char *id)
{
	state_add_key(key, "alerts");
	state_add_key(key, name);
	buf_addc(key, ':');
	if (kind) {
		buf_adds(key, kind);
		buf_addc(key, ':');
		buf_adds(key, id); /* is a key's part already */
	}
	buf_addc(key, '\0');
	key->len--;
}

struct loading {
	struct book *b;
	size_t prefix; /* bytes */
	bool is_bad;
};

static bool
load_one(void *arg, const char *key, const struct store_value *v)
{
	struct loading *l = arg;
	const char *name = key + l->prefix, *id = strchr(name, ':');

	for (int k = 0; id && !v->is_stale && k < BOOK_KINDS; k++) {
		enum book_kind kind = (enum book_kind)k;
		struct book_slot *slot;

		if (strlen(kinds[k].name) != (size_t)(id - name) ||
		    strncmp(kinds[k].name, name, (size_t)(id - name)) != 0)
			continue;
		slot = make_slot(l->b, kind, id + 1);
		slot->thing = xcalloc(1, kinds[k].state->size);
		buf_add(&slot->kept, v->data, v->len);
		if (read_thing(kind, slot->thing, v->data, v->len, &l->b->why))
			return true;
		buf_addf(&l->b->why,
		    ": %s: not what this version can read; look at it with "
		    "cdo-cache get --state, remove it with cdo-cache del "
		    "--state",
		    key);
		l->is_bad = true;
		return false;
	}
	return true;
}

int
book_load(struct book *b, struct store_txn *t)
{
	struct loading l = {.b = b};
	struct buf key = {0};
	int status;

	clear(b);
	book_key(&key, b->name);
	status = state_get(t, &head_kind, key.data, &b->head, &b->why);
	key.len = 0;
	add_key(&key, b->name, NULL, NULL);
	l.prefix = key.len;
	if (status == 0)
		status = store_scan(t, key.data, load_one, &l);
	buf_release(&key);
	return l.is_bad ? EX_DATAERR : status;
}

static void
save_history(struct book *b, struct store_txn *t)
{
	const char *line = b->events.data;
	const char *end = line + b->events.len;
	struct buf key = {0};

	while (line && line < end) {
		const char *next = memchr(line, '\n', (size_t)(end - line));

		key.len = 0;
		state_add_key(&key, "alerts-history");
		state_add_key(&key, b->name);
		buf_addf(
		    &key, ":%04d", (int)(b->head.n_events++ % BOOK_HISTORY));
		store_set(
		    t, key.data, line, (size_t)(next - line), STORE_NEVER, 0);
		line = next + 1;
	}
	buf_release(&key);
}

static void
save_one(struct book *b, struct store_txn *t, enum book_kind kind,
    const char *id, struct book_slot *slot)
{
	const struct state_kind *state = kinds[kind].state;
	struct buf text = {0}, key = {0};

	add_key(&key, b->name, kinds[kind].name, id);
	if (slot->thing)
		write_thing(&text, kind, slot->thing);
	if (!slot->thing && slot->kept.len > 0)
		store_del(t, key.data);
	else if (text.len != slot->kept.len ||
		 (text.len > 0 &&
		     memcmp(text.data, slot->kept.data, text.len) != 0))
		store_set(t, key.data, text.data, text.len,
		    state->life(slot->thing, store_now(t)), 0);
	buf_release(&slot->kept);
	slot->kept = text;
	buf_release(&key);
}

void
book_save(struct book *b, struct store_txn *t)
{
	const struct map_entry *e;
	struct buf key = {0};

	for (int kind = 0; kind < BOOK_KINDS; kind++)
		for (size_t i = 0; (e = map_next(&b->things[kind], &i));)
			save_one(b, t, (enum book_kind)kind, e->key, e->value);
	save_history(b, t);
	b->head.commits++;
	book_key(&key, b->name);
	state_set(t, &head_kind, key.data, &b->head);
	buf_release(&key);
}

struct telling {
	void (*each)(void *arg, const char *s, size_t len);
	void *arg;
	int64_t first; /* the number of the oldest event */
	bool is_second; /* those at the front of the ring */
	size_t prefix;
};

static bool
tell_event(void *arg, const char *key, const struct store_value *v)
{
	struct telling *l = arg;
	int64_t place = strtol(key + l->prefix, NULL, 10);

	if ((place < l->first % BOOK_HISTORY) == l->is_second)
		l->each(l->arg, v->data, v->len);
	return true;
}

int
book_history(struct store_txn *t, const char *name,
    void (*each)(void *arg, const char *line, size_t len), void *arg)
{
	struct telling l = {.each = each, .arg = arg};
	struct book_head head = {0};
	struct buf key = {0}, why = {0};
	int status;

	book_key(&key, name);
	status = state_get(t, &head_kind, key.data, &head, &why);
	buf_release(&why);
	if (head.n_events > BOOK_HISTORY)
		l.first = head.n_events - BOOK_HISTORY;
	key.len = 0;
	state_add_key(&key, "alerts-history");
	state_add_key(&key, name);
	buf_addf(&key, ":");
	l.prefix = key.len;
	for (int part = 0; part < 2 && status == 0; part++) {
		l.is_second = part == 1;
		status = store_scan(t, key.data, tell_event, &l);
	}
	buf_release(&key);
	return status;
}

struct naming {
	void (*each)(void *arg, const char *name);
	void *arg;
};

static int
hex(char c)
{
	return c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10;
}

/* The name as it was before it became a part of a key. */
static bool
tell_name(void *arg, const char *key, const struct store_value *v)
{
	struct naming *n = arg;
	const char *p = strchr(key, ':');
	struct buf name = {0};

	(void)v;
	for (p = p ? p + 1 : key; *p; p++) {
		if (*p == '%' && p[1] && p[2]) {
			buf_addc(&name, (char)(hex(p[1]) * 16 + hex(p[2])));
			p += 2;
		} else {
			buf_addc(&name, *p);
		}
	}
	buf_addc(&name, '\0');
	n->each(n->arg, name.data);
	buf_release(&name);
	return true;
}

int
book_names(
    struct store_txn *t, void (*each)(void *arg, const char *name), void *arg)
{
	struct naming n = {each, arg};

	return store_scan(t, "alerts-book:", tell_name, &n);
}
