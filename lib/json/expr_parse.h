#ifndef JSON_EXPR_PARSE_H
#define JSON_EXPR_PARSE_H

#include "json/expr_lex.h"
#include "json/expr_node.h"

/*
 * expr_parse - private to expr: what the parts of its compiler share.
 *
 * Whoever fails sets failed and returns any node; whoever loops looks at it.
 */

struct evar {
	const char *name; /* lent by the text */
	size_t len;
	unsigned slot;
};

struct eparser {
	struct eprogram *program;
	struct elex lex;
	bool failed;
	unsigned depth;
	struct evar *vars; /* owned; those in scope */
	size_t n_vars;
};

/* New nodes, owned by the program. */
struct enode *eparse_node(
    struct eparser *p, enum enode_op op, size_t n_kids, ...);
struct enode *eparse_literal(struct eparser *p, struct ev value);
struct enode *eparse_string(struct eparser *p, const char *s, size_t len);
/* Of one operand if b is NULL. */
struct enode *eparse_apply(
    struct eparser *p, enode_apply *apply, struct enode *a, struct enode *b);
void eparse_add_kid(struct enode *n, struct enode *kid);

struct enode *eparse_fail(struct eparser *p);

/* One level deeper, if that may be; who is done decrements depth. */
bool eparse_enter(struct eparser *p);

/* Does n give the same on all records, as jq may find out at once? */
bool eparse_is_constant(const struct enode *n);

/* Tokens: take it if it is at hand; or fail if it is not. */
bool eparse_take(struct eparser *p, int token);
void eparse_want(struct eparser *p, int token);
bool eparse_is_word(const struct eparser *p, const char *word);
bool eparse_take_word(struct eparser *p, const char *word);

/* The grammar, from the top. */
struct enode *eparse_pipe(struct eparser *p);
struct enode *eparse_operand(struct eparser *p, int level);
struct enode *eparse_term(struct eparser *p);
/* The same without what makes it more than a term: as, and ? behind that. */
struct enode *eparse_term_only(struct eparser *p);
/* A string, its quote being at hand. */
struct enode *eparse_text(struct eparser *p);
/* An object, behind its brace. */
struct enode *eparse_object(struct eparser *p);
/* The variable at hand. */
struct enode *eparse_variable(struct eparser *p);
/* The word at hand, which stays, as a literal. */
struct enode *eparse_word(struct eparser *p);
/* A call; the name is at hand. */
struct enode *eparse_call(struct eparser *p);

/* n.key, or n[key]; both are evaluated on the same input. */
struct enode *eparse_index(
    struct eparser *p, struct enode *n, struct enode *key, bool is_optional);

#endif
