#include <stdlib.h>
#include <string.h>

#include "alert/columns.h"
#include "core/num.h"
#include "core/timestamp.h"
#include "core/utf8.h"
#include "core/xmem.h"
#include "json/write.h"

#define CELL_MAX 60 /* characters */
#define SECOND INT64_C(1000)
#define MINUTE (60 * SECOND)
#define HOUR (60 * MINUTE)

void
columns_cell(struct columns *c, const char *text, size_t len)
{
	size_t n = 0;

	if (!c->is_table)
		return;
	for (size_t i = 0; i < len && n < CELL_MAX; n++) {
		size_t span = utf8_span(text + i, len - i);
		unsigned char first = (unsigned char)text[i];

		if (span == 0 || first < 0x20 || first == 0x7F)
			buf_addc(&c->cells, span == 0 ? '?' : ' ');
		else
			buf_add(&c->cells, text + i, span);
		i += span ? span : 1;
	}
	buf_addc(&c->cells, '\0');
	c->n_cells++;
}

void
columns_text(struct columns *c, const char *text)
{
	columns_cell(c, text, strlen(text));
}

void
columns_age(struct columns *c, int64_t at, int64_t now)
{
	int64_t age = at > now ? at - now : now - at;
	struct buf text = {0};

	age -= age % (age < HOUR ? SECOND : MINUTE);
	if (at != 0)
		num_add_duration(&text, age);
	columns_cell(c, text.data, text.len);
	buf_release(&text);
}

static size_t
count(const struct columns *c)
{
	size_t n = 0;

	while (c->names[n])
		n++;
	return n;
}

static void
widen(size_t *width, const char *text)
{
	size_t n = utf8_count(text, strlen(text));

	if (n > *width)
		*width = n;
}

static void
pad(struct buf *out, const char *text, size_t width, bool is_last)
{
	buf_adds(out, text);
	if (is_last) {
		buf_addc(out, '\n');
		return;
	}
	for (size_t n = utf8_count(text, strlen(text)); n < width + 2; n++)
		buf_addc(out, ' ');
}

static void
write_table(struct columns *c, struct buf *out)
{
	size_t n = count(c), *widths;
	const char *cell = c->cells.data;

	if (n == 0)
		return;
	widths = xcalloc(n, sizeof(*widths));
	for (size_t i = 0; i < n; i++)
		widen(&widths[i], c->names[i]);
	for (size_t i = 0; i < c->n_cells; i++, cell += strlen(cell) + 1)
		widen(&widths[i % n], cell);
	for (size_t i = 0; i < n; i++)
		pad(out, c->names[i], widths[i], i + 1 == n);
	cell = c->cells.data;
	for (size_t i = 0; i < c->n_cells; i++, cell += strlen(cell) + 1)
		pad(out, cell, widths[i % n], i % n + 1 == n);
	free(widths);
}

void
columns_write(struct columns *c, struct buf *out)
{
	if (c->is_table && c->n_cells > 0)
		write_table(c, out);
	else if (!c->is_table)
		buf_add(out, c->lines.data, c->lines.len);
	buf_release(&c->cells);
	buf_release(&c->lines);
	c->n_cells = 0;
}

void
columns_time(struct buf *out, const char *before, int64_t ms)
{
	char text[TIMESTAMP_SIZE];

	if (ms == 0) {
		buf_adds(out, before);
		buf_adds(out, "null");
		return;
	}
	timestamp_format(ms, text);
	jwrite_text(out, before, text);
}
