#include <stdlib.h>
#include <sysexits.h>
#include <unistd.h>

#include "core/cli.h"
#include "core/diag.h"
#include "core/xmem.h"
#include "retry/verbs.h"
#include "state/breakers.h"
#include "stream/out.h"

/* Tell why, if it failed; returns status. */
static int
report(int status, struct buf *why)
{
	if (status != 0)
		diag_error("%.*s", (int)why->len, why->data);
	buf_release(why);
	return status;
}

/* Nobody knows the breaker: say which one may be meant. */
static int
miss(const struct retry_verb_options *o, struct store *s)
{
	struct buf why = {0}, hint = {0};
	struct breakers all = {NULL, 0};
	const char **names;
	int status = breakers_read(s, NULL, &all, &why);

	names = xcalloc(all.n + 1, sizeof(*names));
	for (size_t i = 0; i < all.n; i++)
		names[i] = all.v[i].name;
	if (all.n > 0)
		cli_hint(&hint, o->breaker, names);
	if (status == 0 || status == EX_DATAERR) {
		diag_error("%s: no such breaker%.*s", o->breaker, (int)hint.len,
		    hint.data);
		status = EX_NOINPUT;
	} else {
		diag_error("%.*s", (int)why.len, why.data);
	}
	free(names);
	breakers_release(&all);
	buf_release(&hint);
	buf_release(&why);
	return status;
}

int
retry_status(const struct retry_verb_options *o, struct store *s)
{
	struct buf out = {0}, why = {0};
	struct breakers list = {NULL, 0};
	int status = breakers_read(s, o->breaker, &list, &why);

	for (size_t i = 0; i < list.n; i++)
		if (list.v[i].is_sound)
			(o->json ? breakers_write : breakers_tell)(
			    &out, &list.v[i]);
	out_write(STDOUT_FILENO, "<stdout>", out.data, out.len);
	buf_release(&out);
	status = report(status, &why);
	if (status == 0 && o->breaker && list.n == 0)
		status = miss(o, s);
	breakers_release(&list);
	return status;
}

int
retry_reset(const struct retry_verb_options *o, struct store *s)
{
	struct buf why = {0};
	struct breakers list = {NULL, 0};
	int status = breakers_read(s, o->breaker, &list, &why);

	if (status == EX_DATAERR) { /* what cannot be read goes too */
		why.len = 0;
		status = 0;
	}
	for (size_t i = 0; i < list.n && status == 0; i++) {
		status = breakers_reset(s, list.v[i].name, &why);
		if (status == 0)
			diag_info("%s: reset", list.v[i].name);
	}
	status = report(status, &why);
	if (status == 0 && o->breaker && list.n == 0)
		status = miss(o, s);
	breakers_release(&list);
	return status;
}

int
retry_open(const struct retry_verb_options *o, struct store *s)
{
	struct buf why = {0};

	return report(
	    breakers_set(s, o->breaker, BREAKER_FORCED_OPEN, o->for_ms, &why),
	    &why);
}

int
retry_disable(const struct retry_verb_options *o, struct store *s)
{
	struct buf why = {0};

	return report(
	    breakers_set(s, o->breaker, BREAKER_DISABLED, o->for_ms, &why),
	    &why);
}
