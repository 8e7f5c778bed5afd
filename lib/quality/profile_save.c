/* profile, fourth part: the whole of it as bytes, and back, for merging. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/utf8.h"
#include "core/xmem.h"
#include "quality/profile.h"

#define MAGIC "cdo-profile 1\n"
#define LEVEL_MAX 4096 /* numbers in a level; there are never that many */
#define RANK_MAX (64 - HLL_BITS + 1)

/* Seven bits a byte, the lowest first. */
static void
put(struct buf *b, uint64_t n)
{
	for (; n > 127; n >>= 7)
		buf_addc(b, (char)(n | 128));
	buf_addc(b, (char)n);
}

/* Eight bytes, the lowest first. */
static void
put_word(struct buf *b, uint64_t n)
{
	for (int i = 0; i < 64; i += 8)
		buf_addc(b, (char)(n >> i));
}

static void
put_double(struct buf *b, double x)
{
	uint64_t bits;

	memcpy(&bits, &x, sizeof(bits));
	put_word(b, bits);
}

static void
put_bytes(struct buf *b, const char *s, size_t n)
{
	put(b, n);
	buf_add(b, s, n);
}

static void
put_numbers(struct buf *b, const struct moments *s)
{
	put(b, s->n);
	if (s->n == 0)
		return;
	put_double(b, s->min);
	put_double(b, s->max);
	put_double(b, s->mean);
	put_double(b, s->m2);
}

static void
put_course(struct buf *b, const struct profile_course *c)
{
	put(b, c->n);
	if (c->n == 0)
		return;
	put(b, c->n_down);
	put_double(b, c->first);
	put_double(b, c->last);
}

static void
put_hll(struct buf *b, const struct hll *h)
{
	put(b, h->registers != NULL);
	if (h->registers) {
		buf_add(b, h->registers, HLL_REGISTERS);
		return;
	}
	put(b, h->n);
	for (uint32_t i = 0; i < h->cap; i++)
		if (h->hashes[i])
			put_word(b, h->hashes[i]);
}

static void
put_quantile(struct buf *b, const struct quantile *q)
{
	put(b, q->n);
	put_word(b, q->coins);
	put(b, q->n_levels);
	for (uint32_t i = 0; i < q->n_levels; i++) {
		put(b, q->levels[i].n);
		for (uint32_t j = 0; j < q->levels[i].n; j++)
			put_double(b, q->levels[i].x[j]);
	}
}

static void
put_top(struct buf *b, const struct top *t)
{
	put(b, t->n);
	put(b, t->is_lossy);
	for (uint32_t i = 0; i < t->n; i++) {
		const struct top_value *v = &t->all[i];

		put_word(b, v->hash);
		put(b, v->count);
		put(b, v->error);
		put(b, v->len);
		put(b, v->tag);
		put_bytes(b, v->text, v->len < TOP_TEXT ? v->len : TOP_TEXT);
	}
}

static void
put_shapes(struct buf *b, const struct shapes *s)
{
	put(b, s->n);
	put(b, s->n_text);
	put(b, s->is_lossy);
	for (uint32_t i = 0; i < s->n; i++) {
		const struct shape *x = &s->all[i];

		put(b, x->count);
		put(b, x->error);
		put(b, x->n_tokens);
		for (int j = 0; j < x->n_tokens; j++) {
			put(b, x->tokens[j].at);
			put(b, x->tokens[j].min);
			put(b, x->tokens[j].max);
			put(b, x->tokens[j].classes);
			put(b, x->tokens[j].is_fixed);
		}
		put_bytes(b, x->skeleton, x->len);
		put_bytes(b, x->sample, x->sample_len);
	}
}

static void
put_forms(struct buf *b, const struct forms *f)
{
	put(b, f->n);
	put(b, f->ruled_out);
	for (int i = 0; i < FORM_COUNT; i++)
		put(b, f->have[i]);
}

static void
put_path(struct buf *b, const struct profile_path *x)
{
	put(b, x->depth);
	put(b, x->name != NULL);
	if (x->name)
		put_bytes(b, x->name, x->len);
	for (int i = 0; i < PROFILE_TYPES; i++)
		put(b, x->types[i]);
	put(b, x->n_true);
	put(b, x->n_beyond);
	put_numbers(b, &x->numbers);
	put_numbers(b, &x->lengths);
	put_numbers(b, &x->sizes);
	put_course(b, &x->course);
	put_hll(b, &x->distinct);
	put_quantile(b, &x->quantiles);
	put_top(b, &x->top);
	put_shapes(b, &x->shapes);
	put_forms(b, &x->forms);
	put(b, x->exact.state == EXACT_REPEATED);
}

void
profile_save(struct buf *b, const struct profile *p)
{
	buf_adds(b, MAGIC);
	put(b, p->n_records);
	put(b, p->n_paths);
	for (const struct profile_path *x = p->root; x; x = profile_next(x))
		put_path(b, x);
}

/* What is read; once something is wrong it stays so, and all is 0. */
struct input {
	const uint8_t *p, *end;
	bool is_bad;
};

static bool
fail(struct input *in)
{
	in->is_bad = true;
	in->p = in->end;
	return false;
}

static const uint8_t *
take(struct input *in, size_t n)
{
	const uint8_t *p = in->p;

	if ((size_t)(in->end - p) < n) {
		fail(in);
		return NULL;
	}
	in->p += n;
	return p;
}

/* A number of at most max. */
static uint64_t
get(struct input *in, uint64_t max)
{
	uint64_t n = 0;
	const uint8_t *p;

	for (int shift = 0; shift < 64; shift += 7) {
		p = take(in, 1);
		if (!p)
			return 0;
		n |= (uint64_t)(*p & 127) << shift;
		if (*p < 128) {
			if (n <= max)
				return n;
			break;
		}
	}
	fail(in);
	return 0;
}

static uint64_t
get_word(struct input *in)
{
	const uint8_t *p = take(in, 8);
	uint64_t n = 0;

	for (int i = 0; p && i < 8; i++)
		n |= (uint64_t)p[i] << (8 * i);
	return n;
}

/* A finite number. */
static double
get_double(struct input *in)
{
	uint64_t bits = get_word(in);
	double x;

	memcpy(&x, &bits, sizeof(x));
	if (isfinite(x))
		return x;
	fail(in);
	return 0;
}

/* Characters, at most max bytes.  Returns how many were copied. */
static size_t
get_bytes(struct input *in, char *out, size_t max)
{
	size_t n = (size_t)get(in, max);
	const uint8_t *p = take(in, n);

	if (!p)
		return 0;
	memcpy(out, p, n);
	return n;
}

static void
get_numbers(struct input *in, struct moments *s)
{
	s->n = get(in, UINT64_MAX);
	if (s->n == 0)
		return;
	s->min = get_double(in);
	s->max = get_double(in);
	s->mean = get_double(in);
	s->m2 = get_double(in);
}

static void
get_course(struct input *in, struct profile_course *c)
{
	c->n = get(in, UINT64_MAX);
	if (c->n == 0)
		return;
	c->n_down = get(in, c->n);
	c->first = get_double(in);
	c->last = get_double(in);
}

static void
get_hll(struct input *in, struct hll *h)
{
	const uint8_t *p;
	size_t n;

	if (get(in, 1)) {
		p = take(in, HLL_REGISTERS);
		if (!p)
			return;
		h->registers = xcalloc(HLL_REGISTERS, 1);
		memcpy(h->registers, p, HLL_REGISTERS);
		for (size_t i = 0; i < HLL_REGISTERS; i++)
			if (p[i] > RANK_MAX)
				fail(in);
		return;
	}
	n = (size_t)get(in, HLL_EXACT);
	for (size_t i = 0; i < n && !in->is_bad; i++)
		hll_add(h, get_word(in));
}

static void
get_level(struct input *in, struct quantile_level *l, bool is_sorted)
{
	uint32_t n = (uint32_t)get(in, LEVEL_MAX);

	if ((size_t)(in->end - in->p) / 8 < n)
		fail(in);
	if (in->is_bad)
		return;
	l->x = xcalloc(n, sizeof(*l->x));
	l->n = l->cap = n;
	for (uint32_t i = 0; i < n; i++) {
		l->x[i] = get_double(in);
		if (is_sorted && i > 0 && l->x[i] < l->x[i - 1])
			fail(in);
	}
}

static void
get_quantile(struct input *in, struct quantile *q)
{
	uint64_t n = get(in, UINT64_MAX), sum = 0;
	uint64_t coins = get_word(in);
	uint32_t n_levels = (uint32_t)get(in, QUANTILE_LEVELS - 8);

	q->coins = coins;
	for (; q->n_levels < n_levels && !in->is_bad; q->n_levels++) {
		struct quantile_level *l = &q->levels[q->n_levels];

		get_level(in, l, q->n_levels > 0);
		sum += (uint64_t)l->n << q->n_levels;
	}
	if (sum != n)
		fail(in);
	q->n = n;
}

static void
get_top(struct input *in, struct top *t)
{
	uint32_t n = (uint32_t)get(in, TOP_MAX);
	bool is_lossy = get(in, 1) != 0;
	struct top_value *all = xcalloc(TOP_MAX, sizeof(*all));
	struct top read = {.all = all, .n = n, .is_lossy = is_lossy};

	for (uint32_t i = 0; i < n; i++) {
		struct top_value *v = &all[i];
		size_t len;

		v->hash = get_word(in);
		v->count = get(in, UINT64_MAX);
		v->error = get(in, v->count);
		v->len = (uint32_t)get(in, UINT32_MAX);
		v->tag = (uint8_t)get(in, PROFILE_TAG_STRING);
		len = get_bytes(in, v->text, TOP_TEXT);
		if (v->tag == PROFILE_TAG_STRING
			? !utf8_is_valid(v->text,
			      v->len > TOP_TEXT
				  ? utf8_cut(v->text, len, len - (len > 0))
				  : len)
			: v->len != 8)
			fail(in);
		if (len != (v->len < TOP_TEXT ? v->len : TOP_TEXT))
			fail(in);
	}
	if (!in->is_bad && n > 0)
		top_merge(t, &read);
	free(all);
}

static void
get_token(struct input *in, struct shape_token *t, size_t sample_max)
{
	t->at = (uint32_t)get(in, UINT32_MAX);
	t->min = (uint32_t)get(in, UINT32_MAX);
	t->max = (uint32_t)get(in, UINT32_MAX);
	t->classes = (uint8_t)get(in, 2 * SHAPE_OTHER - 1);
	t->is_fixed = get(in, 1) != 0;
	if (t->min > t->max || t->classes == 0 ||
	    (t->is_fixed &&
		(t->at > sample_max || t->max > sample_max - t->at)))
		fail(in);
}

/* The tokens must be those of the skeleton, and lie in the sample. */
static void
get_shape(struct input *in, struct shape *x)
{
	size_t n_tokens = 0;

	x->count = get(in, UINT64_MAX);
	x->error = get(in, x->count);
	x->n_tokens = (uint8_t)get(in, SHAPE_TOKENS);
	for (int i = 0; i < x->n_tokens; i++)
		get_token(in, &x->tokens[i], SHAPE_SAMPLE);
	x->len = (uint8_t)get_bytes(in, x->skeleton, SHAPE_SKELETON);
	x->sample_len = (uint8_t)get_bytes(in, x->sample, SHAPE_SAMPLE);
	for (int i = 0; i < x->len; i++)
		n_tokens += x->skeleton[i] == SHAPE_TOKEN;
	for (int i = 0; i < x->n_tokens; i++)
		if (x->tokens[i].is_fixed &&
		    x->tokens[i].at + x->tokens[i].max > x->sample_len)
			fail(in);
	if (n_tokens != x->n_tokens || !utf8_is_valid(x->skeleton, x->len) ||
	    !utf8_is_valid(x->sample,
		utf8_cut(x->sample, x->sample_len, SHAPE_SAMPLE - 3)))
		fail(in);
}

static void
get_shapes(struct input *in, struct shapes *s)
{
	uint32_t n = (uint32_t)get(in, SHAPE_MAX);
	struct shape *all = xcalloc(SHAPE_MAX, sizeof(*all));
	struct shapes read = {.all = all, .n = n};

	read.n_text = get(in, UINT64_MAX);
	read.is_lossy = get(in, 1) != 0;
	for (uint32_t i = 0; i < n; i++)
		get_shape(in, &all[i]);
	if (!in->is_bad)
		shapes_merge(s, &read);
	free(all);
}

static void
get_forms(struct input *in, struct forms *f)
{
	f->n = get(in, UINT64_MAX);
	f->ruled_out = (uint16_t)get(in, UINT16_MAX);
	for (int i = 0; i < FORM_COUNT; i++)
		f->have[i] = get(in, f->n);
}

static void
get_path(struct input *in, struct profile_path *x)
{
	for (int i = 0; i < PROFILE_TYPES; i++)
		x->types[i] = get(in, UINT64_MAX);
	x->n_true = get(in, x->types[PROFILE_BOOLEAN]);
	x->n_beyond = get(in, UINT64_MAX);
	get_numbers(in, &x->numbers);
	get_numbers(in, &x->lengths);
	get_numbers(in, &x->sizes);
	get_course(in, &x->course);
	get_hll(in, &x->distinct);
	get_quantile(in, &x->quantiles);
	get_top(in, &x->top);
	get_shapes(in, &x->shapes);
	get_forms(in, &x->forms);
	x->exact.state = get(in, 1) ? EXACT_REPEATED : EXACT_GIVEN_UP;
}

/* The path of that depth that comes after last, which is NULL at the root;
 * NULL if there can be none, or it is there already. */
static struct profile_path *
next_path(struct input *in, struct profile *p, struct profile_path *last)
{
	unsigned depth = (unsigned)get(in, PROFILE_DEPTH);
	size_t len, n = p->n_paths;
	struct profile_path *x;
	const uint8_t *name;

	if (!last)
		return depth == 0 && get(in, 0) == 0 ? p->root : NULL;
	if (depth == 0 || depth > last->depth + 1)
		return NULL;
	while (last->depth >= depth)
		last = last->up;
	if (get(in, 1)) {
		len = (size_t)get(in, SIZE_MAX);
		name = take(in, len);
		if (!name || !utf8_is_valid((const char *)name, len))
			return NULL;
		x = profile_member(p, last, (const char *)name, len);
	} else {
		x = profile_elements(p, last);
	}
	return p->n_paths > n ? x : NULL;
}

bool
profile_load(struct profile *p, const void *data, size_t len)
{
	struct input in = {data, (const uint8_t *)data + len, false};
	const size_t magic = sizeof(MAGIC) - 1;
	struct profile_path *x = NULL;
	uint64_t n;

	if (len < magic || memcmp(data, MAGIC, magic) != 0)
		return false;
	in.p += magic;
	p->n_records = get(&in, UINT64_MAX);
	n = get(&in, PROFILE_PATHS);
	for (uint64_t i = 0; i < n && !in.is_bad; i++) {
		x = next_path(&in, p, x);
		if (!x)
			return fail(&in);
		get_path(&in, x);
	}
	return !in.is_bad && n > 0 && in.p == in.end;
}
