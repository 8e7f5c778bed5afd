/*
 * Any bytes as a state of each machine, as a holder of a lease, as a control
 * line and as a line of a dump.  What is accepted must be written so that it
 * reads back the same.
 */
#include <stdint.h>
#include <stdlib.h>

#include "cache/commit.h"
#include "cache/dump.h"
#include "state/breaker.h"
#include "state/budget.h"
#include "state/cursor.h"
#include "state/holder.h"
#include "state/lease.h"
#include "state/rate.h"
#include "state/seen.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

union any {
	struct breaker breaker;
	struct budget budget;
	struct cursor cursor;
	struct lease lease;
	struct rate rate;
	struct seen seen;
};

static void
must(bool is_true)
{
	if (!is_true)
		abort();
}

static void
try_state(const struct state_kind *kind, const char *p, size_t len)
{
	struct buf first = {0}, second = {0}, why = {0};
	union any a, b;

	if (state_read(p, len, kind, &a, &why)) {
		must(kind->life(&a, 1000) > 0);
		state_write(&first, kind, &a);
		must(state_read(first.data, first.len, kind, &b, &why));
		state_write(&second, kind, &b);
		must(first.len == second.len &&
		     memcmp(first.data, second.data, first.len) == 0);
		state_release(kind, &b);
	} else {
		must(why.len > 0);
	}
	state_release(kind, &a);
	buf_release(&first);
	buf_release(&second);
	buf_release(&why);
}

/* As a record, ended by LF, with padding. */
static void
try_lines(const char *p, size_t len)
{
	struct checkpoint c;
	struct dump_entry e, again;
	struct buf text = {0}, line = {0};
	struct jdoc d;

	buf_add(&text, p, len);
	buf_addc(&text, '\n');
	buf_reserve(&text, JDOC_PADDING);
	memset(text.data + text.len, 0, JDOC_PADDING);
	jdoc_init(&d);
	if (jdoc_parse(&d, text.data, len) != JERR_NONE)
		goto out;
	if (!checkpoint_read(text.data, jval_root(&d), &c)) {
		must(c.value.len > 0 && c.key.len > 7);
		checkpoint_release(&c);
	}
	if (!dump_read(jval_root(&d), &e)) {
		e.times.data = e.value.len > 0 ? e.value.data : "";
		e.times.len = e.value.len;
		dump_add(&line, e.db, e.key.data, &e.times);
		buf_reserve(&line, JDOC_PADDING);
		must(jdoc_parse(&d, line.data, line.len) == JERR_NONE);
		must(!dump_read(jval_root(&d), &again));
		must(again.key.len == e.key.len &&
		     again.value.len == e.value.len &&
		     again.times.expires == e.times.expires);
		dump_release(&again);
		dump_release(&e);
	}
out:
	jdoc_release(&d);
	buf_release(&text);
	buf_release(&line);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	enum { N_KINDS = 6 };
	static const struct state_kind *const kinds[N_KINDS] = {&breaker_kind,
	    &budget_kind, &cursor_kind, &lease_kind, &rate_kind, &seen_kind};
	const char *p = (const char *)data;
	struct rate_rule rule = {1, 1};
	struct buf text = {0};
	long pid = 1;

	for (size_t i = 0; i < N_KINDS; i++)
		try_state(kinds[i], p, size);
	try_lines(p, size);
	buf_add(&text, p, size);
	buf_addc(&text, '\0');
	must(!holder_is_dead(text.data, &pid) || pid > 0);
	must(!rate_parse(text.data, &rule) ||
	     (rule.interval_us > 0 && rule.burst > 0));
	buf_release(&text);
	return 0;
}
