#ifndef JSON_EXPR_ITEMS_H
#define JSON_EXPR_ITEMS_H

#include "json/expr_node.h"

/*
 * expr_items - private to expr: functions on all that an array or object holds.
 */

enode_apply eitems_add, eitems_contains, eitems_inside, eitems_max, eitems_min;

#endif
