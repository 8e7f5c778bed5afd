/* expr_node: evaluation of what gives any number of results. */
#include <string.h>

#include "json/expr_node.h"

/* What is to be done with each result of a kid. */
struct step {
	struct esink sink;
	const struct enode *n;
	struct ev in; /* of n */
	struct esink *out; /* of n */
	struct ev *args; /* operands so far */
	size_t i; /* which operand it is */
	bool is_found;
};

/* Results of kid i of n to put; then on to what is behind n. */
static enum flow
each_kid(struct step *s, size_t i, struct erun *r,
    enum flow (*put)(struct esink *s, struct erun *r, struct ev v))
{
	s->sink.put = put;
	return enode_each(s->n->kids[i], r, s->in, &s->sink);
}

static enum flow operands(struct step *up, size_t i, struct erun *r);

static enum flow
on_operand(struct esink *sink, struct erun *r, struct ev v)
{
	struct step *s = (struct step *)sink;
	s->args[s->i] = v;
	if (!enode_is_fit(s->n, r, s->i, s->args))
		return FLOW_FAIL;
	return operands(s, s->i + 1, r);
}

/* Apply, if it is not one of those that give nothing on a wrong type. */
static enum flow
apply(struct step *s, struct erun *r)
{
	struct ev v;

	if (!s->n->apply(r, s->n, s->in, s->args, &v))
		return s->n->is_optional && !r->is_beyond ? FLOW_ON : FLOW_FAIL;
	if (r->taken > ERUN_MEMORY) {
		ev_fail(r, "the expression needs more than 64 MiB");
		return FLOW_FAIL;
	}
	return s->out->put(s->out, r, v);
}

/* All combinations of the operands from i on: the last runs fastest. */
static enum flow
operands(struct step *up, size_t i, struct erun *r)
{
	struct step s = *up;

	if (i == s.n->n_kids)
		return apply(&s, r);
	s.i = i;
	return each_kid(&s, i, r, on_operand);
}

/* .[] */
static enum flow
on_container(struct esink *sink, struct erun *r, struct ev v)
{
	struct step *s = (struct step *)sink;
	enum flow flow = FLOW_ON;
	struct ev items;

	if (v.kind < E_ARRAY) {
		if (s->n->is_optional)
			return FLOW_ON;
		ev_bad_between(r, "Cannot iterate over ", v, "");
		return FLOW_FAIL;
	}
	if (v.kind == E_ARRAY && v.is_on_tape) {
		struct jiter it = jval_iter(ev_place(r, v));

		while (flow == FLOW_ON && jiter_next(&it))
			flow = s->out->put(s->out, r, ev_of_jval(it.value));
		return flow;
	}
	items = ev_with_items(r, v);
	for (size_t i = 0; flow == FLOW_ON && i < items.n; i++)
		if (v.kind == E_ARRAY || i % 2 == 1)
			flow = s->out->put(s->out, r, items.items[i]);
	return flow;
}

static enum flow
on_piped(struct esink *sink, struct erun *r, struct ev v)
{
	struct step *s = (struct step *)sink;

	return enode_each(s->n->kids[1], r, v, s->out);
}

static enum flow
on_truth(struct esink *sink, struct erun *r, struct ev v)
{
	struct step *s = (struct step *)sink;

	return s->out->put(s->out, r, ev_of_bool(ev_is_true(v)));
}

/* The left side of "and" or "or". */
static enum flow
on_left(struct esink *sink, struct erun *r, struct ev v)
{
	struct step s = *(struct step *)sink;

	if (ev_is_true(v) != (s.n->op == N_AND))
		return on_truth(&s.sink, r, v);
	return each_kid(&s, 1, r, on_truth);
}

static enum flow
on_alternative(struct esink *sink, struct erun *r, struct ev v)
{
	struct step *s = (struct step *)sink;

	if (!ev_is_true(v))
		return FLOW_ON;
	s->is_found = true;
	return s->out->put(s->out, r, v);
}

static enum flow
alternative(struct step *s, struct erun *r)
{
	enum flow flow = each_kid(s, 0, r, on_alternative);

	if (flow != FLOW_ON || s->is_found)
		return flow;
	return enode_each(s->n->kids[1], r, s->in, s->out);
}

static enum flow
on_choice(struct esink *sink, struct erun *r, struct ev v)
{
	struct step *s = (struct step *)sink;

	return enode_each(s->n->kids[ev_is_true(v) ? 1 : 2], r, s->in, s->out);
}

/* libjq 1.6 also catches what is raised later, with a result at hand. */
static enum flow
attempt(struct step *s, struct erun *r)
{
	enum flow flow = enode_each(s->n->kids[0], r, s->in, s->out);

	if (flow != FLOW_FAIL || r->is_beyond)
		return flow;
	if (s->n->n_kids == 1)
		return FLOW_ON;
	return enode_each(s->n->kids[1], r, r->error, s->out);
}

static enum flow
on_bound(struct esink *sink, struct erun *r, struct ev v)
{
	struct step *s = (struct step *)sink;

	r->vars[s->n->slot] = v;
	return enode_each(s->n->kids[1], r, s->in, s->out);
}

static enum flow
on_first(struct esink *sink, struct erun *r, struct ev v)
{
	struct step *s = (struct step *)sink;
	enum flow flow = s->out->put(s->out, r, v);

	s->is_found = flow == FLOW_ON;
	return flow == FLOW_ON ? FLOW_STOP : flow;
}

static enum flow
first(struct step *s, struct erun *r)
{
	enum flow flow = each_kid(s, 0, r, on_first);

	return s->is_found ? FLOW_ON : flow;
}

static enum flow
comma(struct step *s, struct erun *r)
{
	enum flow flow = enode_each(s->n->kids[0], r, s->in, s->out);

	if (flow != FLOW_ON)
		return flow;
	return enode_each(s->n->kids[1], r, s->in, s->out);
}

static enum flow
apply_all(struct step *s, struct erun *r)
{
	s->args = erun_take(r, s->n->n_kids * sizeof(*s->args));
	return operands(s, 0, r);
}

enum flow
enode_each(
    const struct enode *n, struct erun *r, struct ev in, struct esink *out)
{
	struct step s = {.n = n, .in = in, .out = out};
	struct ev v;

	if (n->is_single) {
		if (!enode_eval(n, r, in, &v))
			return FLOW_FAIL;
		return out->put(out, r, v);
	}
	switch (n->op) {
	case N_APPLY:
		return apply_all(&s, r);
	case N_EACH:
		return each_kid(&s, 0, r, on_container);
	case N_PIPE:
		return each_kid(&s, 0, r, on_piped);
	case N_COMMA:
		return comma(&s, r);
	case N_AND:
	case N_OR:
		return each_kid(&s, 0, r, on_left);
	case N_ALTERNATIVE:
		return alternative(&s, r);
	case N_IF:
		return each_kid(&s, 0, r, on_choice);
	case N_TRY:
		return attempt(&s, r);
	case N_BIND:
		return each_kid(&s, 0, r, on_bound);
	case N_FIRST:
		return first(&s, r);
	default: /* N_EMPTY */
		return FLOW_ON;
	}
}
