/*
 * expr_node: the compiler, by recursive descent.  It knows a part of jq's
 * grammar; where a text leaves that part, or could be meant otherwise, it
 * gives up, and libjq has its turn.
 */
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "core/pattern.h"
#include "core/xmem.h"
#include "json/expr_lex.h"
#include "json/expr_node.h"
#include "json/expr_parse.h"

#define MOST_NODES 1000 /* evaluation recurses no deeper than that */
#define MOST_DEPTH 100 /* parentheses and the like within each other */

struct enode *
eparse_node(struct eparser *p, enum enode_op op, size_t n_kids, ...)
{
	struct enode *n = xcalloc(1, sizeof(*n));
	va_list ap;

	n->op = op;
	n->next = p->program->nodes;
	p->program->nodes = n;
	if (++p->program->n_nodes > MOST_NODES)
		p->failed = true;
	n->kids = xcalloc(n_kids ? n_kids : 1, sizeof(struct enode *));
	va_start(ap, n_kids);
	for (; n->n_kids < n_kids; n->n_kids++)
		n->kids[n->n_kids] = va_arg(ap, struct enode *);
	va_end(ap);
	return n;
}

void
eparse_add_kid(struct enode *n, struct enode *kid)
{
	n->kids = xrealloc(n->kids, n->n_kids + 1, sizeof(struct enode *));
	n->kids[n->n_kids++] = kid;
}

struct enode *
eparse_fail(struct eparser *p)
{
	p->failed = true;
	/* something to go on with until somebody looks */
	return eparse_node(p, N_EMPTY, 0);
}

struct enode *
eparse_literal(struct eparser *p, struct ev value)
{
	struct enode *n = eparse_node(p, N_LITERAL, 0);

	n->value = value;
	return n;
}

struct enode *
eparse_string(struct eparser *p, const char *s, size_t len)
{
	struct enode *n = eparse_node(p, N_LITERAL, 0);

	n->text = xstrndup(len > 0 ? s : "", len);
	n->value = ev_of_string(n->text, len);
	return n;
}

struct enode *
eparse_apply(
    struct eparser *p, enode_apply *apply, struct enode *a, struct enode *b)
{
	struct enode *n = b ? eparse_node(p, N_APPLY, 2, a, b)
			    : eparse_node(p, N_APPLY, 1, a);

	n->apply = apply;
	return n;
}

bool
eparse_enter(struct eparser *p)
{
	return !p->failed && ++p->depth <= MOST_DEPTH;
}

bool
eparse_take(struct eparser *p, int token)
{
	if (p->failed || p->lex.token != token)
		return false;
	elex_next(&p->lex);
	return true;
}

void
eparse_want(struct eparser *p, int token)
{
	if (!eparse_take(p, token))
		p->failed = true;
}

bool
eparse_is_word(const struct eparser *p, const char *word)
{
	return p->lex.token == T_NAME && p->lex.len == strlen(word) &&
	       memcmp(p->lex.word, word, p->lex.len) == 0;
}

bool
eparse_take_word(struct eparser *p, const char *word)
{
	if (p->failed || !eparse_is_word(p, word))
		return false;
	elex_next(&p->lex);
	return true;
}

/* Binary operators, from those that bind least. */
static const struct binary {
	const char *word; /* instead of a token */
	enode_apply *apply; /* N_APPLY */
	int token;
	int level;
	enum enode_op op;
	bool is_chained; /* a op b op c is fine */
} binaries[] = {
    {NULL, NULL, T_ALTERNATIVE, 1, N_ALTERNATIVE, true},
    {"or", NULL, 0, 2, N_OR, true},
    {"and", NULL, 0, 3, N_AND, true},
    {NULL, enode_is_equal, T_EQ, 4, N_APPLY, false},
    {NULL, enode_is_unequal, T_NE, 4, N_APPLY, false},
    {NULL, enode_is_less, '<', 4, N_APPLY, false},
    {NULL, enode_is_at_most, T_LE, 4, N_APPLY, false},
    {NULL, enode_is_more, '>', 4, N_APPLY, false},
    {NULL, enode_is_at_least, T_GE, 4, N_APPLY, false},
    {NULL, enode_add, '+', 5, N_APPLY, true},
    {NULL, enode_subtract, '-', 5, N_APPLY, true},
    {NULL, enode_multiply, '*', 6, N_APPLY, true},
    {NULL, enode_divide, '/', 6, N_APPLY, true},
    {NULL, enode_remainder, '%', 6, N_APPLY, true},
};

#define LEVEL_LEAST 1
#define LEVEL_RIGHT 1 /* a // b // c is a // (b // c) */
#define LEVEL_SIGN 6 /* what a sign binds: -a * b is -(a * b) */

static const struct binary *
binary_at(const struct eparser *p)
{
	for (size_t i = 0; i < sizeof(binaries) / sizeof(*binaries); i++) {
		const struct binary *b = &binaries[i];

		if (b->word ? eparse_is_word(p, b->word)
			    : p->lex.token == b->token)
			return b;
	}
	return NULL;
}

static bool
is_number(const struct enode *n)
{
	return n->op == N_LITERAL && n->value.kind == E_NUMBER;
}

/*
 * jq computes with constants at once, where a division by zero is an error
 * of the expression and not of the record.
 */
static struct enode *
fold(struct eparser *p, const struct binary *b, struct enode *left,
    struct enode *right)
{
	struct erun none = {0};
	struct ev args[] = {right->value, left->value}, v;

	if (b->apply == enode_divide && right->value.number == 0)
		return eparse_fail(p);
	b->apply(&none, NULL, right->value, args, &v); /* cannot fail */
	if (v.kind == E_NUMBER && !isfinite(v.number))
		return eparse_fail(p);
	return eparse_literal(p, v);
}

bool
eparse_is_constant(const struct enode *n)
{
	for (size_t i = 0; i < n->n_kids; i++)
		if (!eparse_is_constant(n->kids[i]))
			return false;
	return n->op == N_LITERAL || n->op == N_ARRAY ||
	       n->apply == enode_object || (n->op == N_APPLY && n->n_kids > 0);
}

static struct enode *
combine(struct eparser *p, const struct binary *b, struct enode *left,
    struct enode *right)
{
	if (b->op != N_APPLY)
		return eparse_node(p, b->op, 2, left, right);
	if (is_number(left) && is_number(right) && b->apply != enode_remainder)
		return fold(p, b, left, right);
	if (b->apply == enode_divide && eparse_is_constant(left) &&
	    eparse_is_constant(right))
		return eparse_fail(p);
	/* the right operand is evaluated first */
	return eparse_apply(p, b->apply, right, left);
}

static struct enode *
sign(struct eparser *p)
{
	struct enode *n;

	elex_next(&p->lex);
	n = eparse_operand(p, LEVEL_SIGN);
	if (is_number(n))
		return eparse_literal(p, ev_of_number(-n->value.number));
	return eparse_apply(p, enode_negate, n, NULL);
}

/* An operand and the binary operators from a level on. */
struct enode *
eparse_operand(struct eparser *p, int level)
{
	struct enode *left, *right;
	const struct binary *b;
	bool is_bound = false;

	if (!eparse_enter(p))
		return eparse_fail(p);
	left = p->lex.token == '-' ? sign(p) : eparse_term(p);
	while (!p->failed && (b = binary_at(p)) && b->level >= level) {
		if (is_bound && !b->is_chained)
			return eparse_fail(p);
		is_bound = !b->is_chained;
		elex_next(&p->lex);
		right = eparse_operand(p, b->level + (b->level != LEVEL_RIGHT));
		left = combine(p, b, left, right);
	}
	p->depth--;
	return left;
}

/* All of them but the pipe, which a, b | c is (a, b) | c for. */
static struct enode *
commas(struct eparser *p)
{
	struct enode *n = eparse_operand(p, LEVEL_LEAST);

	while (eparse_take(p, ','))
		n = eparse_node(
		    p, N_COMMA, 2, n, eparse_operand(p, LEVEL_LEAST));
	return n;
}

static bool
is_identity(const struct enode *n)
{
	return n->op == N_IDENTITY;
}

struct enode *
eparse_pipe(struct eparser *p)
{
	struct enode *n, *rest;

	if (!eparse_enter(p))
		return eparse_fail(p);
	n = commas(p);
	if (eparse_take(p, '|')) {
		rest = eparse_pipe(p);
		if (is_identity(n))
			n = rest;
		else if (!is_identity(rest))
			n = eparse_node(p, N_PIPE, 2, n, rest);
	}
	p->depth--;
	return n;
}

/* Set is_single of n and what is below it. */
static bool
find_single(struct enode *n)
{
	bool all = true;

	for (size_t i = 0; i < n->n_kids; i++)
		all = find_single(n->kids[i]) && all;
	switch (n->op) {
	case N_EMPTY:
	case N_EACH:
	case N_COMMA:
	case N_TRY:
		n->is_single = false;
		break;
	case N_ARRAY:
	case N_REDUCE:
	case N_ANY:
	case N_ALL:
	case N_IN:
		n->is_single = true;
		break;
	case N_FIRST:
		n->is_single = false;
		break;
	default:
		n->is_single = all && !n->is_optional;
	}
	return n->is_single;
}

static bool
has_try(const struct enode *n)
{
	for (size_t i = 0; i < n->n_kids; i++)
		if (has_try(n->kids[i]))
			return true;
	return n->op == N_TRY;
}

/* Are the kids single that have to be? */
static bool
are_fit(const struct eprogram *program)
{
	for (const struct enode *n = program->nodes; n; n = n->next) {
		/* jq ends these by an error, which try may catch */
		if ((n->op == N_FIRST || n->op == N_ANY || n->op == N_ALL ||
			n->op == N_IN) &&
		    has_try(n->kids[0]))
			return false;
		if (n->op == N_REDUCE &&
		    (!n->kids[1]->is_single || !n->kids[2]->is_single))
			return false;
		if ((n->op == N_ANY || n->op == N_ALL) &&
		    !n->kids[1]->is_single)
			return false;
		if (n->apply == enode_slice &&
		    (!n->kids[0]->is_single || !n->kids[1]->is_single))
			return false;
	}
	return true;
}

bool
eprogram_compile(struct eprogram *p, const char *text)
{
	struct eparser parser = {.program = p, .lex = {.s = text}};

	*p = (struct eprogram){0};
	elex_next(&parser.lex);
	p->root = eparse_pipe(&parser);
	free(parser.vars);
	if (parser.failed || parser.lex.token != T_END)
		return false;
	find_single(p->root);
	return are_fit(p);
}

void
eprogram_release(struct eprogram *p)
{
	struct enode *n, *next;

	for (n = p->nodes; n; n = next) {
		next = n->next;
		pattern_free(n->pattern);
		jpath_release(&n->path);
		free(n->numbers);
		free(n->kids);
		free(n->text);
		free(n);
	}
	*p = (struct eprogram){0};
}
