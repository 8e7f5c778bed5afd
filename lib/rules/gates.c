#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "core/diag.h"
#include "core/xmem.h"
#include "rules/compile.h"
#include "rules/gates.h"
#include "json/write.h"

static const char *const keywords[] = {
    [GATE_COUNT] = "count",
    [GATE_MISSING] = "missing",
    [GATE_REJECTS] = "max_rejects",
};

static void
add_gate(struct rules *rules, struct gate g)
{
	rules->gates =
	    xrealloc(rules->gates, rules->n_gates + 1, sizeof(*rules->gates));
	rules->gates[rules->n_gates++] = g;
}

/* The members of all kinds; each takes some of them. */
struct limits {
	uint64_t min, max;
	double ratio;
};

static const struct limits no_limits = {UINT64_MAX, UINT64_MAX, INFINITY};

/* Read them, and tell those that make no sense. */
static bool
read_limits(struct doc *d, const struct doc_place *at, const json_t *v,
    const struct doc_member *members, struct limits *l)
{
	size_t faults = d->n_faults;

	if (!doc_read(d, at, v, members, l))
		return false;
	if (l->ratio != INFINITY && (l->ratio < 0 || l->ratio > 1))
		doc_fault(d, at, "the ratio is not from 0 to 1");
	if (l->min != UINT64_MAX && l->min > l->max)
		doc_fault(d, at, "min is above max");
	if (json_object_size(v) == 0)
		doc_fault(d, at, "demands nothing");
	return d->n_faults == faults;
}

/* One of a rule: named after its field and kind, at its place. */
static void
add_of_rule(struct compiler *c, enum gate_kind kind, const struct limits *l)
{
	const char *word = keywords[kind];
	struct buf base = {0}, place = {0};

	if (kind == GATE_MISSING)
		buf_addf(&base, "%s ", c->field);
	buf_addf(&base, "%s", word);
	buf_addf(&place, "/rules/%zu/%s", c->at->index, word);
	add_gate(c->rules,
	    (struct gate){.kind = kind,
		.name =
		    c->name ? c->name : rules_make_name(c->rules, base.data),
		.field = c->field,
		.place = rules_keep(c->rules, &place),
		.message = c->message,
		.severity = (enum severity)c->r.severity,
		.slot = c->slot,
		.min = l->min,
		.max = l->max,
		.max_ratio = l->ratio});
	buf_release(&base);
}

void
rules_add_count(struct compiler *c)
{
	static const struct doc_member members[] = {
	    {"min", DOC_COUNT, offsetof(struct limits, min), false, NULL},
	    {"max", DOC_COUNT, offsetof(struct limits, max), false, NULL},
	    {NULL, DOC_VALUE, 0, false, NULL},
	};
	struct doc_place at = {.up = c->at, .key = "count"};
	struct limits l = no_limits;

	if (read_limits(c->d, &at, c->r.count, members, &l))
		add_of_rule(c, GATE_COUNT, &l);
}

void
rules_add_missing(struct compiler *c)
{
	static const struct doc_member members[] = {
	    {"max_count", DOC_COUNT, offsetof(struct limits, max), false, NULL},
	    {"max_ratio", DOC_NUMBER, offsetof(struct limits, ratio), false,
		NULL},
	    {NULL, DOC_VALUE, 0, false, NULL},
	};
	struct doc_place at = {.up = c->at, .key = "missing"};
	struct limits l = no_limits;

	if (!read_limits(c->d, &at, c->r.missing, members, &l))
		return;
	rules_watch(c->rules, c->slot);
	add_of_rule(c, GATE_MISSING, &l);
}

void
rules_add_max_rejects(struct rules *rules, struct doc *d, const json_t *v)
{
	static const struct doc_member members[] = {
	    {"count", DOC_COUNT, offsetof(struct limits, max), false, NULL},
	    {"ratio", DOC_NUMBER, offsetof(struct limits, ratio), false, NULL},
	    {NULL, DOC_VALUE, 0, false, NULL},
	};
	struct doc_place at = {.key = "max_rejects"};
	struct limits l = no_limits;

	if (read_limits(d, &at, v, members, &l))
		add_gate(
		    rules, (struct gate){.kind = GATE_REJECTS,
			       .name = rules_make_name(rules, "max_rejects"),
			       .field = ".",
			       .place = "/max_rejects",
			       .severity = SEVERITY_ERROR,
			       .min = l.min,
			       .max = l.max,
			       .max_ratio = l.ratio});
}

/* "5 of 100 records lack .humidity, more than 4" */
static void
add_words(struct buf *words, const struct gate *g, uint64_t n, uint64_t all)
{
	if (g->kind == GATE_COUNT)
		buf_addf(words, "%" PRIu64 " record%s", n, n == 1 ? "" : "s");
	else
		buf_addf(words, "%" PRIu64 " of %" PRIu64 " %s ", n, all,
		    g->kind == GATE_MISSING ? "records lack" : "rejected");
	if (g->kind == GATE_MISSING)
		buf_adds(words, g->field);
	else if (g->kind == GATE_REJECTS)
		words->len--;
	if (g->min != UINT64_MAX && n < g->min)
		buf_addf(words, ", fewer than %" PRIu64, g->min);
	if (n > g->max)
		buf_addf(words, ", more than %" PRIu64, g->max);
	if (all > 0 && (double)n / (double)all > g->max_ratio)
		buf_addf(words, ", more than %.6g %%", g->max_ratio * 100);
}

bool
gate_holds(const struct gate *g, const struct rules_stats *s,
    uint64_t n_malformed, struct buf *words)
{
	uint64_t all = s->n_records, n = all;

	if (g->kind == GATE_MISSING)
		n = s->fields[g->slot].missing;
	if (g->kind == GATE_REJECTS) {
		n = s->n_rejected + n_malformed;
		all += n_malformed;
	}
	add_words(words, g, n, all);
	return (g->min == UINT64_MAX || n >= g->min) && n <= g->max &&
	       (all == 0 || (double)n / (double)all <= g->max_ratio);
}

void
gates_write(const struct rules *rules, const struct rules_stats *s,
    uint64_t n_malformed, struct buf *out)
{
	struct buf words = {0};
	bool holds;

	buf_adds(out, "\"gates\":[");
	for (size_t i = 0; i < rules->n_gates; i++) {
		const struct gate *g = &rules->gates[i];

		words.len = 0;
		holds = gate_holds(g, s, n_malformed, &words);
		jwrite_text(out, i ? ",{\"rule\":" : "{\"rule\":", g->name);
		jwrite_text(out, ",\"field\":", g->field);
		jwrite_text(out, ",\"keyword\":", keywords[g->kind]);
		jwrite_text(out, ",\"severity\":", severity_names[g->severity]);
		buf_adds(out, holds ? ",\"passed\":true" : ",\"passed\":false");
		buf_adds(out, ",\"message\":");
		if (g->message && !holds)
			jwrite_text(out, "", g->message);
		else
			jwrite_string(out, words.data, words.len);
		jwrite_text(out, ",\"schema\":", g->place);
		buf_addc(out, '}');
	}
	buf_addc(out, ']');
	buf_release(&words);
}

size_t
gates_tell(const struct rules *rules, const struct rules_stats *s,
    uint64_t n_malformed)
{
	static void (*const tell[])(const char *, ...) = {
	    [SEVERITY_INFO] = diag_info,
	    [SEVERITY_WARNING] = diag_warn,
	    [SEVERITY_ERROR] = diag_error,
	    [SEVERITY_CRITICAL] = diag_error,
	};
	struct buf words = {0};
	size_t n = 0;

	for (size_t i = 0; i < rules->n_gates; i++) {
		const struct gate *g = &rules->gates[i];

		words.len = 0;
		if (gate_holds(g, s, n_malformed, &words))
			continue;
		n += g->severity >= SEVERITY_ERROR;
		tell[g->severity]("%s: %s%s%.*s", g->name,
		    g->message ? g->message : "", g->message ? ": " : "",
		    (int)words.len, words.data);
	}
	buf_release(&words);
	return n;
}
