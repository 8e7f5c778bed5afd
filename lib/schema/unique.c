/* unique - elements that are alike, and names, by hash. */
#include "schema/check.h"

#define FEW 4 /* elements that are compared each with each */

static uint64_t
mix(uint64_t h, uint64_t x)
{
	h = (h ^ x) * UINT64_C(0x9E3779B97F4A7C15);
	return h ^ h >> 29;
}

static uint64_t
hash_bytes(uint64_t h, const char *s, size_t len)
{
	uint64_t word = 0;

	h = mix(h, len);
	for (; len >= sizeof(word); s += sizeof(word), len -= sizeof(word)) {
		memcpy(&word, s, sizeof(word));
		h = mix(h, word);
	}
	word = 0;
	memcpy(&word, s, len);
	return mix(h, word);
}

/* Numbers that are equal are equal as doubles too. */
static uint64_t
hash_number(uint64_t h, struct jval v)
{
	double x = jval_double(v);
	uint64_t bits;

	if (x == 0)
		x = 0; /* not -0 */
	memcpy(&bits, &x, sizeof(bits));
	return mix(h, bits);
}

/* Positions on the tape by hash; in a pool. */
struct table {
	struct {
		uint64_t hash;
		uint32_t at;
	} * slots;
	size_t mask;
};

static struct table
table_new(struct schema_view *w, size_t n)
{
	struct table t = {NULL, 7};

	while (t.mask < 2 * n)
		t.mask = 2 * t.mask + 1;
	t.slots = pool_array(&w->pool, t.mask + 1, sizeof(*t.slots));
	return t;
}

/*
 * Put v where one like it is, or where there is room.  Returns what was there:
 * absent, or the one like it; or v itself if it took too long.
 */
static struct jval
table_put(struct schema_view *w, struct table *t, struct jval v, uint64_t hash)
{
	size_t i = hash & t->mask;
	struct jval there = {v.doc, 0};

	for (; t->slots[i].at; i = (i + 1) & t->mask) {
		there.at = t->slots[i].at;
		if (!step_take(w, 1))
			return v;
		if (t->slots[i].hash == hash && jval_equal(there, v))
			break;
		there.at = 0;
	}
	t->slots[i].hash = hash;
	t->slots[i].at = v.at;
	return there;
}

static uint64_t hash_value(struct schema_view *w, struct jval v);

/* Members in any order; of one name the last. */
static uint64_t
hash_object(struct schema_view *w, struct jval v)
{
	struct pool_mark mark = pool_mark(&w->pool);
	struct table t = table_new(w, jval_count(v));
	struct jiter it = jval_iter(v);
	uint64_t h = mix(w->seed, '{');

	while (jiter_next(&it))
		table_put(w, &t, it.name, hash_value(w, it.name));
	for (size_t i = 0; i <= t.mask; i++)
		if (t.slots[i].at) /* the value is behind the name */
			h += mix(t.slots[i].hash,
			    hash_value(
				w, (struct jval){v.doc, t.slots[i].at + 1}));
	pool_back(&w->pool, mark);
	return h;
}

/* Values that are equal have equal hashes. */
static uint64_t
hash_value(struct schema_view *w, struct jval v)
{
	struct jiter it = jval_iter(v);
	enum jtype t = jval_type(v);
	uint64_t h = mix(w->seed, t);
	size_t len;
	const char *s;

	if (!step_take(w, 1)) /* the caller sees it */
		return h;
	switch (t) {
	case J_STRING:
		s = jval_string(v, &len);
		return hash_bytes(h, s, len);
	case J_INT:
	case J_UINT:
	case J_DOUBLE:
		return hash_number(w->seed, v);
	case J_ARRAY:
		while (jiter_next(&it))
			h = mix(h, hash_value(w, it.value));
		return h;
	case J_OBJECT:
		return hash_object(w, v);
	default:
		return h;
	}
}

uint64_t
count_names(struct schema_view *w, struct jval object)
{
	struct pool_mark mark = pool_mark(&w->pool);
	struct table t = table_new(w, jval_count(object));
	struct jiter it = jval_iter(object);
	uint64_t n = 0;

	while (jiter_next(&it))
		n += !table_put(w, &t, it.name, hash_value(w, it.name)).at;
	pool_back(&w->pool, mark);
	return n;
}

/* Each with each; it stands before the first. */
static struct jval
compare_few(struct jiter it)
{
	struct jval seen[FEW];
	size_t n = 0;

	while (jiter_next(&it)) {
		for (size_t i = 0; i < n; i++)
			if (jval_equal(seen[i], it.value))
				return it.value;
		seen[n++] = it.value;
	}
	return (struct jval){it.value.doc, 0};
}

struct jval
find_twin(struct schema_view *w, struct jval array)
{
	struct jval found = {array.doc, 0};
	struct jiter it = jval_iter(array);
	size_t n = jval_count(array);
	struct pool_mark mark = pool_mark(&w->pool);
	struct table t;

	if (n <= FEW)
		return compare_few(it);
	t = table_new(w, n);
	while (!found.at && jiter_next(&it))
		if (table_put(w, &t, it.value, hash_value(w, it.value)).at)
			found = it.value;
	pool_back(&w->pool, mark);
	return found;
}
