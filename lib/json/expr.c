#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/pattern.h"
#include "core/xmem.h"
#include "json/expr.h"
#include "json/expr_node.h"
#include "json/jq.h"

struct expr {
	char *text; /* owned */
	bool is_native;
	struct eprogram program;
	struct erun run;
	struct jqx *jq; /* owned; NULL: not needed so far */
	struct buf json; /* a result at hand */
};

/* What libjq cannot do is no expression: the reason is its own. */
static bool
start_jq(struct expr *x, struct buf *why)
{
	if (!x->jq)
		x->jq = jqx_new(x->text, why);
	return x->jq != NULL;
}

struct expr *
expr_new(const char *text, struct fields *f, struct buf *why)
{
	struct expr *x = xcalloc(1, sizeof(*x));

	x->text = xstrndup(text, strlen(text));
	x->is_native = eprogram_compile(&x->program, text);
	if (x->is_native) {
		eprogram_register(&x->program, f);
		x->run.vars =
		    xcalloc(x->program.n_vars + 1, sizeof(*x->run.vars));
	} else {
		eprogram_release(&x->program);
		if (!start_jq(x, why)) {
			expr_free(x);
			return NULL;
		}
	}
	return x;
}

void
expr_free(struct expr *x)
{
	if (!x)
		return;
	eprogram_release(&x->program);
	erun_release(&x->run);
	jqx_free(x->jq);
	buf_release(&x->json);
	free(x->text);
	free(x);
}

void
expr_attach(struct expr *x, const struct fields_view *v)
{
	x->run.view = v;
}

bool
expr_is_native(const struct expr *x)
{
	return x->is_native;
}

/* Append the error of a run. */
static void
add_error(struct expr *x, struct buf *why)
{
	struct ev error = x->run.error;

	if (error.kind == E_STRING)
		buf_add(why, error.string, error.n);
	else
		ev_write(&x->run, why, error);
}

/* The first result, as long as there is none: a sink. */
struct first {
	struct esink sink;
	struct ev value;
	bool is_found;
};

static enum flow
on_first(struct esink *sink, struct erun *r, struct ev v)
{
	struct first *f = (struct first *)sink;

	(void)r;
	f->value = v;
	f->is_found = true;
	return FLOW_STOP;
}

/* Who has to answer. */
enum answer { ANSWER_OURS, ANSWER_ERROR, ANSWER_JQ };

static enum answer
run(struct expr *x, struct jval v, struct esink *sink, struct buf *why)
{
	if (!x->is_native)
		return ANSWER_JQ;
	erun_start(&x->run, v);
	if (enode_each(x->program.root, &x->run, ev_of_jval(v), sink) !=
	    FLOW_FAIL)
		return ANSWER_OURS;
	if (x->run.is_beyond)
		return ANSWER_JQ;
	add_error(x, why);
	return ANSWER_ERROR;
}

static enum answer
run_first(struct expr *x, struct jval v, struct first *f, struct buf *why)
{
	*f = (struct first){.sink = {on_first}};
	return run(x, v, &f->sink, why);
}

bool
expr_test(struct expr *x, struct jval v, bool *truth, struct buf *why)
{
	struct first f;

	switch (run_first(x, v, &f, why)) {
	case ANSWER_JQ:
		return start_jq(x, why) && jqx_test(x->jq, v, truth, why);
	case ANSWER_ERROR:
		return false;
	default:
		*truth = f.is_found && ev_is_true(f.value);
		return true;
	}
}

static bool
is_short(size_t len, struct buf *why)
{
	if (len <= EXPR_RESULT)
		return true;
	buf_adds(why, "the result is longer than 16 MiB");
	return false;
}

/* Append a string as it is, others as JSON. */
static void
add_text(struct erun *r, struct buf *out, struct ev v)
{
	if (v.kind == E_STRING)
		buf_add(out, v.string, v.n);
	else
		ev_write(r, out, v);
}

bool
expr_text(struct expr *x, struct jval v, struct buf *out, struct buf *why)
{
	enum answer answer;
	struct first f;

	x->json.len = 0;
	answer = run_first(x, v, &f, why);
	if (answer == ANSWER_ERROR)
		return false;
	if (answer == ANSWER_OURS && f.is_found)
		add_text(&x->run, &x->json, f.value);
	if (answer == ANSWER_JQ || x->run.is_beyond) {
		x->json.len = 0;
		if (!start_jq(x, why) || !jqx_text(x->jq, v, &x->json, why))
			return false;
	}
	if (!is_short(x->json.len, why))
		return false;
	buf_add(out, x->json.data, x->json.len);
	return true;
}

/* Whom to tell the results: a sink. */
struct listener {
	struct esink sink;
	struct expr *x;
	bool (*each)(void *arg, const char *json, size_t len);
	void *arg;
	struct buf *why;
	size_t n_told; /* by us, not to be told again by libjq */
	bool failed;
};

static enum flow
on_ours(struct esink *sink, struct erun *r, struct ev v)
{
	struct listener *l = (struct listener *)sink;
	struct buf *json = &l->x->json;

	json->len = 0;
	ev_write(r, json, v);
	if (r->is_beyond)
		return FLOW_FAIL;
	l->n_told++;
	l->failed = !is_short(json->len, l->why);
	if (l->failed || !l->each(l->arg, json->data, json->len))
		return FLOW_STOP;
	return FLOW_ON;
}

static bool
on_jq(void *arg, jv result)
{
	struct listener *l = arg;
	struct buf *json = &l->x->json;

	if (l->n_told > 0) {
		l->n_told--;
		jv_free(result);
		return true;
	}
	json->len = 0;
	jv_write(json, result);
	l->failed = !is_short(json->len, l->why);
	return !l->failed && l->each(l->arg, json->data, json->len);
}

bool
expr_each(struct expr *x, struct jval v,
    bool (*each)(void *arg, const char *json, size_t len), void *arg,
    struct buf *why)
{
	struct listener l = {
	    .sink = {on_ours}, .x = x, .each = each, .arg = arg, .why = why};
	bool good;

	switch (run(x, v, &l.sink, why)) {
	case ANSWER_OURS:
		return !l.failed;
	case ANSWER_ERROR:
		return false;
	default:
		break;
	}
	good = start_jq(x, why) && jqx_run(x->jq, v, on_jq, &l, why);
	return good && !l.failed;
}
