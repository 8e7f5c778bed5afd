/* expr_parse: objects, behind their brace. */
#include <string.h>

#include "json/expr_parse.h"

/* A member's value: terms with signs, and pipes. */
static struct enode *
member_value(struct eparser *p)
{
	struct enode *n;

	if (!eparse_enter(p))
		return eparse_fail(p);
	if (eparse_take(p, '-'))
		n = eparse_apply(p, enode_negate, member_value(p), NULL);
	else
		n = eparse_term_only(p);
	p->depth--;
	return n;
}

static struct enode *
member_values(struct eparser *p)
{
	struct enode *n = member_value(p);

	while (eparse_take(p, '|'))
		n = eparse_node(p, N_PIPE, 2, n, member_value(p));
	return n;
}

/* The value of a member that is only named. */
static struct enode *
same_name(struct eparser *p, const struct enode *key)
{
	struct enode *n = eparse_node(p, N_IDENTITY, 0), *copy;

	if (key->op != N_LITERAL)
		return eparse_fail(p);
	copy = eparse_string(p, key->value.string, key->value.n);
	return eparse_index(p, n, copy, false);
}

/* A word as the name of a member: any, if a colon follows. */
static void
named_member(struct eparser *p, struct enode *object)
{
	static const char *const keywords[] = {"as", "import", "include",
	    "module", "def", "if", "then", "elif", "else", "end", "reduce",
	    "foreach", "try", "catch", "label", "and", "or", "__loc__", NULL};
	struct enode *key = eparse_word(p), *value;
	bool is_keyword = false;

	for (size_t i = 0; keywords[i]; i++)
		is_keyword = is_keyword || eparse_is_word(p, keywords[i]);
	elex_next(&p->lex);
	if (eparse_take(p, ':'))
		value = member_values(p);
	else
		value = is_keyword ? eparse_fail(p) : same_name(p, key);
	eparse_add_kid(object, key);
	eparse_add_kid(object, value);
}

static void
member(struct eparser *p, struct enode *object)
{
	struct enode *key, *value;

	if (p->lex.token == T_NAME) {
		named_member(p, object);
		return;
	}
	if (p->lex.token == T_VAR) {
		key = eparse_word(p);
		value = eparse_variable(p);
	} else if (p->lex.token == T_QUOTE) {
		key = eparse_text(p);
		value =
		    eparse_take(p, ':') ? member_values(p) : same_name(p, key);
	} else {
		eparse_want(p, '(');
		key = eparse_pipe(p);
		/* where it is none, jq refuses the expression */
		if (eparse_is_constant(key) && key->value.kind != E_STRING)
			p->failed = true;
		eparse_want(p, ')');
		eparse_want(p, ':');
		value = member_values(p);
	}
	eparse_add_kid(object, key);
	eparse_add_kid(object, value);
}

struct enode *
eparse_object(struct eparser *p)
{
	struct enode *n = eparse_node(p, N_APPLY, 0);

	n->apply = enode_object;
	while (!p->failed && p->lex.token != '}') {
		member(p, n);
		if (!eparse_take(p, ','))
			break;
	}
	eparse_want(p, '}');
	return n;
}
