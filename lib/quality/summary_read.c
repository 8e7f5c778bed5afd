#include <stdlib.h>
#include <string.h>

#include "core/base64.h"
#include "core/xmem.h"
#include "quality/report.h"
#include "quality/summary_read.h"
#include "json/write.h"

static struct jval
get(struct jval v, const char *name)
{
	return jval_get(v, name, strlen(name));
}

/* A number from 0 up, that is no fraction; else *is_bad. */
static uint64_t
get_count(struct jval v, const char *name, bool *is_bad)
{
	struct jval n = get(v, name);

	if (jval_type(n) == J_UINT)
		return jval_uint(n);
	if (jval_type(n) == J_INT && jval_int(n) >= 0)
		return (uint64_t)jval_int(n);
	*is_bad = true;
	return 0;
}

/* The place of a word in a list that ends with NULL; else *is_bad. */
static int
get_word(
    struct jval v, const char *name, const char *const *words, bool *is_bad)
{
	struct jval word = get(v, name);

	for (int i = 0; words[i]; i++)
		if (jval_is_string(word, words[i], strlen(words[i])))
			return i;
	*is_bad = true;
	return 0;
}

/* A string without NUL, owned by the caller; else NULL. */
static char *
get_text(struct jval v, const char *name)
{
	struct jval text = get(v, name);
	size_t len;
	const char *s = jval_string(text, &len);

	if (jval_type(text) != J_STRING || memchr(s, '\0', len))
		return NULL;
	return xstrndup(s, len);
}

static void
release_check(struct roster_check *c)
{
	free(c->rule);
	free(c->field);
	free(c->pointer);
	free(c->keyword);
	free(c->message);
	free(c->text);
}

static void
read_check(
    struct roster_check *c, struct pool_count *n, struct jval v, bool *is_bad)
{
	struct roster_check read = {
	    .severity =
		(enum severity)get_word(v, "severity", severity_names, is_bad),
	    .dimension = (enum dimension)get_word(
		v, "dimension", dimension_names, is_bad),
	    .field_number = (size_t)get_count(v, "group", is_bad),
	    .rule = get_text(v, "rule"),
	    .field = get_text(v, "field"),
	    .keyword = get_text(v, "keyword"),
	};

	n->made = get_count(v, "evaluated", is_bad);
	n->failed = get_count(v, "failed", is_bad);
	n->lost = get_count(v, "lost", is_bad);
	if (n->failed > n->made || n->lost / QUALITY_WHOLE > n->made)
		*is_bad = true;
	if (!*is_bad)
		roster_learn(c, &read);
	release_check(&read);
}

/* The set of that id; NULL if it is of another kind than before. */
static struct roster *
find_set(struct pool *t, struct jval v, size_t n)
{
	size_t len;
	const char *id = jval_string(get(v, "set"), &len);

	if (len != MARKS_ID - 1 || strspn(id, "0123456789abcdef") != len ||
	    n > MARKS_CHECKS)
		return NULL;
	return roster_get(t->rosters, id, n);
}

static bool
read_set(struct pool *t, struct jval v)
{
	struct jval of = get(v, "of");
	struct jiter it = jval_iter(of);
	struct roster *r = find_set(t, v, jval_count(of));
	struct pool_set *set;
	bool is_bad = jval_type(of) != J_ARRAY;

	if (!r || is_bad)
		return false;
	set = pool_set(t, r);
	for (size_t i = 0; jiter_next(&it); i++)
		read_check(&r->checks[i], &set->counts[i], it.value, &is_bad);
	return !is_bad;
}

static void
read_examples(struct evidence *e, struct jval v, uint64_t order)
{
	struct jiter it = jval_iter(v);

	while (evidence_is_wanted(e) && jiter_next(&it)) {
		char *file = get_text(it.value, "file");
		bool is_bad = false;
		uint64_t line = get_count(it.value, "line", &is_bad);

		if (file && !is_bad)
			report_value(evidence_add(e, order, file, line),
			    get(it.value, "value"));
		free(file);
	}
}

/* Texts and examples, which stand with the recommendations. */
static void
read_advice(struct pool *t, struct jval v, uint64_t order)
{
	struct jval set = get(v, "set"), text = get(v, "paste");
	bool is_bad = false;
	uint64_t n = get_count(v, "check", &is_bad);
	struct roster *r;
	struct roster_check *c;
	struct buf b = {0};
	size_t len;
	const char *id = jval_string(set, &len);

	if (jval_type(set) == J_ABSENT) {
		read_examples(&t->malformed, get(v, "examples"), order);
		return;
	}
	r = map_get(&t->rosters->by_id, id, len);
	if (!r || is_bad || n >= r->n || r->number >= t->n_sets ||
	    !t->sets[r->number].counts)
		return;
	c = &r->checks[n];
	if (!c->message)
		c->message = get_text(v, "message");
	if (!c->text && jval_type(text) == J_OBJECT) {
		jwrite_value(&b, text);
		buf_addc(&b, '\0');
		c->text = b.data;
	}
	read_examples(
	    &t->sets[r->number].evidence[n], get(v, "examples"), order);
}

static bool
read_bars(struct pool *t, struct jval v)
{
	struct jiter it = jval_iter(v);
	size_t n = 0;

	for (; jiter_next(&it) && n < POOL_BARS; n++) {
		if (jval_type(it.value) != J_INT || jval_int(it.value) < 0)
			return false;
		t->bars[n] = (uint64_t)jval_int(it.value);
	}
	return n == POOL_BARS;
}

bool
summary_read(struct pool *t, struct jval v, uint64_t order, struct buf *why)
{
	struct jval sets = get(v, "checks");
	struct jiter it = jval_iter(sets), all;
	struct pool read;
	bool is_bad = jval_type(sets) != J_ARRAY;

	pool_init(&read, t->rosters);
	read.n_records = get_count(v, "records", &is_bad);
	read.n_malformed = get_count(v, "malformed", &is_bad);
	read.n_unassessed = get_count(v, "unassessed", &is_bad);
	if (is_bad || !read_bars(&read, get(v, "histogram"))) {
		buf_adds(why, "is no summary of cdo-score");
		is_bad = true;
	}
	while (!is_bad && jiter_next(&it))
		if (!read_set(&read, it.value)) {
			buf_adds(why, "has checks that make no sense, or more "
				      "sets of them than fit");
			is_bad = true;
		}
	all = jval_iter(get(v, "recommendations"));
	while (!is_bad && jiter_next(&all))
		read_advice(&read, all.value, order);
	if (!is_bad)
		pool_merge(t, &read);
	pool_release(&read);
	return !is_bad;
}

bool
summary_weights(struct jval v, double weights[DIMENSION_COUNT])
{
	struct jval all = get(v, "weights");

	for (int d = 0; d < DIMENSION_COUNT; d++) {
		struct jval w = get(all, dimension_names[d]);

		if (!jval_is_number(w) || jval_double(w) < 0 ||
		    jval_double(w) > QUALITY_WEIGHT_MAX)
			return false;
		weights[d] = jval_double(w);
	}
	return true;
}

bool
summary_read_profile(struct profile *p, struct jval v, struct buf *why)
{
	struct profile read;
	struct buf data = {0};
	size_t len;
	const char *text = jval_string(get(v, "sketches"), &len);
	bool is_sound;

	profile_init(&read, true);
	is_sound = base64_decode(&data, text, len) &&
		   profile_load(&read, data.data ? data.data : "", data.len);
	if (is_sound)
		profile_merge(p, &read);
	else
		buf_adds(why, "has a profile without sound sketches: make it "
			      "with --sketches");
	profile_release(&read);
	buf_release(&data);
	return is_sound;
}
