#ifndef JSON_EXPR_NODE_H
#define JSON_EXPR_NODE_H

#include "json/expr_value.h"
#include "json/path.h"

/*
 * expr_node - private to expr: the program that an expression becomes, a tree.
 *
 * jq's expressions give any number of results.  Nodes that always give one,
 * or an error, are single and are evaluated by plain recursion; the others
 * hand their results to a sink, one after the other, which is what jq's
 * backtracking comes to.  All of it follows libjq 1.6 in the order of
 * evaluation, down to which of two errors is told.
 */

enum enode_op {
	/* Of operands: all are evaluated on the input, in order, then apply
	 * makes the result of them. */
	N_APPLY,

	N_LITERAL, /* value */
	N_IDENTITY,
	N_PATH, /* path, from the input */
	N_VAR, /* slot */
	N_EMPTY,
	N_EACH, /* .[] of kid 0 */
	N_PIPE,
	N_COMMA,
	N_AND,
	N_OR,
	N_ALTERNATIVE, /* kid 0 // kid 1 */
	N_IF, /* kid 0, then 1, else 2 */
	N_TRY, /* kid 0, catch kid 1 if there is one */
	N_BIND, /* kid 0 as slot | kid 1 */
	N_REDUCE, /* kid 0 as slot (kid 1; kid 2) */
	N_ARRAY, /* [kid 0]; without it [] */
	N_FIRST, /* the first of kid 0 */
	N_ANY, /* any(kid 0; kid 1) */
	N_ALL,
	N_IN /* IN(kid 0) */
};

struct enode;

/* args: the operands; v: out.  Returns false after a failure. */
typedef bool enode_apply(struct erun *r, const struct enode *n, struct ev in,
    const struct ev *args, struct ev *v);

struct enode {
	struct enode *next; /* of all nodes of the program */
	enum enode_op op;
	bool is_single;
	bool is_optional; /* N_EACH, indexing: other types give nothing */
	struct enode **kids; /* the array is owned, they are not */
	size_t n_kids;
	enode_apply *apply;

	struct ev value; /* of literals */
	char *text; /* owned; a literal's string */
	unsigned slot; /* of variables */
	double (*number)(double); /* N_APPLY: floor and its like */
	struct pattern *pattern; /* owned; N_APPLY: test */
	struct jpath path; /* owned */
	bool is_below_record; /* the path, that is */
	/* For such a path, the number of each of its beginnings, the shortest
	 * first, in the set of fields.  Owned; NULL if there is no set. */
	size_t *numbers;
};

/* A compiled expression. */
struct eprogram {
	struct enode *root;
	struct enode *nodes; /* owned, all of them */
	size_t n_nodes;
	unsigned n_vars;
};

/* Compile.  Returns false, and p to be released, for what is not an expression
 * of jq or is left to libjq. */
bool eprogram_compile(struct eprogram *p, const char *text);
void eprogram_release(struct eprogram *p);

/* Find the paths that are read below the record; f: where to register them, or
 * NULL. */
void eprogram_register(struct eprogram *p, struct fields *f);

/* A function by name and number of operands: fills in n.  Returns false if it
 * is not known. */
bool enode_function(struct enode *n, const char *name, size_t len);

/* What operators do; see expr_operator.c. */
enode_apply enode_add, enode_subtract, enode_multiply, enode_divide,
    enode_remainder, enode_negate;
enode_apply enode_is_equal, enode_is_unequal, enode_is_less, enode_is_at_most,
    enode_is_more, enode_is_at_least;
enode_apply enode_index, enode_slice, enode_join_text, enode_object;

/* Are the operands up to i what they must be?  That of objects is a matter of
 * each name with its value, before the next one. */
bool enode_is_fit(
    const struct enode *n, struct erun *r, size_t i, const struct ev *args);

/* Sum of two values; the same without a node. */
bool ev_add(struct erun *r, struct ev a, struct ev b, struct ev *v);

/* What indexing a value by one that it has no place for is; sets r->error. */
bool ev_no_index(struct erun *r, struct ev v, struct ev key);

/* How the evaluation goes on after a result. */
enum flow {
	FLOW_ON,
	FLOW_STOP, /* no more results are wanted */
	FLOW_FAIL /* see struct erun */
};

struct esink {
	enum flow (*put)(struct esink *s, struct erun *r, struct ev v);
};

/* Evaluate n on a value. */
enum flow enode_each(
    const struct enode *n, struct erun *r, struct ev in, struct esink *out);

/* The same for a single one.  Returns false after a failure. */
bool enode_eval(
    const struct enode *n, struct erun *r, struct ev in, struct ev *v);

#endif
