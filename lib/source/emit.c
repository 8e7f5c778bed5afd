#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "core/diag.h"
#include "core/xxh64.h"
#include "obs/run.h"
#include "source/emit.h"
#include "stream/annot.h"
#include "stream/out.h"
#include "stream/stop.h"
#include "json/fault.h"
#include "json/value.h"

#define OUT_FULL ((size_t)256 << 10) /* written even if more is at hand */
#define SHOWN 10 /* faults told in full */

void
emit_init(struct emit *e)
{
	jdoc_init(&e->doc);
	jdoc_init(&e->again);
	e->most = UINT64_MAX;
}

void
emit_release(struct emit *e)
{
	jdoc_release(&e->doc);
	jdoc_release(&e->again);
	buf_release(&e->mapped);
	buf_release(&e->out);
	buf_release(&e->messages);
	buf_release(&e->scratch);
}

void
emit_begin(struct emit *e, const char *name)
{
	e->name = name;
	e->n_records = e->n_faults = e->n_held = e->n_values = e->hash = 0;
	e->has_left = e->is_broken = false;
	e->is_full = e->all->n_records >= e->all->limit || e->most == 0;
	e->out.len = e->messages.len = 0;
}

/* Tell the faults that were held back. */
static void
tell(struct emit *e)
{
	const char *p = e->messages.data, *end = p + e->messages.len, *lf;

	for (; e->messages.len > 0 && p < end; p = lf + 1) {
		lf = memchr(p, '\n', (size_t)(end - p));
		diag_error("%.*s", (int)(lf - p), p);
	}
	e->messages.len = 0;
}

/* Other threads may have come to the limit meanwhile: leave out what would be
 * beyond it.  With the lock. */
static void
cut_off(struct emit *e)
{
	uint64_t n = e->all->n_records, room;
	const char *p = e->out.data;

	room = n < e->all->limit ? e->all->limit - n : 0;
	if (e->n_held <= room)
		return;
	e->n_records -= e->n_held - room;
	e->n_held = room;
	for (uint64_t i = 0; i < room; i++)
		p = (const char *)memchr(
			p, '\n', e->out.len - (size_t)(p - e->out.data)) +
		    1;
	e->out.len = (size_t)(p - e->out.data);
	e->is_full = true;
}

static void
write_out(struct emit *e)
{
	tell(e);
	if (e->out.len == 0)
		return;
	pthread_mutex_lock(&e->all->lock);
	cut_off(e);
	out_write(STDOUT_FILENO, "<stdout>", e->out.data, e->out.len);
	run_counts.bytes_out += e->out.len;
	e->all->n_records += e->n_held;
	pthread_mutex_unlock(&e->all->lock);
	e->has_left |= e->n_held > 0;
	e->n_held = 0;
	e->out.len = 0;
}

void
emit_out(struct emit *e)
{
	write_out(e);
}

void
emit_flush(struct emit *e)
{
	if (e->has_left || e->hold == 0)
		write_out(e);
}

void
emit_keep(struct emit *e)
{
	write_out(e);
	if (e->n_faults > SHOWN)
		diag_error(
		    "%s: %" PRIu64 " faults in all", e->name, e->n_faults);
	e->total_records += e->n_records;
	e->total_faults += e->n_faults;
	e->all->n_faults += e->n_faults;
	pthread_mutex_lock(&e->all->lock);
	run_counts.records_in += e->n_values;
	run_counts.records_out += e->n_records;
	run_counts.malformed += e->n_faults;
	pthread_mutex_unlock(&e->all->lock);
	e->n_records = e->n_faults = e->n_values = 0;
}

void
emit_drop(struct emit *e)
{
	if (e->has_left)
		emit_keep(e);
	else
		emit_begin(e, e->name);
}

/* Note a fault, without a place in the text. */
static void note(struct emit *e, const struct piece *at, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

static void
note(struct emit *e, const struct piece *at, const char *fmt, ...)
{
	struct buf *m = &e->messages;
	char text[512];
	va_list ap;

	if (e->n_faults++ >= SHOWN)
		return;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	for (char *lf; (lf = strchr(text, '\n'));)
		*lf = ' ';
	if (at->line > 0)
		buf_addf(m, "%s:%" PRIu64 ": %s\n", e->name, at->line, text);
	else if (at->number > 0)
		buf_addf(m, "%s: value %" PRIu64 ": %s\n", e->name, at->number,
		    text);
	else
		buf_addf(m, "%s: %s\n", e->name, text);
}

void
emit_tell(struct emit *e, const char *what)
{
	struct piece nowhere = {0};

	note(e, &nowhere, "%s", what);
}

bool
emit_fault(void *arg, const struct piece *at, const char *what)
{
	struct emit *e = arg;

	e->is_broken = at->is_top;
	if (at->line > 0 || at->number == 0)
		note(e, at, "%s", what);
	else
		note(e, at, "at byte %" PRIu64 ": %s", at->offset, what);
	return !e->is_broken;
}

static bool
on_malformed(struct emit *e, const struct piece *p, enum jerror why)
{
	size_t at = 0;
	enum jerror found = jfault_find(p->text, p->len, &at);

	why = found ? found : why;
	e->is_broken = p->is_top;
	if (p->is_composed)
		note(e, p, "%s", jdoc_reason(why));
	else
		note(e, p, "at byte %" PRIu64 ": %s", p->offset + at,
		    jdoc_reason(why));
	return !e->is_broken;
}

/* A record has been appended to out.  Returns whether more are wanted. */
static bool
on_record(struct emit *e)
{
	size_t most = e->hold > OUT_FULL ? e->hold : OUT_FULL;

	e->n_records++;
	e->n_held++;
	if (e->out.len >= (e->has_left ? OUT_FULL : most))
		write_out(e);
	e->is_full = e->all->n_records + e->n_held >= e->all->limit ||
		     e->n_records >= e->most;
	return !e->is_full;
}

bool
emit_raw(struct emit *e, const char *line, size_t len)
{
	buf_add(&e->out, line, len);
	return on_record(e);
}

void
emit_control(struct emit *e, const char *line, size_t len)
{
	buf_add(&e->out, line, len);
}

/* Append well-formed JSON without the white space between its tokens. */
static void
add_compact(struct buf *out, const char *p, size_t len)
{
	bool is_string = false;

	buf_reserve(out, len);
	for (const char *end = p + len; p < end; p++) {
		if (!is_string && strchr(" \t\r\n", *p) && *p)
			continue;
		out->data[out->len++] = *p;
		if (is_string && *p == '\\')
			out->data[out->len++] = *++p;
		else if (*p == '"')
			is_string = !is_string;
	}
}

static bool
is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* A record of one line: annotate it, if need be. */
static bool
add_record(struct emit *e, const char *text, size_t len, struct jval root)
{
	if (e->annotation)
		annot_add(&e->out, text, len, root, "fetch",
		    e->annotation->data, e->annotation->len);
	else
		buf_add(&e->out, text, len);
	buf_addc(&e->out, '\n');
	return on_record(e);
}

/* The value itself is the record. */
static bool
pass(struct emit *e, const struct piece *p)
{
	const char *s = p->text;
	size_t len = p->len;

	while (len > 0 && is_space(s[len - 1]))
		len--;
	for (; len > 0 && is_space(*s); s++)
		len--;
	if (memchr(s, '\n', len)) {
		e->mapped.len = 0;
		add_compact(&e->mapped, s, len);
		s = e->mapped.data;
		len = e->mapped.len;
	}
	return add_record(e, s, len, jval_root(&e->doc));
}

static bool
on_result(void *arg, const char *json, size_t len)
{
	struct emit *e = arg;

	if (e->annotation) {
		e->mapped.len = 0;
		buf_add(&e->mapped, json, len);
		buf_reserve(&e->mapped, JDOC_PADDING);
		jdoc_parse(&e->again, e->mapped.data, len);
		json = e->mapped.data;
	}
	return add_record(e, json, len, jval_root(&e->again)) &&
	       !stop_signal(); /* it may have no end */
}

static bool
map(struct emit *e, const struct piece *p)
{
	e->scratch.len = 0;
	if (!expr_each(
		e->expression, jval_root(&e->doc), on_result, e, &e->scratch))
		note(e, p, "%s: %.*s", e->what, (int)e->scratch.len,
		    e->scratch.data);
	return !e->is_full;
}

bool
emit_value(void *arg, const struct piece *p)
{
	struct emit *e = arg;
	enum jerror why;

	if (e->is_full)
		return false;
	e->n_values++;
	e->hash = xxh64(p->text, p->len, e->hash);
	why = jdoc_parse(&e->doc, p->text, p->len);
	if (why)
		return on_malformed(e, p, why);
	if (annot_is_control(jval_root(&e->doc))) {
		note(e, p, "a control line, not a record");
		return true;
	}
	if (e->see && !e->see(e->see_arg, p->text, p->len, jval_root(&e->doc)))
		return true;
	return e->expression ? map(e, p) : pass(e, p);
}
