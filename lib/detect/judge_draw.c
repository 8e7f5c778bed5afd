#include <math.h>

#include "detect/judge_private.h"

/* The field, and which key it is of. */
static void
name_series(struct judge *j, size_t column, const struct buf *key)
{
	struct buf *b = &j->drawn_name;
	bool is_string = key->len > 0 && key->data[0] == '"';

	b->len = 0;
	buf_adds(b, j->names[column]);
	if (!j->key_name)
		return;
	buf_adds(b, " of ");
	buf_add(b, key->data + is_string, key->len - is_string);
}

/* Of which columns is it an anomaly?  Those that have a score above the
 * threshold by themselves, and the one that has most of it. */
static bool
is_odd(const struct judge *j, const struct verdict *v, size_t column,
    const struct detect_part *parts, size_t step)
{
	if (!v->is_anomaly)
		return false;
	if (!parts || v->column / step == column)
		return true;
	return parts[column * step].score > j->row.threshold;
}

void
judge_draw(struct judge *j, const struct buf *key, int64_t ms,
    const struct detect_part *parts, size_t step, const struct verdict *v)
{
	bool has_time = ms != DETECT_NO_TIME;

	if (!j->plot)
		return;
	j->n_drawn++;
	for (size_t i = 0; i < j->row.columns; i++) {
		name_series(j, i, key);
		plot_add(j->plot, j->drawn_name.data, j->drawn_name.len,
		    has_time ? (double)ms : (double)j->n_drawn, has_time,
		    j->row.x[i], parts ? &parts[i * step] : NULL,
		    is_odd(j, v, i, parts, step));
	}
}
