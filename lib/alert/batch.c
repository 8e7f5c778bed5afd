#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alert/batch.h"
#include "alert/event.h"
#include "core/xmem.h"
#include "json/write.h"

#define MANY_MS \
	(INT64_C(3600000)) /* that long without another one too many \
			    */

void
batch_init(struct batch *b, const struct alerts *a)
{
	*b = (struct batch){.n_rules = a->n_rules};
	b->rules = xcalloc(a->n_rules + 1, sizeof(*b->rules));
	for (size_t i = 0; i < a->n_rules; i++)
		b->rules[i].rule = &a->rules[i];
}

static void
free_subject(struct subject *s)
{
	for (size_t i = 0; i < s->n; i++) {
		buf_release(&s->v[i].title);
		buf_release(&s->v[i].body);
		buf_release(&s->v[i].record);
	}
	free(s->v);
	buf_release(&s->labels);
	free(s);
}

void
batch_clear(struct batch *b)
{
	const struct map_entry *e;

	for (size_t i = 0; i < b->n_rules; i++) {
		struct batch_rule *r = &b->rules[i];

		for (size_t k = 0; (e = map_next(&r->subjects, &k));)
			free_subject(e->value);
		map_release(&r->subjects);
		r->n_new = 0;
		r->n_left_out = 0;
	}
	b->n = 0;
	b->has_news = false;
}

void
batch_release(struct batch *b)
{
	batch_clear(b);
	free(b->rules);
	b->rules = NULL;
}

const struct instance_rule *
batch_life(const struct alerts *a, const struct instance *i)
{
	static const struct instance_rule usual = {.for_count = 1};
	static const struct instance_rule many = {
	    .for_count = 1, .resolve_after_ms = MANY_MS};
	const struct alert_rule *rule;

	if (i->cause == INSTANCE_MANY)
		return &many;
	rule = a ? alerts_rule(a, i->rule) : NULL;
	return rule ? &rule->life : &usual;
}

static struct instance *
make_instance(struct book *book, const char *fingerprint, const char *rule,
    const struct buf *labels)
{
	struct instance *i = book_make(book, BOOK_INSTANCES, fingerprint);

	if (i->fingerprint[0] != '\0')
		return i;
	snprintf(i->fingerprint, sizeof(i->fingerprint), "%s", fingerprint);
	snprintf(i->rule, sizeof(i->rule), "%s", rule);
	buf_add(&i->labels, labels->data, labels->len);
	labels_read(&i->parsed, i->labels.data, i->labels.len);
	labels_quote(&i->title, rule, strlen(rule));
	return i;
}

/* How many of the rule's alerts have a place. */
static size_t
count(const struct book *book, const char *rule)
{
	const struct instance *i;
	size_t n = 0;

	for (size_t k = 0; (i = book_next(book, BOOK_INSTANCES, &k, NULL));)
		n += strcmp(i->rule, rule) == 0 &&
		     i->state != INSTANCE_RESOLVED && i->cause != INSTANCE_MANY;
	return n;
}

/* One alert for all those that had no room. */
static void
fire_many(const struct batch_rule *r, struct book *book, int64_t now)
{
	char braces[] = "{}";
	const struct buf none = {.data = braces, .len = 2};
	struct instance_rule life = {.for_count = 1};
	char fingerprint[SHA256_HEX];
	uint8_t digest[SHA256_SIZE];
	struct buf text = {0};
	struct instance *i;
	unsigned what;

	jwrite_text(&text, "too many ", r->rule->name);
	sha256(text.data, text.len, digest);
	sha256_hex(digest, fingerprint);
	i = make_instance(book, fingerprint, r->rule->name, &none);
	text.len = 0;
	buf_addf(&text,
	    "%s: too many instances: more than %" PRIu64
	    " alerts at a time, the others are left out",
	    r->rule->name, r->rule->max);
	labels_quote(&i->title, text.data, text.len);
	buf_release(&text);
	i->severity = r->rule->severity;
	i->seen_at = now;
	what = instance_fire(i, &life, INSTANCE_MANY, now);
	event_tell(&book->events, i, what, now);
}

/* An observation, and where it belongs. */
struct step {
	const struct observation *o;
	const struct subject *s;
	size_t rule;
};

static int
compare_steps(const void *a, const void *b)
{
	const struct step *x = a, *y = b;

	return (x->o->turn > y->o->turn) - (x->o->turn < y->o->turn);
}

/* All of them in the order of the records, to be freed. */
static struct step *
list_steps(const struct batch *b)
{
	struct step *steps = xcalloc(b->n + 1, sizeof(*steps));
	const struct map_entry *e;
	size_t n = 0;

	for (size_t i = 0; i < b->n_rules; i++)
		for (size_t k = 0; (e = map_next(&b->rules[i].subjects, &k));) {
			const struct subject *s = e->value;

			for (size_t o = 0; o < s->n; o++)
				steps[n++] = (struct step){&s->v[o], s, i};
		}
	qsort(steps, n, sizeof(*steps), compare_steps);
	return steps;
}

/* The instance that it is about, if there is room. */
static struct instance *
find_instance(const struct batch *b, struct book *book, const struct step *step,
    size_t *n)
{
	struct instance *i =
	    book_get(book, BOOK_INSTANCES, step->s->fingerprint);
	const struct alert_rule *rule = b->rules[step->rule].rule;

	if (i || n[step->rule] >= rule->max)
		return i;
	n[step->rule]++;
	return make_instance(
	    book, step->s->fingerprint, rule->name, &step->s->labels);
}

static void
apply_step(struct instance *i, const struct alert_rule *rule,
    const struct observation *o, struct book *book)
{
	unsigned what = instance_observe(i, &rule->life, o);

	if (what & INSTANCE_FIRED)
		book->head.counts[BOOK_FIRED]++;
	if (what & INSTANCE_ENDED)
		book->head.counts[BOOK_RESOLVED]++;
	event_tell(&book->events, i, what, o->last_at);
}

void
batch_apply(const struct batch *b, struct book *book, int64_t now)
{
	struct step *steps = list_steps(b);
	size_t *n = xcalloc(b->n_rules + 1, sizeof(*n));
	bool *is_over = xcalloc(b->n_rules + 1, sizeof(*is_over));

	for (size_t i = 0; i < b->n_rules; i++) {
		is_over[i] = b->rules[i].n_left_out > 0;
		if (b->rules[i].subjects.n > 0)
			n[i] = count(book, b->rules[i].rule->name);
	}
	for (size_t k = 0; k < b->n; k++) {
		const struct step *step = &steps[k];
		struct instance *i = find_instance(b, book, step, n);

		if (i)
			apply_step(i, b->rules[step->rule].rule, step->o, book);
		else
			is_over[step->rule] = true;
	}
	for (size_t i = 0; i < b->n_rules; i++)
		if (is_over[i])
			fire_many(&b->rules[i], book, now);
	free(steps);
	free(n);
	free(is_over);
}
