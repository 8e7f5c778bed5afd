/* expr_node: evaluation. */
#include <stdlib.h>
#include <string.h>

#include "core/xmem.h"
#include "json/expr_node.h"

#define FEW 4 /* operands that need no memory */

static struct ev
path_step(struct erun *r, const struct jstep *s, struct ev v, bool *is_fit)
{
	*is_fit = true;
	if (v.kind == E_OBJECT && s->name)
		return ev_member(r, v, s->name, s->len, NULL);
	if (v.kind == E_ARRAY && !s->name)
		return ev_element(r, v, s->index);
	*is_fit = v.kind == E_NULL;
	return v;
}

/* Follow the path from its step i on; v: in and out. */
static bool
walk(struct erun *r, const struct jpath *path, size_t i, struct ev *v)
{
	bool is_fit;

	for (; i < path->n; i++) {
		const struct jstep *s = &path->steps[i];

		*v = path_step(r, s, *v, &is_fit);
		if (!is_fit)
			return ev_no_index(r, *v,
			    s->name ? ev_of_string(s->name, s->len)
				    : ev_of_number(0));
	}
	return true;
}

/*
 * What fields found at the path, or why there is nothing: the last of the
 * places before it that is there.
 */
static bool
look_up(struct erun *r, const struct enode *n, struct ev *v)
{
	size_t i = n->path.n;
	struct jval found = {r->doc, 0};

	while (i > 0 && !(found = r->view->values[n->numbers[i - 1]]).at)
		i--;
	*v = ev_of_jval(i > 0 ? found : r->root);
	return i == n->path.n || walk(r, &n->path, i, v);
}

static bool
path(const struct enode *n, struct erun *r, struct ev in, struct ev *v)
{
	if (n->numbers && r->view)
		return look_up(r, n, v);
	*v = in;
	return walk(r, &n->path, 0, v);
}

static bool
finish(const struct enode *n, struct erun *r, struct ev in,
    const struct ev *args, struct ev *v)
{
	if (!n->apply(r, n, in, args, v))
		return false;
	if (r->taken <= ERUN_MEMORY)
		return true;
	return ev_fail(r, "the expression needs more than 64 MiB");
}

static bool
apply(const struct enode *n, struct erun *r, struct ev in, struct ev *v)
{
	struct ev few[FEW], *args = few;

	if (n->n_kids > FEW)
		args = erun_take(r, n->n_kids * sizeof(*args));
	for (size_t i = 0; i < n->n_kids; i++)
		if (!enode_eval(n->kids[i], r, in, &args[i]) ||
		    !enode_is_fit(n, r, i, args))
			return false;
	return finish(n, r, in, args, v);
}

/* A sink that keeps what a consumer has come to. */
struct consumer {
	struct esink sink;
	const struct enode *n;
	struct ev in;
	struct ev value;
	bool is_done;
};

static enum flow
on_item(struct esink *s, struct erun *r, struct ev v)
{
	(void)s;
	buf_add(&r->stack, &v, sizeof(v));
	if (r->stack.len <= ERUN_MEMORY)
		return FLOW_ON;
	ev_fail(r, "the expression needs more than 64 MiB");
	return FLOW_FAIL;
}

static bool
array(const struct enode *n, struct erun *r, struct ev in, struct ev *v)
{
	struct esink sink = {on_item};
	size_t from = r->stack.len;
	bool good =
	    n->n_kids == 0 || enode_each(n->kids[0], r, in, &sink) == FLOW_ON;

	if (good)
		*v = ev_array_of_stack(r, from);
	r->stack.len = from;
	return good;
}

/* any and all see one result more than they need, as in jq. */
static enum flow
on_condition(struct esink *s, struct erun *r, struct ev v)
{
	struct consumer *c = (struct consumer *)s;
	bool is_any = c->n->op == N_ANY;

	if (ev_is_true(c->value) == is_any) {
		c->is_done = true;
		return FLOW_STOP;
	}
	if (!enode_eval(c->n->kids[1], r, v, &v))
		return FLOW_FAIL;
	c->value = ev_of_bool(ev_is_true(v));
	return FLOW_ON;
}

static enum flow
on_equal(struct esink *s, struct erun *r, struct ev v)
{
	struct consumer *c = (struct consumer *)s;
	bool is_equal = ev_equal(r, c->in, v);

	if (r->is_beyond)
		return FLOW_FAIL;
	if (!is_equal)
		return FLOW_ON;
	c->value = ev_of_bool(true);
	c->is_done = true;
	return FLOW_STOP;
}

static enum flow
on_reduced(struct esink *s, struct erun *r, struct ev v)
{
	struct consumer *c = (struct consumer *)s;

	r->vars[c->n->slot] = v;
	if (enode_eval(c->n->kids[2], r, c->value, &c->value))
		return FLOW_ON;
	return FLOW_FAIL;
}

/* Nodes that make one value of the results of kid 0. */
static bool
consume(const struct enode *n, struct erun *r, struct ev in, struct ev *v)
{
	struct consumer c = {.n = n, .in = in};

	if (n->op == N_REDUCE) {
		c.sink.put = on_reduced;
		if (!enode_eval(n->kids[1], r, in, &c.value))
			return false;
	} else {
		c.sink.put = n->op == N_IN ? on_equal : on_condition;
		c.value = ev_of_bool(n->op == N_ALL);
	}
	if (enode_each(n->kids[0], r, in, &c.sink) == FLOW_FAIL)
		return false;
	*v = c.value;
	return true;
}

/* a == b and the like of single ones, the bulk of all expressions. */
static bool
apply_two(const struct enode *n, struct erun *r, struct ev in, struct ev *v)
{
	const struct enode *a = n->kids[0];
	struct ev args[2];

	if (a->op == N_LITERAL)
		args[0] = a->value;
	else if (!enode_eval(a, r, in, &args[0]))
		return false;
	if (!enode_eval(n->kids[1], r, in, &args[1]) ||
	    !enode_is_fit(n, r, 1, args))
		return false;
	return finish(n, r, in, args, v);
}

static bool
and_or(const struct enode *n, struct erun *r, struct ev in, struct ev *v)
{
	if (!enode_eval(n->kids[0], r, in, v))
		return false;
	if (ev_is_true(*v) == (n->op == N_AND) &&
	    !enode_eval(n->kids[1], r, in, v))
		return false;
	*v = ev_of_bool(ev_is_true(*v));
	return true;
}

/* The others that are single. */
static bool
eval_other(const struct enode *n, struct erun *r, struct ev in, struct ev *v)
{
	if (!enode_eval(n->kids[0], r, in, v))
		return false;
	switch (n->op) {
	case N_PIPE:
		return enode_eval(n->kids[1], r, *v, v);
	case N_ALTERNATIVE:
		return ev_is_true(*v) || enode_eval(n->kids[1], r, in, v);
	case N_IF:
		return enode_eval(n->kids[ev_is_true(*v) ? 1 : 2], r, in, v);
	default: /* N_BIND */
		r->vars[n->slot] = *v;
		return enode_eval(n->kids[1], r, in, v);
	}
}

bool
enode_eval(const struct enode *n, struct erun *r, struct ev in, struct ev *v)
{
	switch (n->op) {
	case N_APPLY:
		return n->n_kids == 2 ? apply_two(n, r, in, v)
				      : apply(n, r, in, v);
	case N_LITERAL:
		*v = n->value;
		return true;
	case N_IDENTITY:
		*v = in;
		return true;
	case N_PATH:
		return path(n, r, in, v);
	case N_VAR:
		*v = r->vars[n->slot];
		return true;
	case N_AND:
	case N_OR:
		return and_or(n, r, in, v);
	case N_ARRAY:
		return array(n, r, in, v);
	case N_REDUCE:
	case N_ANY:
	case N_ALL:
	case N_IN:
		return consume(n, r, in, v);
	default:
		return eval_other(n, r, in, v);
	}
}
