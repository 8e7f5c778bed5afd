/*
 * Any bytes as a rule file, an empty line, and a record that it is applied
 * to.  What is told of failures must be JSON; checking twice must tell the
 * same.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/diag.h"
#include "core/xmem.h"
#include "rules/stats.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
must(bool good)
{
	if (!good)
		abort();
}

static enum jerror
parse(struct jdoc *d, const char *text, size_t len)
{
	char *exact = xcalloc(len + JDOC_PADDING, 1);
	enum jerror e;

	memcpy(exact, text, len);
	e = jdoc_parse(d, exact, len);
	free(exact);
	return e;
}

static void
must_be_json(const struct buf *b)
{
	struct jdoc d;

	jdoc_init(&d);
	must(parse(&d, b->data, b->len) == JERR_NONE);
	jdoc_release(&d);
}

static void
apply(const struct rules *rules, struct rules_view *v, struct jval root,
    struct buf *told)
{
	size_t n_failed = 0, n_skipped = 0;

	buf_addc(told, '[');
	rules_check(rules, v, root);
	for (size_t i = 0; i < rules->n; i++) {
		n_skipped += v->outcomes[i] == OUTCOME_SKIPPED;
		if (v->outcomes[i] != OUTCOME_FAILED)
			continue;
		if (n_failed++)
			buf_addc(told, ',');
		rules_write_error(rules, v, i, told);
	}
	buf_addc(told, ']');
	must(v->n_failed == n_failed && v->n_skipped == n_skipped);
	must_be_json(told);
}

static void
check(const struct rules *rules, struct jval root)
{
	struct buf first = {0}, second = {0}, summary = {0};
	struct rules_stats stats, all;
	struct rules_view v;

	rules_view_init(&v, rules);
	rules_stats_init(&stats, rules);
	rules_stats_init(&all, rules);
	apply(rules, &v, root, &first);
	rules_stats_add(&stats, rules, &v, 1, 1);
	apply(rules, &v, root, &second);
	rules_stats_add(&stats, rules, &v, 1, 2);
	must(first.len == second.len &&
	     memcmp(first.data, second.data, first.len) == 0);
	rules_stats_merge(&all, rules, &stats, &v);
	rules_stats_write(&all, rules, 0, &summary);
	must_be_json(&summary);
	rules_stats_release(&stats, rules);
	rules_stats_release(&all, rules);
	rules_view_release(&v);
	buf_release(&first);
	buf_release(&second);
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
