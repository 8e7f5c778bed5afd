#ifndef SAME_H
#define SAME_H

#include <stdlib.h>
#include <string.h>

#include "core/buf.h"
#include "json/expr.h"
#include "json/jq.h"

/*
 * same - do our program for an expression and libjq's give the same results
 * and the same error on records?
 */

/*
 * libjq 1.6 leaks here and there, say where ltrimstr meets what is no string:
 * programs that use this call it first.  That we do not is seen elsewhere.
 */
#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/lsan_interface.h>
#define SAME_MAY_LEAK() __lsan_disable()
#else
#define SAME_MAY_LEAK() ((void)0)
#endif

#define SAME_MOST 200 /* results that are looked at */

struct same_results {
	struct buf text;
	size_t n;
};

static inline bool
same_add(struct same_results *r, const char *json, size_t len)
{
	buf_add(&r->text, json, len);
	buf_addc(&r->text, '\n');
	return ++r->n < SAME_MOST;
}

static bool
same_on_ours(void *arg, const char *json, size_t len)
{
	return same_add(arg, json, len);
}

static bool
same_on_jq(void *arg, jv result)
{
	struct buf json = {0};
	bool more;

	jv_write(&json, result);
	more = same_add(arg, json.data, json.len);
	buf_release(&json);
	return more;
}

static void
same_end(struct same_results *r, bool good, struct buf *why)
{
	if (!good) {
		buf_adds(&r->text, "error: ");
		buf_add(&r->text, why->data, why->len);
	}
	buf_release(why);
}

/* On one record, parsed at v. */
static bool
same_on(const char *expression, struct expr *x, struct jqx *jq, struct jval v,
    const char *record)
{
	struct same_results ours = {0}, theirs = {0};
	struct buf why = {0};
	bool same, good;

	good = expr_each(x, v, same_on_ours, &ours, &why);
	same_end(&ours, good, &why);
	good = jqx_run(jq, v, same_on_jq, &theirs, &why);
	same_end(&theirs, good, &why);
	same = ours.text.len == theirs.text.len &&
	       (ours.text.len == 0 || memcmp(ours.text.data, theirs.text.data,
					  ours.text.len) == 0);
	if (!same)
		printf("# %s on %s: got\n# %.*s\n# not\n# %.*s\n", expression,
		    record, (int)ours.text.len, ours.text.data,
		    (int)theirs.text.len, theirs.text.data);
	buf_release(&ours.text);
	buf_release(&theirs.text);
	return same;
}

#endif
