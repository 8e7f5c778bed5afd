/* expr_parse: calls, most of them made out of other nodes, as jq does it. */
#include <stdlib.h>
#include <string.h>

#include "json/expr_parse.h"
#include "json/expr_regex.h"

#define MOST_ARGS 2

/* A call that is read, and what it becomes. */
struct call {
	const char *name; /* lent by the text */
	size_t len;
	struct enode *args[MOST_ARGS];
	size_t n_args;
};

static struct enode *
identity(struct eparser *p)
{
	return eparse_node(p, N_IDENTITY, 0);
}

/* .[] */
static struct enode *
items(struct eparser *p)
{
	return eparse_node(p, N_EACH, 1, identity(p));
}

static struct enode *
select_if(struct eparser *p, struct enode *condition)
{
	return eparse_node(
	    p, N_IF, 3, condition, identity(p), eparse_node(p, N_EMPTY, 0));
}

static struct enode *
function(struct eparser *p, const struct call *c)
{
	struct enode *n = eparse_node(p, N_APPLY, 0);

	for (size_t i = 0; i < c->n_args; i++)
		eparse_add_kid(n, c->args[i]);
	return enode_function(n, c->name, c->len) ? n : eparse_fail(p);
}

/* Those that are just a value or a place. */
static struct enode *
element(struct eparser *p, double index)
{
	return eparse_index(
	    p, identity(p), eparse_literal(p, ev_of_number(index)), false);
}

static struct enode *
make_null(struct eparser *p, struct call *c)
{
	(void)c;
	return eparse_literal(p, (struct ev){.kind = E_NULL});
}

static struct enode *
make_true(struct eparser *p, struct call *c)
{
	(void)c;
	return eparse_literal(p, ev_of_bool(true));
}

static struct enode *
make_false(struct eparser *p, struct call *c)
{
	(void)c;
	return eparse_literal(p, ev_of_bool(false));
}

static struct enode *
make_empty(struct eparser *p, struct call *c)
{
	(void)c;
	return eparse_node(p, N_EMPTY, 0);
}

static struct enode *
make_first_item(struct eparser *p, struct call *c)
{
	(void)c;
	return element(p, 0);
}

static struct enode *
make_last_item(struct eparser *p, struct call *c)
{
	(void)c;
	return element(p, -1);
}

static struct enode *
make_first(struct eparser *p, struct call *c)
{
	return eparse_node(p, N_FIRST, 1, c->args[0]);
}

static struct enode *
make_map(struct eparser *p, struct call *c)
{
	return eparse_node(
	    p, N_ARRAY, 1, eparse_node(p, N_PIPE, 2, items(p), c->args[0]));
}

static struct enode *
make_select(struct eparser *p, struct call *c)
{
	return select_if(p, c->args[0]);
}

static struct enode *
make_in_stream(struct eparser *p, struct call *c)
{
	return eparse_node(p, N_IN, 1, c->args[0]);
}

static struct enode *
any_or_all(struct eparser *p, enum enode_op op, struct call *c)
{
	struct enode *source = c->n_args == 2 ? c->args[0] : items(p);
	struct enode *condition =
	    c->n_args == 0 ? identity(p) : c->args[c->n_args - 1];

	return eparse_node(p, op, 2, source, condition);
}

static struct enode *
make_any(struct eparser *p, struct call *c)
{
	return any_or_all(p, N_ANY, c);
}

static struct enode *
make_all(struct eparser *p, struct call *c)
{
	return any_or_all(p, N_ALL, c);
}

/* select(. != null) */
static struct enode *
make_values(struct eparser *p, struct call *c)
{
	return select_if(
	    p, eparse_apply(p, enode_is_unequal, make_null(p, c), identity(p)));
}

/* numbers is select(type == "number"), and so on. */
static struct enode *
make_kind(struct eparser *p, struct call *c)
{
	struct call type = {.name = "type", .len = 4};

	return select_if(
	    p, eparse_apply(p, enode_is_equal,
		   eparse_string(p, c->name, c->len - 1), function(p, &type)));
}

static const struct ev *
literal_string(const struct enode *n)
{
	if (n->op != N_LITERAL || n->value.kind != E_STRING)
		return NULL;
	return &n->value;
}

/* test("pattern") and test("pattern"; "i") */
static struct enode *
make_test(struct eparser *p, struct call *c)
{
	struct enode *n = eparse_node(p, N_APPLY, 0);
	const struct ev *pattern = literal_string(c->args[0]), *flags = NULL;

	if (c->n_args == 2 && !(flags = literal_string(c->args[1])))
		return eparse_fail(p);
	if (!pattern || !eregex_compile(n, pattern, flags))
		return eparse_fail(p);
	return n;
}

static const struct {
	const char *name;
	size_t n_args;
	struct enode *(*make)(struct eparser *p, struct call *c);
} makers[] = {
    {"null", 0, make_null},
    {"true", 0, make_true},
    {"false", 0, make_false},
    {"empty", 0, make_empty},
    {"first", 0, make_first_item},
    {"last", 0, make_last_item},
    {"first", 1, make_first},
    {"map", 1, make_map},
    {"select", 1, make_select},
    {"IN", 1, make_in_stream},
    {"any", 0, make_any},
    {"any", 1, make_any},
    {"any", 2, make_any},
    {"all", 0, make_all},
    {"all", 1, make_all},
    {"all", 2, make_all},
    {"values", 0, make_values},
    {"nulls", 0, make_kind},
    {"booleans", 0, make_kind},
    {"numbers", 0, make_kind},
    {"strings", 0, make_kind},
    {"arrays", 0, make_kind},
    {"objects", 0, make_kind},
    {"test", 1, make_test},
    {"test", 2, make_test},
};

static struct enode *
make(struct eparser *p, struct call *c)
{
	for (size_t i = 0; i < sizeof(makers) / sizeof(*makers); i++)
		if (makers[i].n_args == c->n_args &&
		    strlen(makers[i].name) == c->len &&
		    memcmp(makers[i].name, c->name, c->len) == 0)
			return makers[i].make(p, c);
	return function(p, c);
}

struct enode *
eparse_call(struct eparser *p)
{
	struct call c = {.name = p->lex.word, .len = p->lex.len};

	elex_next(&p->lex);
	if (eparse_take(p, '(')) {
		do {
			if (c.n_args == MOST_ARGS)
				return eparse_fail(p);
			c.args[c.n_args++] = eparse_pipe(p);
		} while (eparse_take(p, ';'));
		eparse_want(p, ')');
	}
	return p->failed ? eparse_fail(p) : make(p, &c);
}
