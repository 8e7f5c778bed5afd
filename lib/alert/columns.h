#ifndef ALERT_COLUMNS_H
#define ALERT_COLUMNS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/buf.h"

/*
 * columns - a list for people on a terminal, or for programs: an object a
 * line.
 *
 * A row is given in both forms; the one that is not wanted is dropped.
 */

struct columns {
	bool is_table;
	const char *const *names; /* of the columns, ends with NULL; lent */
	struct buf cells; /* private: texts, each ended by NUL */
	size_t n_cells;
	struct buf lines; /* owned; objects */
};

/* Add a cell, cleaned and cut to what a line can hold. */
void columns_cell(struct columns *c, const char *text, size_t len);
void columns_text(struct columns *c, const char *text);

/* How long ago that was, or how long it takes: "2h5m"; nothing for 0. */
void columns_age(struct columns *c, int64_t at, int64_t now);

/* Append all of it to out, and free it. */
void columns_write(struct columns *c, struct buf *out);

/* Append ,"name":"2026-..", or null for 0. */
void columns_time(struct buf *out, const char *before, int64_t ms);

#endif
