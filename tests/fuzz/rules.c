/*
 * Any bytes as a rule file, an empty line, and a record that it is applied
 * to.  What is told of failures must be JSON; two threads must tell the same;
 * and the second time too, but for rules that remember the first.
 */
#include "core/diag.h"
#include "fuzz.h"
#include "rules/stats.h"

static void
apply(const struct rules *rules, struct rules_view *v, struct jval root,
    struct buf *told)
{
	struct rules_room room = {UINT64_MAX, 0};
	size_t n_failed = 0, n_skipped = 0;

	buf_addc(told, '[');
	rules_check(rules, v, root);
	for (size_t i = 0; i < rules->n; i++) {
		n_skipped += v->outcomes[i] == OUTCOME_SKIPPED;
		if (v->outcomes[i] != OUTCOME_FAILED)
			continue;
		if (n_failed++)
			buf_addc(told, ',');
		rules_write_errors(rules, v, i, &room, told);
	}
	buf_addc(told, ']');
	must(v->n_failed == n_failed && v->n_skipped == n_skipped);
	must_be_json(told);
}

static bool
is_same(const struct buf *a, const struct buf *b)
{
	return a->len == b->len && memcmp(a->data, b->data, a->len) == 0;
}

/* Check it twice; what is told goes to once and again. */
static void
work(const struct rules *rules, struct rules_stats *all, struct jval root,
    struct buf *once, struct buf *again)
{
	struct rules_stats stats;
	struct rules_view v;

	rules_view_init(&v, rules);
	rules_stats_init(&stats, rules);
	apply(rules, &v, root, once);
	rules_stats_add(&stats, rules, &v, 1, 1);
	apply(rules, &v, root, again);
	rules_stats_add(&stats, rules, &v, 1, 2);
	rules_stats_merge(all, rules, &stats, &v);
	rules_stats_release(&stats, rules);
	rules_view_release(&v);
}

static void
check(const struct rules *rules, struct jval root)
{
	struct buf told[4] = {{0}}, summary = {0};
	struct rules_stats all;

	rules_stats_init(&all, rules);
	work(rules, &all, root, &told[0], &told[1]);
	work(rules, &all, root, &told[2], &told[3]);
	must(is_same(&told[0], &told[2]) && is_same(&told[1], &told[3]));
	must(rules_is_ordered(rules) || is_same(&told[0], &told[1]));
	rules_stats_write(&all, rules, 0, &summary);
	must_be_json(&summary);
	rules_stats_release(&all, rules);
	for (size_t i = 0; i < 4; i++)
		buf_release(&told[i]);
	buf_release(&summary);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data;
	size_t len = 0, skip;
	struct rules rules = {0};
	struct jdoc d;

	diag_set_level((enum diag_level)(DIAG_ERROR + 1));
	setenv("CDO_NOW", "2026-11-24T12:00:00Z", 1); /* ages stay the same */
	while (len < size &&
	       !(len > 0 && text[len] == '\n' && text[len - 1] == '\n'))
		len++;
	skip = len < size ? len + 1 : len;
	jdoc_init(&d);
	if (rules_parse(&rules, "fuzz", text, len) == 0 &&
	    parse(&d, text + skip, size - skip) == JERR_NONE)
		check(&rules, jval_root(&d));
	rules_release(&rules);
	jdoc_release(&d);
	return 0;
}
