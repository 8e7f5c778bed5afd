/* rules, seventh part: checks for which the order of the records counts. */
#include <stdlib.h>
#include <string.h>

#include "core/diag.h"
#include "core/timestamp.h"
#include "core/xmem.h"
#include "rules/ordered.h"
#include "rules/ordered_value.h"

#define MAX_KEYS ((uint64_t)16 << 20) /* where nobody says: 400 MB */

size_t
ordered_value_size(const struct check_args *a)
{
	const struct ordered_rule *r = a->ordered;
	bool has_window =
	    r->within_ms != NO_DURATION || r->within_records != NO_NUMBER;

	if (a->kind == KIND_UNIQUE)
		return has_window ? sizeof(int64_t) : 0;
	return sizeof(struct seen_value);
}

struct ordered *
ordered_new(const struct rules *rules)
{
	const struct rules_private *p = rules->private;
	size_t n = p ? p->n_ordered : 0;
	struct ordered *all = xcalloc(n, sizeof(*all));

	for (size_t i = 0; i < n; i++) {
		const struct check_args *a = &p->args[p->ordered[i]];
		uint64_t max = a->ordered->max_keys;
		size_t size = ordered_value_size(a);

		if (max == NO_NUMBER)
			max = p->max_keys ? p->max_keys : MAX_KEYS;
		keyset_init(
		    &all[i].set, size, a->kind == KIND_UNIQUE && size > 0, max);
		all[i].clock = INT64_MIN;
		siphash_key(all[i].key);
	}
	return all;
}

void
ordered_free(struct ordered *all, size_t n)
{
	for (size_t i = 0; i < n; i++)
		keyset_release(&all[i].set);
	free(all);
}

void
ordered_rule_free(struct ordered_rule *r)
{
	if (!r)
		return;
	free(r->slots);
	free(r->names);
	free(r->definition);
	free(r);
}

static bool
is_missing(struct jval v)
{
	return (rules_type(v) & (TYPE_ABSENT | TYPE_NULL)) != 0;
}

/* The key of the record at hand.  Returns false if a field of it, or the value
 * that is to be checked, is missing. */
static bool
make_key(const struct ordered_rule *r, struct rules_view *v, struct ordered *o)
{
	struct buf *key = &v->work->key;

	key->len = 0;
	for (size_t i = 0; i < r->n_slots; i++) {
		if (is_missing(v->fields.values[r->slots[i]]))
			return false;
		jval_canon(key, v->fields.values[r->slots[i]]);
		buf_addc(key, ',');
	}
	if (r->slot != NO_SLOT && is_missing(v->fields.values[r->slot]))
		return false;
	o->hash = siphash(o->key, key->data, key->len);
	return true;
}

/* The moment or the number of the record, never less than before. */
static int64_t
next_clock(const struct ordered_rule *r, const struct rules_view *v,
    const struct ordered *o)
{
	int64_t now = o->clock;
	size_t len;
	const char *s;

	if (r->within_records != NO_NUMBER)
		return now == INT64_MIN ? 1 : now + 1;
	if (r->within_ms == NO_DURATION)
		return now;
	if (r->time == NO_SLOT) {
		now = timestamp_now();
	} else {
		s = jval_string(v->fields.values[r->time], &len);
		timestamp_parse(s, len, &now); /* or it stays */
	}
	return now > o->clock ? now : o->clock;
}

/* The first moment of the window that ends at clock. */
static int64_t
window_start(const struct ordered_rule *r, int64_t clock)
{
	uint64_t width = r->within_ms != NO_DURATION ? (uint64_t)r->within_ms
						     : r->within_records;

	if (clock == INT64_MIN || width > INT64_MAX ||
	    clock < INT64_MIN + (int64_t)width)
		return INT64_MIN;
	return clock - (int64_t)width;
}

/* A key that was not seen needs room; say so once if there is none. */
static bool
has_room(const struct check *check, struct ordered *o, struct buf *words)
{
	if (keyset_has_room(&o->set))
		return true;
	if (!o->is_full)
		diag_error("rule %s: remembers %llu keys, as many as max_keys "
			   "allows: records with others fail; allow more%s",
		    check->rule, (unsigned long long)o->set.max,
		    check->args->kind == KIND_UNIQUE ? ", or limit it by within"
						     : "");
	o->is_full = true;
	buf_addf(words,
	    "cannot be judged: the rule remembers %llu keys already",
	    (unsigned long long)o->set.max);
	return false;
}

static bool
is_unique(const struct check *check, struct rules_view *v, struct ordered *o,
    struct buf *words)
{
	const struct ordered_rule *r = check->args->ordered;
	const void *seen = keyset_get(&o->set, o->hash);
	int64_t at;

	o->next_clock = next_clock(r, v, o);
	if (o->set.has_age) {
		o->set.oldest = window_start(r, o->clock);
		if (seen) {
			memcpy(&at, seen, sizeof(at));
			if (at < window_start(r, o->next_clock))
				seen = NULL; /* too long ago */
		}
	}
	if (seen)
		ordered_say_seen(r, v, words);
	else if (!has_room(check, o, words))
		return false;
	o->is_pending = true;
	return !seen;
}

static bool
is_in_order(const struct check *check, struct rules_view *v, struct ordered *o,
    struct buf *words)
{
	const struct ordered_rule *r = check->args->ordered;
	struct seen_value last;
	const void *seen;

	if (!ordered_read(v->fields.values[r->slot], &o->value, words))
		return false;
	seen = keyset_get(&o->set, o->hash);
	o->is_pending = true;
	if (!seen) {
		o->is_pending = has_room(check, o, words);
		return o->is_pending;
	}
	memcpy(&last, seen, sizeof(last));
	switch (ordered_step(r, &o->value, &last, words)) {
	case STEP_FORWARD:
		return true;
	case STEP_TOLERATED:
		o->is_pending = false; /* the furthest stays */
		return true;
	default:
		o->is_pending = false;
		return false;
	}
}

/* A gap is told once: whatever comes of the record, counting goes on there. */
static bool
is_next(const struct check *check, struct rules_view *v, struct ordered *o,
    struct buf *words)
{
	const struct ordered_rule *r = check->args->ordered;
	struct seen_value last;
	void *seen;
	bool good = true;

	if (!ordered_read_integer(v->fields.values[r->slot], &o->value, words))
		return false;
	seen = keyset_get(&o->set, o->hash);
	if (seen) {
		memcpy(&last, seen, sizeof(last));
		good = ordered_follows(r, &o->value, &last, words);
	} else if (has_room(check, o, words)) {
		seen = keyset_put(&o->set, o->hash);
	} else {
		return false;
	}
	memcpy(seen, &o->value, sizeof(o->value));
	return good;
}

static void
remember(const struct check_args *a, struct ordered *o)
{
	void *seen = keyset_get(&o->set, o->hash);

	o->clock = o->next_clock;
	if (!seen)
		seen = keyset_put(&o->set, o->hash);
	if (a->kind == KIND_ORDER)
		memcpy(seen, &o->value, sizeof(o->value));
	else if (o->set.has_age)
		memcpy(seen, &o->clock, sizeof(o->clock));
}

static void
check_one(const struct rules *rules, struct rules_view *v, size_t i)
{
	static bool (*const judge[])(const struct check *, struct rules_view *,
	    struct ordered *, struct buf *) = {[KIND_UNIQUE] = is_unique,
	    [KIND_ORDER] = is_in_order,
	    [KIND_SEQUENCE] = is_next};
	size_t check = rules->private->ordered[i];
	const struct check_args *a = &rules->private->args[check];
	struct ordered *o = &v->work->ordered[i];
	struct buf *words = &v->work->notes[check].text;

	if (!o->has_key)
		return; /* it was skipped, and stays so */
	v->skipped[check]--;
	v->n_skipped--;
	words->len = 0;
	v->outcomes[check] = OUTCOME_PASSED;
	if (!judge[a->kind](&rules->checks[check], v, o, words))
		rules_fail(v, a, check);
}

/*
 * Looking a key up in a large set is a miss in all caches, some 100 ns and
 * more.  Asked for now it comes while the other checks are made.
 */
void
ordered_prepare(const struct rules *rules, struct rules_view *v)
{
	const struct rules_private *p = rules->private;

	for (size_t i = 0; i < p->n_ordered; i++) {
		struct ordered *o = &v->work->ordered[i];

		o->is_pending = false;
		o->has_key = make_key(p->args[p->ordered[i]].ordered, v, o);
		if (o->has_key)
			keyset_touch(&o->set, o->hash);
	}
}

void
ordered_check(const struct rules *rules, struct rules_view *v)
{
	const struct rules_private *p = rules->private;

	for (size_t i = 0; i < p->n_ordered; i++)
		check_one(rules, v, i);
	if (rules_reject(v))
		return;
	for (size_t i = 0; i < p->n_ordered; i++)
		if (v->work->ordered[i].is_pending)
			remember(&p->args[p->ordered[i]], &v->work->ordered[i]);
}

bool
rules_is_full(const struct rules *rules, const struct rules_view *v)
{
	bool is_full = false;

	for (size_t i = 0; rules->private && i < rules->private->n_ordered; i++)
		is_full |= v->work->ordered[i].is_full;
	return is_full;
}
