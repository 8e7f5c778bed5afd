#include <stdlib.h>

#include "core/xmem.h"
#include "detect/model.h"
#include "detect/nearest.h"
#include "json/write.h"

#define MOST_NEIGHBOURS 10000

void
nearest_save(const struct nearest *n, struct buf *b)
{
	size_t rows = n->tree ? neighbours_count(n->tree) : 0;
	double *x = xcalloc(rows * n->columns + 1, sizeof(*x));

	if (n->tree)
		neighbours_rows(n->tree, x);
	jwrite_count(b, "\"neighbours\":", n->k);
	model_add(b, ",\"rows\":", x, rows * n->columns);
	free(x);
}

bool
nearest_load(struct nearest *n, struct jval v, size_t columns)
{
	bool any = jval_type(jval_get(v, "rows", 4)) == J_ARRAY;
	size_t count = model_count(v, "rows");
	double *x = model_get_new(v, "rows", count);
	bool is_good =
	    any && x && count % columns == 0 &&
	    model_get_count(v, "neighbours", 0, MOST_NEIGHBOURS, &n->k);

	n->columns = columns;
	if (is_good && count > 0)
		n->tree = neighbours_new(
		    &(struct matrix){x, count / columns, columns});
	free(x);
	return is_good;
}

void
nearest_release(struct nearest *n)
{
	neighbours_free(n->tree);
	n->tree = NULL;
}
