/* What a write makes of an entry; the same for all back ends. */
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>

#include "store/backend.h"

/* The integer that an entry is, 0 if there is none. */
static bool
read_integer(const struct store_value *v, int64_t *n)
{
	char text[OP_NUMBER], *end;

	*n = 0;
	if (!v->data)
		return true;
	if (v->len == 0 || v->len >= sizeof(text) ||
	    (v->data[0] != '-' && !isdigit((unsigned char)v->data[0])))
		return false;
	snprintf(text, sizeof(text), "%.*s", (int)v->len, v->data);
	errno = 0;
	*n = strtoll(text, &end, 10);
	return errno == 0 && *end == '\0' && end == text + v->len;
}

int
op_apply(struct store_txn *t, const char *key, const struct op *op,
    struct store_value *v, char number[OP_NUMBER])
{
	int64_t n;

	if (op->kind != OP_KEEP || !v->data || t->now >= v->stale_until)
		*v = (struct store_value){.created = t->now,
		    .expires = STORE_NEVER,
		    .stale_until = STORE_NEVER,
		    .is_plain = true};
	if (op->kind == OP_SET)
		*v = (struct store_value){
		    .data = op->data.len > 0 ? op->data.data : "",
		    .len = op->data.len,
		    .created = op->created,
		    .expires = op->expires,
		    .stale_until = op->stale_until,
		    .is_plain = op->is_plain};
	if (!op->adds)
		return 0;
	if (!read_integer(v, &n) || __builtin_add_overflow(n, op->delta, &n))
		return store_fail(t->store, EX_DATAERR,
		    "%s: not an integer, or beyond 64 bits", key);
	v->len = (size_t)snprintf(number, OP_NUMBER, "%" PRId64, n);
	v->data = number;
	return 0;
}
