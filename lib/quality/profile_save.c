/*
 * profile, fourth part: the whole of it as bytes, and back, for merging.  One
 * walk (json/pack) serves both; what comes back is checked, as it may have
 * been made by anybody.
 */
#include <stdlib.h>
#include <string.h>

#include "core/utf8.h"
#include "core/xmem.h"
#include "quality/profile.h"
#include "json/pack.h"

#define MAGIC "cdo-profile 1\n"
#define LEVEL_MAX 4096 /* numbers in a level; there are never that many */
#define COUNT_MAX ((uint64_t)1 << 48)
#define RANK_MAX (64 - HLL_BITS + 1)
#define NAME_MAX_LEN ((size_t)1 << 24)

static bool
is_loading(const struct pack *p)
{
	return p->mode == PACK_LOAD;
}

/* What is loaded must be so. */
static void
demand(struct pack *p, bool is_so)
{
	if (is_loading(p) && !is_so)
		p->is_bad = true;
}

/* A number of records or values; sums of such do not overflow. */
static void
count(struct pack *p, uint64_t *n)
{
	pack_bits(p, "", n);
	demand(p, *n <= COUNT_MAX);
}

static void
pack_u32(struct pack *p, uint32_t *n, size_t most)
{
	size_t x = *n;

	pack_size(p, "", &x, 0, most);
	*n = (uint32_t)x;
}

static void
pack_u8(struct pack *p, uint8_t *n, size_t most)
{
	size_t x = *n;

	pack_size(p, "", &x, 0, most);
	*n = (uint8_t)x;
}

static void
walk_moments(struct pack *p, struct moments *m)
{
	count(p, &m->n);
	pack_double(p, "", &m->min);
	pack_double(p, "", &m->max);
	pack_double(p, "", &m->mean);
	pack_double(p, "", &m->m2);
}

static void
walk_course(struct pack *p, struct profile_course *c)
{
	count(p, &c->n);
	count(p, &c->n_down);
	pack_double(p, "", &c->first);
	pack_double(p, "", &c->last);
}

static void
walk_registers(struct pack *p, struct hll *h)
{
	if (is_loading(p))
		h->registers = xcalloc(HLL_REGISTERS, 1);
	pack_bytes(p, "", h->registers, HLL_REGISTERS);
	for (size_t i = 0; i < HLL_REGISTERS; i++)
		demand(p, h->registers[i] <= RANK_MAX);
}

static void
walk_hll(struct pack *p, struct hll *h)
{
	bool is_exact = hll_is_exact(h);
	uint32_t n = h->n, i = 0;
	uint64_t hash = 0;

	pack_flag(p, "", &is_exact);
	if (!is_exact) {
		walk_registers(p, h);
		return;
	}
	pack_u32(p, &n, HLL_EXACT);
	for (; n > 0 && !p->is_bad; n--) {
		while (!is_loading(p) && !h->hashes[i])
			i++;
		if (!is_loading(p))
			hash = h->hashes[i++];
		pack_bits(p, "", &hash);
		if (is_loading(p))
			hll_add(h, hash);
	}
}

static void
walk_quantile(struct pack *p, struct quantile *q)
{
	uint32_t n_levels = q->n_levels;
	uint64_t sum = 0;

	count(p, &q->n);
	pack_bits(p, "", &q->coins);
	pack_u32(p, &n_levels, QUANTILE_LEVELS - 8);
	for (uint32_t i = 0; i < n_levels && !p->is_bad; i++) {
		struct quantile_level *l = &q->levels[i];
		size_t n = l->n, cap = l->cap;

		q->n_levels = n_levels; /* what is there is to be freed */
		pack_growing(p, "", &l->x, &n, &cap, LEVEL_MAX);
		l->n = (uint32_t)n;
		l->cap = (uint32_t)cap;
		sum += (uint64_t)n << i;
		for (size_t j = 1; i > 0 && j < n; j++)
			demand(p, l->x[j - 1] <= l->x[j]);
	}
	demand(p, sum == q->n);
}

static void
walk_top_value(struct pack *p, struct top_value *v)
{
	size_t len;

	pack_bits(p, "", &v->hash);
	count(p, &v->count);
	count(p, &v->error);
	pack_u32(p, &v->len, UINT32_MAX);
	pack_u8(p, &v->tag, PROFILE_TAG_STRING);
	len = v->len < TOP_TEXT ? v->len : TOP_TEXT;
	pack_bytes(p, "", v->text, len);
	demand(p, v->error <= v->count);
	if (v->tag != PROFILE_TAG_STRING)
		demand(p, v->len == 8);
	else if (v->len <= TOP_TEXT)
		demand(p, utf8_is_valid(v->text, len));
	else /* a character may be cut */
		demand(
		    p, utf8_is_valid(v->text, utf8_cut(v->text, len, len - 1)));
}

static void
walk_top(struct pack *p, struct top *t)
{
	struct top read = *t;

	pack_u32(p, &read.n, TOP_MAX);
	pack_flag(p, "", &read.is_lossy);
	if (is_loading(p))
		read.all = xcalloc(TOP_MAX, sizeof(*read.all));
	for (uint32_t i = 0; i < read.n && !p->is_bad; i++)
		walk_top_value(p, &read.all[i]);
	if (!is_loading(p))
		return;
	if (!p->is_bad && read.n > 0)
		top_merge(t, &read);
	free(read.all);
}

static void
walk_token(struct pack *p, struct shape_token *t)
{
	pack_u32(p, &t->at, UINT32_MAX);
	pack_u32(p, &t->min, UINT32_MAX);
	pack_u32(p, &t->max, UINT32_MAX);
	pack_u8(p, &t->classes, 2 * SHAPE_OTHER - 1);
	pack_flag(p, "", &t->is_fixed);
	demand(p, t->min <= t->max && t->classes != 0);
}

/* The tokens must be those of the skeleton, and lie in the sample. */
static void
walk_shape(struct pack *p, struct shape *x)
{
	size_t n_tokens = 0;

	count(p, &x->count);
	count(p, &x->error);
	pack_u8(p, &x->n_tokens, SHAPE_TOKENS);
	pack_u8(p, &x->len, SHAPE_SKELETON);
	pack_u8(p, &x->sample_len, SHAPE_SAMPLE);
	for (int i = 0; i < x->n_tokens; i++) {
		const struct shape_token *t = &x->tokens[i];

		walk_token(p, &x->tokens[i]);
		demand(p, !t->is_fixed || (t->at <= x->sample_len &&
					      t->max <= x->sample_len - t->at));
	}
	pack_bytes(p, "", x->skeleton, x->len);
	pack_bytes(p, "", x->sample, x->sample_len);
	for (int i = 0; i < x->len; i++)
		n_tokens += x->skeleton[i] == SHAPE_TOKEN;
	demand(p, n_tokens == x->n_tokens && x->error <= x->count);
	demand(p, utf8_is_valid(x->skeleton, x->len));
	demand(p, utf8_is_valid(x->sample,
		      utf8_cut(x->sample, x->sample_len, SHAPE_SAMPLE - 3)));
}

static void
walk_shapes(struct pack *p, struct shapes *s)
{
	struct shapes read = *s;

	pack_u32(p, &read.n, SHAPE_MAX);
	count(p, &read.n_text);
	pack_flag(p, "", &read.is_lossy);
	if (is_loading(p))
		read.all = xcalloc(SHAPE_MAX, sizeof(*read.all));
	for (uint32_t i = 0; i < read.n && !p->is_bad; i++)
		walk_shape(p, &read.all[i]);
	if (!is_loading(p))
		return;
	if (!p->is_bad)
		shapes_merge(s, &read);
	free(read.all);
}

static void
walk_forms(struct pack *p, struct forms *f)
{
	uint32_t ruled_out = f->ruled_out;

	count(p, &f->n);
	pack_u32(p, &ruled_out, UINT16_MAX);
	f->ruled_out = (uint16_t)ruled_out;
	for (int i = 0; i < FORM_COUNT; i++)
		count(p, &f->have[i]);
}

static void
walk_path(struct pack *p, struct profile_path *x)
{
	bool is_repeated = x->exact.state == EXACT_REPEATED;

	for (int i = 0; i < PROFILE_TYPES; i++)
		count(p, &x->types[i]);
	count(p, &x->n_true);
	count(p, &x->n_beyond);
	walk_moments(p, &x->numbers);
	walk_moments(p, &x->lengths);
	walk_moments(p, &x->sizes);
	walk_course(p, &x->course);
	walk_hll(p, &x->distinct);
	walk_quantile(p, &x->quantiles);
	walk_top(p, &x->top);
	walk_shapes(p, &x->shapes);
	walk_forms(p, &x->forms);
	pack_flag(p, "", &is_repeated);
	if (is_loading(p))
		x->exact.state = is_repeated ? EXACT_REPEATED : EXACT_GIVEN_UP;
}

/* Where a path is: its depth, and its name or none. */
static void
save_place(struct pack *p, const struct profile_path *x)
{
	size_t depth = x->depth, len = x->len;
	bool has_name = x->name != NULL;

	pack_size(p, "", &depth, 0, PROFILE_DEPTH);
	pack_flag(p, "", &has_name);
	if (!has_name)
		return;
	pack_size(p, "", &len, 0, NAME_MAX_LEN);
	pack_bytes(p, "", x->name, len);
}

/* The path of that place, which comes after last; NULL if there can be none,
 * or it is there already. */
static struct profile_path *
load_place(struct pack *p, struct profile *profile, struct profile_path *last)
{
	size_t depth = 0, len = 0, n = profile->n_paths;
	struct profile_path *x = NULL;
	bool has_name = false;

	pack_size(p, "", &depth, 0, PROFILE_DEPTH);
	pack_flag(p, "", &has_name);
	if (has_name)
		pack_size(p, "", &len, 0, p->len - p->at);
	if (p->is_bad || !last != (depth == 0) ||
	    (last ? depth > last->depth + 1 : has_name))
		return NULL;
	while (last && last->depth >= depth)
		last = last->up;
	if (!last)
		return profile->root;
	if (!has_name)
		x = profile_elements(profile, last);
	else if (len <= p->len - p->at && utf8_is_valid(p->in + p->at, len))
		x = profile_member(profile, last, p->in + p->at, len);
	p->at += len;
	return profile->n_paths > n ? x : NULL;
}

void
profile_save(struct buf *b, struct profile *profile)
{
	struct pack p = {.mode = PACK_SAVE, .out = b};
	uint64_t n = profile->n_paths;

	buf_adds(b, MAGIC);
	count(&p, &profile->n_records);
	count(&p, &n);
	for (const struct profile_path *x = profile->root; x;
	     x = profile_next(x)) {
		save_place(&p, x);
		walk_path(&p, (struct profile_path *)x);
	}
}

bool
profile_load(struct profile *profile, const void *data, size_t len)
{
	const size_t magic = sizeof(MAGIC) - 1;
	struct pack p = {
	    .mode = PACK_LOAD, .in = data, .len = len, .at = magic};
	struct profile_path *x = NULL;
	size_t n = 0;

	if (len < magic || memcmp(data, MAGIC, magic) != 0)
		return false;
	count(&p, &profile->n_records);
	pack_size(&p, "", &n, 1, PROFILE_PATHS);
	for (; n > 0 && !p.is_bad; n--) {
		x = load_place(&p, profile, x);
		if (!x)
			return false;
		walk_path(&p, x);
	}
	return !p.is_bad && p.at == len;
}
