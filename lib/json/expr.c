#include <stdlib.h>

#include "core/xmem.h"
#include "json/expr.h"
#include "json/jq.h"

struct expr {
	struct jqx *jq; /* owned */
};

struct expr *
expr_new(const char *text, struct fields *f, struct buf *why)
{
	struct jqx *jq = jqx_new(text, why);
	struct expr *x;

	(void)f;
	if (!jq)
		return NULL;
	x = xcalloc(1, sizeof(*x));
	x->jq = jq;
	return x;
}

void
expr_free(struct expr *x)
{
	if (!x)
		return;
	jqx_free(x->jq);
	free(x);
}

void
expr_attach(struct expr *x, const struct fields_view *v)
{
	(void)x;
	(void)v;
}

bool
expr_test(struct expr *x, struct jval v, bool *truth, struct buf *why)
{
	return jqx_test(x->jq, v, truth, why);
}

bool
expr_text(struct expr *x, struct jval v, struct buf *out, struct buf *why)
{
	return jqx_text(x->jq, v, out, why);
}

bool
expr_number(struct expr *x, struct jval v, double *number, struct buf *why)
{
	return jqx_number(x->jq, v, number, why);
}

/* Whom to tell the results. */
struct listener {
	bool (*each)(void *arg, const char *json, size_t len);
	void *arg;
	struct buf text;
};

static bool
on_result(void *arg, jv result)
{
	struct listener *l = arg;

	l->text.len = 0;
	jv_write(&l->text, result);
	return l->each(l->arg, l->text.data, l->text.len);
}

bool
expr_each(struct expr *x, struct jval v,
    bool (*each)(void *arg, const char *json, size_t len), void *arg,
    struct buf *why)
{
	struct listener l = {.each = each, .arg = arg};
	bool good = jqx_run(x->jq, v, on_result, &l, why);

	buf_release(&l.text);
	return good;
}

bool
expr_is_native(const struct expr *x)
{
	return !x->jq;
}

const struct jpath *
expr_path(const struct expr *x, size_t i)
{
	(void)x;
	(void)i;
	return NULL;
}
