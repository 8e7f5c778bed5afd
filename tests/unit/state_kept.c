/* States in a store: their form, what is refused, many at once. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

#include "state/breaker.h"
#include "state/budget.h"
#include "state/cursor.h"
#include "state/lease.h"
#include "state/rate.h"
#include "state/seen.h"
#include "unit.h"

enum { N_KINDS = 6 };
static const struct state_kind *const kinds[N_KINDS] = {&breaker_kind,
    &budget_kind, &cursor_kind, &lease_kind, &rate_kind, &seen_kind};

static char dir[] = "/tmp/cdo-state-XXXXXX";

/* Read a text as a state; the reason, or "" if it is one.  Lent. */
static const char *
reason(const struct state_kind *kind, const char *text)
{
	static char words[256];
	union {
		struct breaker breaker;
		struct cursor cursor;
		struct seen seen;
		struct lease lease;
	} state;
	struct buf why = {0};
	bool is_good = state_read(text, strlen(text), kind, &state, &why);

	state_release(kind, &state);
	snprintf(words, sizeof(words), "%.*s", (int)why.len, why.data);
	buf_release(&why);
	ok(is_good == (words[0] == '\0'));
	return words;
}

static void
test_form(void)
{
	struct cursor c = {.version = 3, .definition = "f:1", .moved_at = 7},
		      read = {0};
	struct buf b = {0}, again = {0}, why = {0};

	test("state: an object that people can read, and nothing is lost");
	buf_adds(&c.value, "{\"id\":12345678901234567890123}");
	state_write(&b, &cursor_kind, &c);
	ok(is(b.data, b.len,
	    "{\"v\":1,\"version\":3,\"definition\":\"f:1\",\"moved_at\":7,"
	    "\"value\":{\"id\":12345678901234567890123}}"));
	ok(state_read(b.data, b.len, &cursor_kind, &read, &why));
	state_write(&again, &cursor_kind, &read);
	ok(again.len == b.len && memcmp(again.data, b.data, b.len) == 0);
	state_release(&cursor_kind, &c);
	state_release(&cursor_kind, &read);
	buf_release(&b);
	buf_release(&again);

	test("state: every machine begins with zeros, which can be kept");
	for (size_t i = 0; i < N_KINDS; i++) {
		char zeros[1024] = {0};
		char text[2048];

		ok(kinds[i]->size <= sizeof(zeros));
		b.len = 0;
		state_write(&b, kinds[i], zeros);
		snprintf(text, sizeof(text), "%.*s", (int)b.len, b.data);
		ok(is(reason(kinds[i], text), strlen(reason(kinds[i], text)),
		    ""));
		ok(kinds[i]->life(zeros, 1000) > 0);
	}
	buf_release(&b);
	buf_release(&why);
}

static void
test_refusal(void)
{
	static const struct {
		const char *text, *reason;
	} bad[] = {
	    {"", "not an object of JSON"},
	    {"[]", "not an object of JSON"},
	    {"{\"v\":1", "not an object of JSON"},
	    {"{}", "v: not the version 1"},
	    {"{\"v\":2,\"spent\":0,\"filled_at\":0}", "v: not the version 1"},
	    {"{\"v\":1,\"spent\":0}", "filled_at: missing"},
	    {"{\"v\":1,\"spent\":0.5,\"filled_at\":0}",
		"spent: not a value that it may have"},
	    {"{\"v\":1,\"spent\":\"0\",\"filled_at\":0}",
		"spent: not a value that it may have"},
	    {"{\"v\":1,\"spent\":101,\"filled_at\":0}",
		"members that contradict each other"},
	    {"{\"v\":1,\"spent\":0,\"filled_at\":0,\"more\":1}",
		"unknown members"},
	};
	const char *why;

	test("state: what does not fit to the letter is refused");
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		why = reason(&budget_kind, bad[i].text);
		ok(is(why, strlen(why), bad[i].reason));
	}
	why = reason(&seen_kind, "{\"v\":1,\"marks\":[1,2],\"n_forgotten\":0}");
	ok(is(why, strlen(why), "members that contradict each other"));
	why = reason(
	    &seen_kind, "{\"v\":1,\"marks\":[1,2,\"3\"],\"n_forgotten\":0}");
	ok(is(why, strlen(why), "marks: not a value that it may have"));
	why = reason(&lease_kind,
	    "{\"v\":1,\"holder\":\"a\\u0000b\",\"expires\":0,\"length_ms\":0,"
	    "\"fence\":0}");
	ok(is(why, strlen(why), "holder: not a value that it may have"));
}

static void
test_keys(void)
{
	struct buf b = {0};

	test("state: parts of a key cannot be mistaken for others");
	state_add_key(&b, "cursor");
	state_add_key(&b, "a:b");
	state_add_key(&b, "50%\n\xc3\xa9");
	ok(is(b.data, b.len, "cursor:a%3Ab:50%25%0A\xc3\xa9"));
	buf_release(&b);
}

static bool
spend(void *state, int64_t now, void *arg)
{
	(void)arg;
	return budget_take(state, 1, now);
}

static bool
look(void *state, int64_t now, void *arg)
{
	*(int64_t *)arg = budget_left(state, now);
	return false;
}

static int
put_bad(struct store_txn *t, void *arg)
{
	(void)arg;
	store_set(t, "budget:bad", "{\"v\":9}", 7, STORE_NEVER, 0);
	return 0;
}

/* Spend n tokens, one a transaction; a process of its own. */
static void
spender(int n)
{
	struct store *s = store_new(dir, 60000);
	struct buf why = {0};

	for (int i = 0; i < n; i++)
		if (state_step(
			s, &budget_kind, "budget:x", spend, NULL, &why) != 0)
			_exit(1);
	_exit(0);
}

static void
test_store(void)
{
	struct store *s;
	struct buf why = {0};
	int64_t left = 0;
	int status;

	test("state: four processes at once lose no step");
	for (int i = 0; i < 4; i++)
		if (fork() == 0)
			spender(20);
	for (int i = 0; i < 4; i++)
		ok(wait(&status) > 0 && status == 0);
	s = store_new(dir, 60000);
	ok(state_step(s, &budget_kind, "budget:x", look, &left, &why) == 0);
	ok(left == 20);

	test("state: what cannot be read is told, with a way out, and stays");
	ok(store_do(s, STORE_STATE, NULL, put_bad, NULL) == 0);
	ok(state_step(s, &budget_kind, "budget:bad", spend, NULL, &why) ==
	    EX_DATAERR);
	ok(is(why.data, why.len,
	    "budget:bad: not a budget that this version can read: v: not the "
	    "version 1; look at it with cdo-cache get --state, remove it with "
	    "cdo-cache del --state"));
	why.len = 0;
	ok(state_step(s, &budget_kind, "budget:bad", spend, NULL, &why) ==
	    EX_DATAERR);
	store_free(s);

	test("state: a store that fails gives the reason");
	why.len = 0;
	s = store_new("/proc/none", 1000);
	ok(state_step(s, &budget_kind, "budget:x", look, &left, &why) ==
	    EX_CANTCREAT);
	ok(why.len > 0 && strstr(why.data, "/proc/none"));
	store_free(s);
	buf_release(&why);
}

/* Remove the directory, by the program that is made for it. */
static void
clean(void)
{
	pid_t pid = fork();

	if (pid == 0) {
		execlp("rm", "rm", "-r", dir, (char *)NULL);
		_exit(127);
	}
	waitpid(pid, NULL, 0);
}

int
main(void)
{
	if (!mkdtemp(dir))
		return 1;
	/* the steps are told by a clock that stands still */
	setenv("CDO_NOW", "2026-01-01T00:00:00Z", 1);
	test_form();
	test_refusal();
	test_keys();
	test_store();
	clean();
	return done();
}
