/* expr_parse: terms, what stands behind them, and words that are no calls. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/xmem.h"
#include "json/expr_parse.h"

#define LEVEL_TERM 7 /* a term, maybe with a sign */

/* Add a step to the path that n is. */
static void
extend(struct enode *n, const struct ev *key)
{
	struct jpath *path = &n->path;
	struct jstep step = {0};

	if (key->kind == E_STRING) {
		step.name = xstrndup(key->string, key->n);
		step.len = key->n;
	} else {
		step.index = (int64_t)key->number;
	}
	path->steps = xrealloc(path->steps, path->n + 1, sizeof(step));
	path->steps[path->n++] = step;
	n->op = N_PATH;
}

static bool
is_step(const struct enode *key)
{
	double x = key->value.number;

	if (key->op != N_LITERAL)
		return false;
	if (key->value.kind == E_NUMBER)
		return x == floor(x) && fabs(x) < 0x1p31;
	return key->value.kind == E_STRING;
}

struct enode *
eparse_index(
    struct eparser *p, struct enode *n, struct enode *key, bool is_optional)
{
	if (!is_optional && is_step(key) &&
	    (n->op == N_IDENTITY || n->op == N_PATH)) {
		extend(n, &key->value);
		return n;
	}
	n = eparse_apply(p, enode_index, key, n);
	n->is_optional = is_optional;
	return n;
}

struct enode *
eparse_text(struct eparser *p)
{
	struct enode *n = eparse_node(p, N_APPLY, 0);
	struct buf text = {0};
	int end;

	n->apply = enode_join_text;
	do {
		text.len = 0;
		end = elex_string(&p->lex, &text);
		if (end == 0)
			p->failed = true;
		if (text.len > 0 || n->n_kids == 0)
			eparse_add_kid(
			    n, eparse_string(p, text.data, text.len));
		elex_next(&p->lex);
		if (end == '(' && !p->failed) {
			eparse_add_kid(n, eparse_pipe(p));
			p->failed = p->failed || p->lex.token != ')';
		}
	} while (end == '(' && !p->failed);
	buf_release(&text);
	if (n->n_kids == 1)
		return n->kids[0];
	/* the last one is evaluated first */
	for (size_t i = 0; i < n->n_kids / 2; i++) {
		struct enode *swap = n->kids[i];

		n->kids[i] = n->kids[n->n_kids - 1 - i];
		n->kids[n->n_kids - 1 - i] = swap;
	}
	return n;
}

/* Behind [: ], index], from:to]. */
static struct enode *
bracket(struct eparser *p, struct enode *n)
{
	struct ev null = {.kind = E_NULL};
	struct enode *from, *to;

	if (eparse_take(p, ']')) {
		n = eparse_node(p, N_EACH, 1, n);
		n->is_optional = eparse_take(p, '?');
		return n;
	}
	from = p->lex.token == ':' ? eparse_literal(p, null) : eparse_pipe(p);
	if (!eparse_take(p, ':')) {
		eparse_want(p, ']');
		return eparse_index(p, n, from, eparse_take(p, '?'));
	}
	to = p->lex.token == ']' ? eparse_literal(p, null) : eparse_pipe(p);
	if (from->op == N_LITERAL && from->value.kind == E_NULL &&
	    to->op == N_LITERAL && to->value.kind == E_NULL)
		p->failed = true; /* [:] */
	eparse_want(p, ']');
	n = eparse_node(p, N_APPLY, 3, from, to, n);
	n->apply = enode_slice;
	n->is_optional = eparse_take(p, '?');
	return n;
}

struct enode *
eparse_word(struct eparser *p)
{
	return eparse_string(p, p->lex.word, p->lex.len);
}

/* What may follow a term: .name ."name" [...], each with ? or without. */
static struct enode *
suffixes(struct eparser *p, struct enode *n)
{
	struct enode *key;

	while (!p->failed) {
		if (p->lex.token == T_FIELD) {
			key = eparse_word(p);
			elex_next(&p->lex);
			n = eparse_index(p, n, key, eparse_take(p, '?'));
		} else if (eparse_take(p, '.')) {
			if (p->lex.token != T_QUOTE)
				return eparse_fail(p);
			key = eparse_text(p);
			n = eparse_index(p, n, key, eparse_take(p, '?'));
		} else if (eparse_take(p, '[')) {
			n = bracket(p, n);
		} else {
			break;
		}
	}
	return n;
}

static struct enode *
array(struct eparser *p)
{
	struct enode *n;

	if (eparse_take(p, ']'))
		return eparse_node(p, N_ARRAY, 0);
	n = eparse_node(p, N_ARRAY, 1, eparse_pipe(p));
	eparse_want(p, ']');
	return n;
}

struct enode *
eparse_variable(struct eparser *p)
{
	struct enode *n = eparse_node(p, N_VAR, 0);
	size_t i = p->n_vars;

	while (i-- > 0)
		if (p->vars[i].len == p->lex.len &&
		    memcmp(p->vars[i].name, p->lex.word, p->lex.len) == 0)
			break;
	if (i == SIZE_MAX)
		return eparse_fail(p);
	n->slot = p->vars[i].slot;
	elex_next(&p->lex);
	return n;
}

static struct enode *
parenthesis(struct eparser *p)
{
	struct enode *n = eparse_pipe(p);

	eparse_want(p, ')');
	return n;
}

/* The beginning of a term. */
static struct enode *
primary(struct eparser *p)
{
	struct enode *n, *key;

	switch (p->lex.token) {
	case T_FIELD:
		return eparse_node(p, N_IDENTITY, 0); /* and a suffix */
	case T_NUMBER:
		n = eparse_literal(p, ev_of_number(p->lex.number));
		elex_next(&p->lex);
		return n;
	case T_QUOTE:
		return eparse_text(p);
	case T_VAR:
		return eparse_variable(p);
	case T_NAME:
		return eparse_call(p);
	default:
		break;
	}
	if (eparse_take(p, '.')) {
		n = eparse_node(p, N_IDENTITY, 0);
		if (p->lex.token != T_QUOTE)
			return n;
		key = eparse_text(p);
		return eparse_index(p, n, key, eparse_take(p, '?'));
	}
	if (eparse_take(p, '('))
		return parenthesis(p);
	if (eparse_take(p, '['))
		return array(p);
	if (eparse_take(p, '{'))
		return eparse_object(p);
	return eparse_fail(p);
}

struct enode *
eparse_term_only(struct eparser *p)
{
	return suffixes(p, primary(p));
}

/* A variable's name; it is in scope from now on. */
static unsigned
declare(struct eparser *p)
{
	struct evar v = {p->lex.word, p->lex.len, p->program->n_vars};

	if (p->lex.token != T_VAR)
		p->failed = true;
	eparse_want(p, T_VAR);
	p->vars = xrealloc(p->vars, p->n_vars + 1, sizeof(v));
	p->vars[p->n_vars++] = v;
	p->program->n_vars++;
	return v.slot;
}

/* Behind "as": $name | body. */
static struct enode *
binding(struct eparser *p, struct enode *source)
{
	struct enode *n = eparse_node(p, N_BIND, 1, source);

	n->slot = declare(p);
	eparse_want(p, '|');
	eparse_add_kid(n, eparse_pipe(p));
	p->n_vars--;
	return n;
}

/* Behind "if". */
static struct enode *
condition(struct eparser *p)
{
	struct enode *n = eparse_node(p, N_IF, 0);

	if (!eparse_enter(p))
		return eparse_fail(p);
	eparse_add_kid(n, eparse_pipe(p));
	p->failed = !eparse_take_word(p, "then");
	eparse_add_kid(n, eparse_pipe(p));
	if (eparse_take_word(p, "elif")) {
		eparse_add_kid(n, condition(p));
	} else {
		p->failed = !eparse_take_word(p, "else");
		eparse_add_kid(n, eparse_pipe(p));
		p->failed = !eparse_take_word(p, "end");
	}
	p->depth--;
	return n;
}

/* Behind "try". */
static struct enode *
attempt(struct eparser *p)
{
	struct enode *n =
	    eparse_node(p, N_TRY, 1, eparse_operand(p, LEVEL_TERM));

	if (eparse_take_word(p, "catch"))
		eparse_add_kid(n, eparse_operand(p, LEVEL_TERM));
	/* whose a ? would be: better not to ask */
	for (size_t i = 0; i < n->n_kids; i++)
		p->failed = p->failed || n->kids[i]->op == N_TRY;
	return n;
}

/* Behind "reduce". */
static struct enode *
reduction(struct eparser *p)
{
	struct enode *n = eparse_node(p, N_REDUCE, 1, eparse_term_only(p));
	struct evar v;

	p->failed = !eparse_take_word(p, "as");
	if (p->failed)
		return n;
	n->slot = declare(p);
	v = p->vars[--p->n_vars];
	eparse_want(p, '(');
	eparse_add_kid(n, eparse_pipe(p)); /* does not see the variable */
	p->vars[p->n_vars++] = v;
	eparse_want(p, ';');
	eparse_add_kid(n, eparse_pipe(p));
	eparse_want(p, ')');
	p->n_vars--;
	return n;
}

struct enode *
eparse_term(struct eparser *p)
{
	struct enode *n;

	if (eparse_take_word(p, "if"))
		n = condition(p);
	else if (eparse_take_word(p, "try"))
		return attempt(p);
	else if (eparse_take_word(p, "reduce"))
		n = reduction(p);
	else {
		n = eparse_term_only(p);
		if (eparse_take_word(p, "as"))
			return binding(p, n);
	}
	while (eparse_take(p, '?'))
		n = eparse_node(p, N_TRY, 1, n);
	return n;
}
