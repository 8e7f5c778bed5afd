#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "core/num.h"
#include "core/timestamp.h"
#include "core/xmem.h"
#include "state/breakers.h"
#include "state/budget.h"
#include "json/write.h"

static int
hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* What state_add_key made this of.  Owned by the caller. */
static char *
name_of(const char *part)
{
	char *name = xmalloc(strlen(part) + 1), *out = name;

	for (; *part; part++) {
		int high = *part == '%' ? hex(part[1]) : -1;
		int low = high >= 0 ? hex(part[2]) : -1;

		if (low < 0) {
			*out++ = *part;
			continue;
		}
		*out++ = (char)(high * 16 + low);
		part += 2;
	}
	*out = '\0';
	return name;
}

/* The key of the kind for name, ended by NUL. */
static void
make_key(struct buf *key, const struct state_kind *kind, const char *name)
{
	key->len = 0;
	buf_adds(key, kind->name);
	state_add_key(key, name);
	buf_addc(key, '\0');
}

struct reading {
	const char *name; /* the only one; or NULL */
	struct breakers *list;
	struct buf *why;
	size_t told; /* bytes in why before */
	bool is_bad;
};

static bool
take(void *arg, const char *key, const struct store_value *v)
{
	struct reading *r = arg;
	struct breakers_entry e = {
	    .name = name_of(key + strlen(breaker_kind.name) + 1)};
	struct buf what = {0};

	if (v->is_stale || (r->name && strcmp(r->name, e.name) != 0)) {
		free(e.name);
		return true;
	}
	if (!state_read(v->data, v->len, &breaker_kind, &e.breaker, &what)) {
		buf_addf(r->why,
		    "%s%s: not a breaker that this version can "
		    "read: %.*s; reset forgets it",
		    r->why->len > r->told ? "; " : "", e.name, (int)what.len,
		    what.data);
		r->is_bad = true;
	} else {
		e.is_sound = true;
	}
	buf_release(&what);
	r->list->v = xrealloc(r->list->v, r->list->n + 1, sizeof(*r->list->v));
	r->list->v[r->list->n++] = e;
	return true;
}

/* Read the budgets of those that are listed. */
static int
read_budgets(struct store_txn *t, struct reading *r)
{
	struct buf key = {0};
	int status = 0;

	for (size_t i = 0; i < r->list->n && status == 0; i++) {
		struct breakers_entry *e = &r->list->v[i];
		struct budget budget;

		make_key(&key, &budget_kind, e->name);
		status = state_get(t, &budget_kind, key.data, &budget, r->why);
		e->now = store_now(t);
		e->budget = budget_left(&budget, e->now);
	}
	buf_release(&key);
	return status;
}

static int
read_all(struct store_txn *t, void *arg)
{
	struct reading *r = arg;
	int status;

	breakers_release(r->list);
	r->why->len = r->told;
	r->is_bad = false;
	status = store_scan(t, "breaker:", take, r);
	if (status == 0)
		status = read_budgets(t, r);
	return status == 0 && r->is_bad ? EX_DATAERR : status;
}

int
breakers_read(
    struct store *s, const char *name, struct breakers *list, struct buf *why)
{
	struct reading r = {name, list, why, why->len, false};
	int status;

	*list = (struct breakers){0};
	status = store_do(s, STORE_STATE, NULL, read_all, &r);
	if (status != 0 && why->len == r.told)
		buf_addf(why, "%s", store_why(s));
	return status;
}

void
breakers_release(struct breakers *list)
{
	for (size_t i = 0; i < list->n; i++)
		free(list->v[i].name);
	free(list->v);
	*list = (struct breakers){0};
}

/* Until when its state lasts, or 0: until something happens. */
static int64_t
until(const struct breakers_entry *e)
{
	const struct breaker *b = &e->breaker;

	if (b->hand != BREAKER_AUTO && e->now < b->hand_until)
		return b->hand_until;
	return b->is_open && e->now < b->until ? b->until : 0;
}

static void
sum(const struct breaker *b, int64_t *calls, int64_t *failed)
{
	*calls = *failed = 0;
	for (int i = 0; i < BREAKER_SLOTS; i++) {
		*calls += b->calls[i];
		*failed += b->failed[i];
	}
}

void
breakers_write(struct buf *b, const struct breakers_entry *e)
{
	char time[TIMESTAMP_SIZE];
	int64_t calls, failed;

	sum(&e->breaker, &calls, &failed);
	buf_adds(b, "{\"breaker\":");
	jwrite_string(b, e->name, strlen(e->name));
	jwrite_text(b,
	    ",\"state\":", breaker_name(&e->breaker, &breaker_rules, e->now));
	buf_adds(b, ",\"until\":");
	if (until(e) > 0) {
		timestamp_format(until(e), time);
		jwrite_string(b, time, strlen(time));
	} else {
		buf_adds(b, "null");
	}
	jwrite_count(
	    b, ",\"failures_in_a_row\":", (uint64_t)e->breaker.failures);
	jwrite_count(b, ",\"calls\":", (uint64_t)calls);
	jwrite_count(b, ",\"failed\":", (uint64_t)failed);
	jwrite_count(b, ",\"openings\":", (uint64_t)e->breaker.openings);
	jwrite_count(
	    b, ",\"retries_left\":", (uint64_t)(e->budget / BUDGET_RETRY));
	buf_adds(b, "}\n");
}

void
breakers_tell(struct buf *b, const struct breakers_entry *e)
{
	char time[TIMESTAMP_SIZE];
	int64_t calls, failed;

	sum(&e->breaker, &calls, &failed);
	buf_addf(b, "%s: %s", e->name,
	    breaker_name(&e->breaker, &breaker_rules, e->now));
	if (until(e) > 0) {
		timestamp_format(until(e), time);
		buf_addf(b, " until %s, for ", time);
		num_add_duration(b, until(e) - e->now);
	}
	if (calls > 0)
		buf_addf(b, ", %lld of %lld calls failed, %lld in a row",
		    (long long)failed, (long long)calls,
		    (long long)e->breaker.failures);
	buf_addf(
	    b, ", %lld retries left\n", (long long)(e->budget / BUDGET_RETRY));
}

struct setting {
	enum breaker_hand hand;
	int64_t ms;
};

static bool
set(void *state, int64_t now, void *arg)
{
	const struct setting *how = arg;

	breaker_set(state, how->hand,
	    how->ms < STORE_NEVER - now ? now + how->ms : STORE_NEVER);
	return true;
}

int
breakers_set(struct store *s, const char *name, enum breaker_hand hand,
    int64_t ms, struct buf *why)
{
	struct setting how = {hand, ms};
	struct buf key = {0};
	int status;

	make_key(&key, &breaker_kind, name);
	status = state_step(s, &breaker_kind, key.data, set, &how, why);
	buf_release(&key);
	return status;
}

static int
forget(struct store_txn *t, void *arg)
{
	const char *const *keys = arg;

	store_del(t, keys[0]);
	store_del(t, keys[1]);
	return 0;
}

int
breakers_reset(struct store *s, const char *name, struct buf *why)
{
	struct buf breaker = {0}, budget = {0};
	const char *keys[2];
	int status;

	make_key(&breaker, &breaker_kind, name);
	make_key(&budget, &budget_kind, name);
	keys[0] = breaker.data;
	keys[1] = budget.data;
	status = store_do(s, STORE_STATE, NULL, forget, keys);
	if (status != 0)
		buf_addf(why, "%s", store_why(s));
	buf_release(&breaker);
	buf_release(&budget);
	return status;
}
