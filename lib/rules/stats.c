#include <stdlib.h>
#include <string.h>

#include "core/xmem.h"
#include "rules/gates.h"
#include "rules/private.h"
#include "rules/stats.h"
#include "json/write.h"

void
rules_stats_init(struct rules_stats *s, const struct rules *rules)
{
	*s = (struct rules_stats){
	    .checks = xcalloc(rules->n, sizeof(*s->checks)),
	    .fields = xcalloc(rules->fields.n, sizeof(*s->fields)),
	};
}

void
rules_stats_release(struct rules_stats *s, const struct rules *rules)
{
	for (size_t i = 0; s->checks && i < rules->n; i++) {
		free(s->checks[i].message);
		free(s->checks[i].value);
		places_release(&s->checks[i].places);
	}
	free(s->checks);
	free(s->fields);
	*s = (struct rules_stats){0};
}

/* Keep what one of the functions of report has to say. */
static char *
copy(const struct rules *rules, const struct rules_view *v, size_t check,
    void (*add)(
	const struct rules *, const struct rules_view *, size_t, struct buf *))
{
	struct buf b = {0};

	add(rules, v, check, &b);
	buf_addc(&b, '\0');
	return b.data;
}

static void
add_failures(struct rules_stats *s, const struct rules *rules,
    const struct rules_view *v, uint64_t file, uint64_t line)
{
	for (size_t i = 0; i < rules->n; i++) {
		struct stats_check *c = &s->checks[i];
		struct stats_field *f = &s->fields[rules->checks[i].slot];

		if (v->outcomes[i] != OUTCOME_FAILED)
			continue;
		c->failed++;
		f->failed += f->last != s->n_records;
		f->last = s->n_records;
		if (s->has_places && rules->checks[i].args->schema)
			places_add(&c->places, rules, v, i, file, line);
		if (c->file)
			continue;
		c->file = file;
		c->line = line;
		c->message = copy(rules, v, i, rules_add_message);
		c->value = copy(rules, v, i, rules_add_value);
	}
}

void
rules_stats_add(struct rules_stats *s, const struct rules *rules,
    const struct rules_view *v, uint64_t file, uint64_t line)
{
	s->n_records++;
	if (v->n_failed > 0)
		add_failures(s, rules, v, file, line);
	if (rules_reject(v))
		s->n_rejected++;
	else if (v->n_failed > 0)
		s->n_warned++;
}

static bool
is_before(const struct stats_check *a, const struct stats_check *b)
{
	if (!a->file || !b->file)
		return a->file != 0;
	return a->file < b->file || (a->file == b->file && a->line < b->line);
}

void
rules_stats_merge(struct rules_stats *s, const struct rules *rules,
    const struct rules_stats *from, const struct rules_view *view)
{
	s->n_records += from->n_records;
	s->n_rejected += from->n_rejected;
	s->n_warned += from->n_warned;
	for (size_t i = 0; i < rules->n; i++) {
		struct stats_check *c = &s->checks[i];
		const struct stats_check *d = &from->checks[i];

		c->failed += d->failed;
		places_merge(&c->places, &d->places);
		c->skipped += view->skipped[i];
		if (!is_before(d, c))
			continue;
		free(c->message);
		free(c->value);
		c->file = d->file;
		c->line = d->line;
		c->message = xstrndup(d->message, strlen(d->message));
		c->value = xstrndup(d->value, strlen(d->value));
	}
	for (size_t i = 0; i < rules->fields.n; i++) {
		s->fields[i].missing += view->missing[i];
		s->fields[i].failed += from->fields[i].failed;
	}
}

/* A share of all, to six digits; null of nothing. */
static void
add_rate(struct buf *out, const char *name, uint64_t part, uint64_t all)
{
	buf_adds(out, name);
	if (all == 0)
		buf_adds(out, "null");
	else
		buf_addf(out, "%.6g", (double)part / (double)all);
}

static void
write_check(const struct rules_stats *s, const struct check *c,
    const struct stats_check *n, struct buf *out)
{
	uint64_t evaluated = s->n_records - n->skipped;

	jwrite_text(out, "{\"rule\":", c->rule);
	jwrite_text(out, ",\"field\":", c->field);
	jwrite_text(out, ",\"keyword\":", c->keyword);
	jwrite_text(out, ",\"severity\":", severity_names[c->severity]);
	jwrite_text(out, ",\"dimension\":", dimension_names[c->dimension]);
	jwrite_count(out, ",\"evaluated\":", evaluated);
	jwrite_count(out, ",\"failed\":", n->failed);
	jwrite_count(out, ",\"skipped\":", n->skipped);
	add_rate(out, ",\"failed_rate\":", n->failed, evaluated);
	if (n->file) {
		jwrite_count(out, ",\"first\":{\"file\":", n->file);
		jwrite_count(out, ",\"line\":", n->line);
		jwrite_text(out, ",\"message\":", n->message);
		buf_adds(out, n->value);
		buf_addc(out, '}');
	}
	if (n->places.all.n > 0) {
		buf_adds(out, ",\"places\":");
		places_write(&n->places, out);
	}
	buf_addc(out, '}');
}

static void
write_field(
    const struct rules_stats *s, const struct rules_field *f, struct buf *out)
{
	const struct stats_field *n = &s->fields[f->slot];

	jwrite_text(out, "{\"field\":", f->name);
	jwrite_count(out, ",\"missing\":", n->missing);
	jwrite_count(out, ",\"failed\":", n->failed);
	add_rate(out, ",\"missing_rate\":", n->missing, s->n_records);
	add_rate(out, ",\"failed_rate\":", n->failed, s->n_records);
	buf_addc(out, '}');
}

void
rules_stats_write(const struct rules_stats *s, const struct rules *rules,
    uint64_t n_malformed, struct buf *out)
{
	uint64_t all = s->n_records + n_malformed;
	uint64_t valid = s->n_records - s->n_rejected;

	jwrite_count(out, "{\"records\":", all);
	jwrite_count(out, ",\"valid\":", valid);
	jwrite_count(out, ",\"rejected\":", s->n_rejected);
	jwrite_count(out, ",\"malformed\":", n_malformed);
	jwrite_count(out, ",\"warned\":", s->n_warned);
	add_rate(out, ",\"valid_rate\":", valid, all);
	buf_adds(out, ",\"checks\":[");
	for (size_t i = 0; i < rules->n; i++) {
		if (i)
			buf_addc(out, ',');
		write_check(s, &rules->checks[i], &s->checks[i], out);
	}
	buf_adds(out, "],\"fields\":[");
	for (size_t i = 0; i < rules->n_named; i++) {
		if (i)
			buf_addc(out, ',');
		write_field(s, &rules->named[i], out);
	}
	buf_adds(out, "],");
	gates_write(rules, s, n_malformed, out);
	buf_addc(out, '}');
}
