#include <stdlib.h>
#include <string.h>

#include "core/xmem.h"
#include "quality/top.h"

void
top_release(struct top *t)
{
	free(t->all);
	*t = (struct top){.n = 0};
}

static uint8_t *
bucket(struct top *t, uint64_t hash)
{
	return &t->buckets[hash % TOP_MAX];
}

static struct top_value *
find(struct top *t, uint64_t hash)
{
	uint8_t i = *bucket(t, hash);

	while (i && t->all[i - 1].hash != hash)
		i = t->all[i - 1].next;
	return i ? &t->all[i - 1] : NULL;
}

static void
link_value(struct top *t, struct top_value *v)
{
	uint8_t *first = bucket(t, v->hash);

	v->next = *first;
	*first = (uint8_t)(v - t->all + 1);
}

static void
unlink_value(struct top *t, const struct top_value *v)
{
	uint8_t *at = bucket(t, v->hash), me = (uint8_t)(v - t->all + 1);

	while (*at != me)
		at = &t->all[*at - 1].next;
	*at = v->next;
}

/*
 * The counter that counts least.  Counts only grow, so the hand goes round
 * for one that is still at the least count, and only after a whole round in
 * vain that count is found anew.
 */
static struct top_value *
find_least(struct top *t)
{
	for (uint32_t i = 0; i < t->n; i++) {
		t->hand = t->hand + 1 < t->n ? t->hand + 1 : 0;
		if (t->all[t->hand].count == t->least)
			return &t->all[t->hand];
	}
	t->least = t->all[0].count;
	for (uint32_t i = 1; i < t->n; i++)
		if (t->all[i].count < t->least)
			t->least = t->all[i].count;
	return find_least(t);
}

static struct top_value *
new_value(struct top *t)
{
	if (t->n == t->cap) {
		t->cap = t->cap ? 2 * t->cap : 4;
		t->all = xrealloc(t->all, t->cap, sizeof(*t->all));
	}
	t->all[t->n] = (struct top_value){.hash = 0};
	return &t->all[t->n++];
}

void
top_add(struct top *t, uint64_t hash, uint8_t tag, const void *text, size_t len)
{
	struct top_value *v = find(t, hash);

	if (v) {
		v->count++;
		return;
	}
	if (t->n < TOP_MAX) {
		v = new_value(t);
	} else {
		v = find_least(t);
		unlink_value(t, v);
		v->error = v->count;
		t->is_lossy = true;
	}
	v->hash = hash;
	v->count++;
	v->tag = tag;
	v->len = (uint32_t)len;
	memcpy(v->text, text, len < TOP_TEXT ? len : TOP_TEXT);
	link_value(t, v);
}

static int
by_count(const void *x, const void *y)
{
	const struct top_value *a = x, *b = y;
	size_t len = a->len < b->len ? a->len : b->len;
	int c = (a->count < b->count) - (a->count > b->count);

	if (c == 0)
		c = a->tag - b->tag;
	if (c == 0)
		c = memcmp(a->text, b->text, len < TOP_TEXT ? len : TOP_TEXT);
	if (c == 0)
		c = (a->len > b->len) - (a->len < b->len);
	return c ? c : (a->hash > b->hash) - (a->hash < b->hash);
}

size_t
top_list(const struct top *t, struct top_value *out)
{
	if (t->n == 0)
		return 0;
	memcpy(out, t->all, t->n * sizeof(*out));
	qsort(out, t->n, sizeof(*out), by_count);
	return t->n;
}

/* What may have been counted of a value that is not listed. */
static uint64_t
slack(const struct top *t)
{
	uint64_t least = t->is_lossy ? t->all[0].count : 0;

	for (uint32_t i = 0; t->is_lossy && i < t->n; i++)
		if (t->all[i].count < least)
			least = t->all[i].count;
	return least;
}

/* Add to each value of the n at all what t has of it, and mark it there. */
static void
add_counts(struct top_value *all, size_t n, struct top *t, bool *is_taken)
{
	uint64_t unlisted = slack(t);

	for (size_t i = 0; i < n; i++) {
		const struct top_value *v = find(t, all[i].hash);

		all[i].count += v ? v->count : unlisted;
		all[i].error += v ? v->error : unlisted;
		if (v)
			is_taken[v - t->all] = true;
	}
}

void
top_merge(struct top *t, const struct top *from)
{
	struct top other = *from; /* only its values are read */
	struct top_value both[2 * TOP_MAX];
	bool is_taken[TOP_MAX] = {false};
	uint64_t unlisted = slack(t);
	size_t n = t->n;

	if (n > 0)
		memcpy(both, t->all, n * sizeof(*both));
	add_counts(both, n, &other, is_taken);
	for (uint32_t i = 0; i < other.n; i++) {
		if (is_taken[i])
			continue;
		both[n] = other.all[i];
		both[n].count += unlisted;
		both[n++].error += unlisted;
	}
	qsort(both, n, sizeof(*both), by_count);
	other = (struct top){
	    .is_lossy = t->is_lossy || from->is_lossy || n > TOP_MAX};
	top_release(t);
	*t = other;
	for (size_t i = 0; i < n && i < TOP_MAX; i++) {
		struct top_value *v = new_value(t);

		*v = both[i];
		link_value(t, v);
	}
}
