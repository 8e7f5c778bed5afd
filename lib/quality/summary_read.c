#include <stdlib.h>
#include <string.h>

#include "core/base64.h"
#include "core/xmem.h"
#include "quality/report.h"
#include "quality/summary_read.h"
#include "json/write.h"

#define COUNT_MAX 1000000000000000 /* records or lines, of all summaries */
#define TEXT_MAX 65536 /* bytes of a name, a message or a rule */

static struct jval
get(struct jval v, const char *name)
{
	return jval_get(v, name, strlen(name));
}

/* A number from 0 to COUNT_MAX, that is no fraction; else *is_bad. */
static uint64_t
get_count(struct jval v, const char *name, bool *is_bad)
{
	struct jval n = get(v, name);

	if (jval_type(n) == J_INT && jval_int(n) >= 0 &&
	    jval_int(n) <= COUNT_MAX)
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

/* A string without NUL and not too long, owned by the caller; else NULL. */
static char *
get_text(struct jval v, const char *name)
{
	struct jval text = get(v, name);
	size_t len;
	const char *s = jval_string(text, &len);

	if (jval_type(text) != J_STRING || len > TEXT_MAX ||
	    memchr(s, '\0', len))
		return NULL;
	return xstrndup(s, len);
}

/* What one summary says of a set of checks. */
struct set {
	struct roster_check *checks; /* owned, so are their names */
	struct pool_count *counts; /* owned */
	size_t n;
};

static void
release_set(struct set *s)
{
	for (size_t i = 0; i < s->n; i++)
		roster_forget(&s->checks[i]);
	free(s->checks);
	free(s->counts);
}

/* A check cannot be made more often than there are records, nor lose less
 * than its failures, or more than all. */
static bool
adds_up(const struct pool_count *n, uint64_t n_records)
{
	return n->made <= n_records && n->failed <= n->made &&
	       n->lost >= QUALITY_WHOLE * n->failed &&
	       n->lost <= QUALITY_WHOLE * n->made;
}

static void
read_check(
    struct roster_check *c, struct pool_count *n, struct jval v, bool *is_bad)
{
	struct jval lost = get(v, "lost");

	*c = (struct roster_check){
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
	if (jval_type(lost) == J_INT && jval_int(lost) >= 0)
		n->lost = (uint64_t)jval_int(lost);
	else
		*is_bad = true;
}

/* Is it the same set of checks, as far as the score goes? */
static bool
is_same(const struct roster *r, const struct set *s)
{
	for (size_t i = 0; i < s->n; i++)
		if (r->checks[i].severity != s->checks[i].severity ||
		    r->checks[i].dimension != s->checks[i].dimension ||
		    r->checks[i].field_number != s->checks[i].field_number)
			return false;
	return true;
}

/* Count a set, which the summary has not had before, in t. */
static bool
add_set(struct pool *t, const char *id, const struct set *s)
{
	size_t n_known = t->rosters->n;
	struct roster *r = roster_get(t->rosters, id, s->n);
	bool is_new = t->rosters->n > n_known;
	struct pool_set *to;

	if (!r || (r->number < t->n_sets && t->sets[r->number].counts) ||
	    (!is_new && !is_same(r, s)))
		return false;
	to = pool_set(t, r);
	for (size_t i = 0; i < s->n; i++) {
		roster_learn(&r->checks[i], &s->checks[i]);
		to->counts[i] = s->counts[i];
	}
	return true;
}

static bool
read_set(struct pool *t, struct jval v)
{
	struct jval of = get(v, "of");
	struct jiter it = jval_iter(of);
	struct set s = {.n = jval_count(of)};
	size_t len;
	const char *id = jval_string(get(v, "set"), &len);
	bool is_bad = jval_type(of) != J_ARRAY || s.n > MARKS_CHECKS ||
		      len != MARKS_ID - 1 ||
		      strspn(id, "0123456789abcdef") != len;

	if (is_bad)
		return false;
	s.checks = xcalloc(s.n, sizeof(*s.checks));
	s.counts = xcalloc(s.n, sizeof(*s.counts));
	for (size_t i = 0; jiter_next(&it); i++) {
		read_check(&s.checks[i], &s.counts[i], it.value, &is_bad);
		is_bad = is_bad || !adds_up(&s.counts[i], t->n_records);
	}
	is_bad = is_bad || !add_set(t, id, &s);
	release_set(&s);
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
		if (b.len <= TEXT_MAX)
			c->text = b.data;
		else
			buf_release(&b);
	}
	read_examples(
	    &t->sets[r->number].evidence[n], get(v, "examples"), order);
}

/* The histogram, in which each record with a score is. */
static bool
read_bars(struct pool *t, struct jval v)
{
	struct jiter it = jval_iter(v);
	uint64_t sum = t->n_unassessed;
	size_t n = 0;

	for (; jiter_next(&it) && n < POOL_BARS; n++) {
		if (jval_type(it.value) != J_INT || jval_int(it.value) < 0 ||
		    jval_int(it.value) > COUNT_MAX)
			return false;
		t->bars[n] = (uint64_t)jval_int(it.value);
		sum += t->bars[n];
	}
	return n == POOL_BARS && sum == t->n_records;
}

/* The counts but those of checks.  Returns NULL, or what is wrong. */
static const char *
read_lines(struct pool *t, const struct pool *before, struct jval v)
{
	bool is_bad = jval_type(get(v, "checks")) != J_ARRAY;

	t->n_records = get_count(v, "records", &is_bad);
	t->n_malformed = get_count(v, "malformed", &is_bad);
	t->n_unassessed = get_count(v, "unassessed", &is_bad);
	if (is_bad || !read_bars(t, get(v, "histogram")))
		return "is no summary of cdo-score";
	if (t->n_records > COUNT_MAX - before->n_records ||
	    t->n_malformed > COUNT_MAX - before->n_malformed)
		return "counts more than there can be";
	return NULL;
}

bool
summary_read(struct pool *t, struct jval v, uint64_t order, struct buf *why)
{
	struct jiter it = jval_iter(get(v, "checks"));
	struct pool read;
	const char *wrong;

	pool_init(&read, t->rosters);
	wrong = read_lines(&read, t, v);
	while (!wrong && jiter_next(&it))
		if (!read_set(&read, it.value))
			wrong = "has checks that make no sense, or more sets "
				"of them than fit";
	it = jval_iter(get(v, "recommendations"));
	while (!wrong && jiter_next(&it))
		read_advice(&read, it.value, order);
	if (wrong)
		buf_adds(why, wrong);
	else
		pool_merge(t, &read);
	pool_release(&read);
	return !wrong;
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
