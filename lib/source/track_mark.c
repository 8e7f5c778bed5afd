#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/timestamp.h"
#include "core/xmem.h"
#include "source/track_mark.h"
#include "json/parse.h"
#include "json/write.h"

#define MS_FROM 100000000000.0 /* as seconds it would be the year 5138 */

void
track_mark_release(struct track_mark *m)
{
	buf_release(&m->text);
	free(m->seen);
	*m = (struct track_mark){0};
}

void
track_mark_move(struct track_mark *to, const struct track_mark *from)
{
	to->is_set = from->is_set;
	to->n = from->n;
	to->text.len = 0;
	buf_add(&to->text, from->text.data, from->text.len);
}

void
track_mark_copy(struct track_mark *to, const struct track_mark *from)
{
	track_mark_move(to, from);
	to->n_seen = from->n_seen;
	if (from->n_seen == 0)
		return;
	to->seen = xrealloc(to->seen, from->n_seen, sizeof(uint64_t));
	memcpy(to->seen, from->seen, from->n_seen * sizeof(uint64_t));
}

void
track_mark_set(struct track_mark *m, const struct cursor_value *v)
{
	m->is_set = true;
	m->n = v->n;
	m->text.len = 0;
	if (v->type == CURSOR_STRING)
		buf_adds(&m->text, v->text);
}

int
track_mark_compare(const struct track_mark *a, const struct track_mark *b,
    const struct incremental *c)
{
	size_t n = a->text.len < b->text.len ? a->text.len : b->text.len;
	int order;

	if (c->type != CURSOR_STRING)
		return (a->n > b->n) - (a->n < b->n);
	order = n ? memcmp(a->text.data, b->text.data, n) : 0;
	if (order != 0)
		return order < 0 ? -1 : 1;
	return (a->text.len > b->text.len) - (a->text.len < b->text.len);
}

/* A timestamp as text, or as seconds or milliseconds since 1970. */
static bool
read_timestamp(struct track_mark *m, const struct incremental *c, struct jval v)
{
	size_t len;
	const char *s = jval_string(v, &len);
	double x = jval_double(v);

	if (!jval_is_number(v))
		return timestamp_parse(s, len, &m->n);
	if (c->format != CURSOR_UNIX_MS && fabs(x) < MS_FROM)
		x *= 1000;
	if (!(fabs(x) < 9e15))
		return false;
	m->n = (int64_t)floor(x);
	return true;
}

bool
track_mark_of(struct track_mark *m, const struct incremental *c, struct jval v)
{
	size_t len;
	const char *s = jval_string(v, &len);

	m->is_set = false;
	m->text.len = 0;
	if (c->type == CURSOR_TIMESTAMP) {
		m->is_set = read_timestamp(m, c, v);
	} else if (c->type == CURSOR_INTEGER && jval_type(v) == J_INT) {
		m->n = jval_int(v);
		m->is_set = true;
	} else if (c->type == CURSOR_STRING && jval_type(v) == J_STRING) {
		buf_add(&m->text, s, len);
		m->is_set = true;
	}
	return m->is_set;
}

/* Milliseconds rounded down to n. */
static int64_t
floor_to(int64_t ms, int64_t n)
{
	int64_t rest = ms % n;

	return ms - (rest < 0 ? rest + n : rest);
}

void
track_mark_show(
    const struct track_mark *m, const struct incremental *c, struct buf *b)
{
	char text[TIMESTAMP_SIZE];

	if (c->type == CURSOR_STRING) {
		buf_add(b, m->text.data, m->text.len);
	} else if (c->type == CURSOR_INTEGER || c->format == CURSOR_UNIX_MS) {
		buf_addf(b, "%" PRId64, m->n);
	} else if (c->format == CURSOR_UNIX) {
		buf_addf(b, "%" PRId64, floor_to(m->n, 1000) / 1000);
	} else {
		timestamp_format(m->n, text);
		buf_add(b, text, c->format == CURSOR_DATE ? 10 : strlen(text));
	}
}

void
track_mark_write(
    const struct track_mark *m, const struct incremental *c, struct buf *b)
{
	char text[TIMESTAMP_SIZE];

	buf_adds(b, "{\"at\":");
	if (c->type == CURSOR_STRING)
		jwrite_string(b, m->text.data ? m->text.data : "", m->text.len);
	else if (c->type == CURSOR_INTEGER)
		jwrite_int(b, m->n);
	else
		jwrite_string(b, text, timestamp_format(m->n, text));
	buf_adds(b, ",\"seen\":[");
	for (size_t i = 0; i < m->n_seen; i++)
		buf_addf(b, "%s\"%016" PRIx64 "\"", i ? "," : "", m->seen[i]);
	buf_adds(b, "]}");
}

static void
read_seen(struct track_mark *m, struct jval list)
{
	struct jiter it = jval_iter(list);
	size_t len;

	m->seen = xcalloc(TRACK_SEEN, sizeof(uint64_t));
	while (m->n_seen < TRACK_SEEN && jiter_next(&it))
		m->seen[m->n_seen++] =
		    strtoull(jval_string(it.value, &len), NULL, 16);
}

bool
track_mark_read(
    struct track_mark *m, const struct incremental *c, const struct buf *text)
{
	struct incremental plain = *c;
	struct buf copy = {0};
	struct jdoc d;
	struct jval root;
	bool good = false;

	plain.format = CURSOR_RFC3339; /* it is kept as text */
	jdoc_init(&d);
	buf_add(&copy, text->data, text->len);
	buf_reserve(&copy, JDOC_PADDING);
	if (jdoc_parse(&d, copy.data, copy.len) == JERR_NONE) {
		root = jval_root(&d);
		good = track_mark_of(m, &plain, jval_get(root, "at", 2));
		if (good)
			read_seen(m, jval_get(root, "seen", 4));
	}
	jdoc_release(&d);
	buf_release(&copy);
	return good;
}
