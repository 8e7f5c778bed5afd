#ifndef JSON_EXPR_STRING_H
#define JSON_EXPR_STRING_H

#include "json/expr_node.h"

/*
 * expr_string - private to expr: functions on strings, and to and from them.
 */

enode_apply estring_downcase, estring_upcase, estring_startswith,
    estring_endswith, estring_ltrimstr, estring_rtrimstr, estring_split,
    estring_join, estring_bytes;
enode_apply estring_tojson, estring_tostring, estring_tonumber,
    estring_fromdate, estring_todate;

/* jq's contains on strings. */
bool estring_holds(struct erun *r, struct ev a, struct ev b);

#endif
