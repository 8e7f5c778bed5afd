#include <math.h>
#include <stdlib.h>

#include "core/diag.h"
#include "core/timestamp.h"
#include "core/xmem.h"
#include "detect/judge_private.h"
#include "json/write.h"

#define SAVE_MS 60000 /* between saves, without a checkpoint */

/* Append the record's key: strings by their bytes, all else as JSON. */
static void
add_key(const struct judge *j, struct buf *b, struct jval root)
{
	struct jval v = jpath_get(&j->key, root);
	size_t len;
	const char *s = jval_string(v, &len);

	if (jval_type(v) == J_STRING) {
		buf_addc(b, '"');
		buf_add(b, s, len);
	} else {
		jwrite_value(b, v); /* absent is null */
	}
}

void
judge_find_key(const struct judge *j, struct buf *scratch, struct jval root)
{
	scratch->len = 0;
	if (j->key_name)
		add_key(j, scratch, root);
	else
		buf_addc(scratch, '-');
}

static struct detector *
find_detector(struct judge *j, const struct buf *k)
{
	size_t before = j->detectors.n_forgotten;
	struct detector *d = detectors_get(&j->detectors, k->data, k->len);

	if (before == 0 && j->detectors.n_forgotten > 0)
		diag_warn("more than %zu keys: those not seen for longest are "
			  "forgotten and start over; raise --max-keys",
		    j->detectors.max);
	return d;
}

/* The record's time: RFC 3339, or a number of seconds or, beyond 1e11 (the
 * year 5138), milliseconds since 1970. */
static int64_t
read_time(struct judge *j)
{
	struct jval t = j->view.values[j->time_slot];
	int64_t ms = DETECT_NO_TIME;
	size_t len;
	const char *s;
	double x;

	if (jval_type(t) == J_STRING) {
		s = jval_string(t, &len);
		timestamp_parse(s, len, &ms);
	} else if (jval_is_number(t)) {
		x = jval_double(t);
		if (fabs(x) < 1e11)
			x *= 1000;
		if (fabs(x) <= (double)DETECT_TIME_MAX)
			ms = (int64_t)x;
	}
	j->seen_time |= ms != DETECT_NO_TIME;
	return ms;
}

void
judge_read_row(struct judge *j, struct jval root)
{
	fields_read(&j->view, &j->fields, root);
	for (size_t i = 0; i < j->row.columns; i++) {
		struct jval x = j->view.values[j->slots[i]];

		j->row.x[i] = jval_is_number(x) ? jval_double(x) : (double)NAN;
		j->seen[i] |= jval_is_number(x);
	}
	j->any = true;
}

static struct verdict
judge_row(struct judge *j, struct detector *d, const struct buf *key)
{
	int64_t ms = DETECT_NO_TIME;
	struct verdict v;

	if (j->options.has_time) {
		ms = read_time(j);
		j->row.no_time = ms == DETECT_NO_TIME ? j->time_name : NULL;
		if (j->row.no_time)
			return (struct verdict){.score = NAN};
	}
	v = detector_next(d, j->row.x, ms, j->parts);
	judge_draw(j, key, ms, isnan(v.score) ? NULL : j->parts, 1, &v);
	return v;
}

static void
record(struct worker *w, const struct record *r)
{
	struct judge *j = w->filter->arg;
	struct verdict v;

	judge_find_key(j, &w->scratch, r->root);
	judge_read_row(j, r->root);
	v = judge_row(j, find_detector(j, &w->scratch), &w->scratch);
	j->has_news = true;
	if (j->only && !v.is_anomaly) {
		w->n_rejected++;
		return;
	}
	w->scratch.len = 0;
	detect_annotate(&w->scratch, &j->row, &v, j->explain);
	filter_annotate(w, r, w->scratch.data, w->scratch.len);
}

/* A checkpoint: what was learned so far is to be kept. */
static void
note_control(struct worker *w, const struct record *r)
{
	struct judge *j = w->filter->arg;

	j->is_due = true;
	buf_add(&w->out, r->text, r->len);
	buf_addc(&w->out, '\n');
}

/* What came before is written; this may be called often. */
static void
save_if_due(struct filter *f)
{
	struct judge *j = f->arg;
	int status;

	if (!j->is_due && timestamp_monotonic() - j->saved_ms < SAVE_MS)
		return;
	status = judge_save(j);
	if (status != 0)
		filter_fail(f, status);
}

int
judge_save(struct judge *j)
{
	int status = 0;

	if (j->saved && j->has_news)
		status = saved_save(j->saved, &j->detectors);
	j->saved_ms = timestamp_monotonic();
	j->has_news = j->is_due = false;
	return status;
}

int
judge_load(struct judge *j)
{
	return j->saved ? saved_load(j->saved, &j->detectors) : 0;
}

void
judge_add_field(struct judge *j, const struct jpath *p, const char *name)
{
	size_t n = j->row.columns++;

	j->slots = xrealloc(j->slots, n + 1, sizeof(*j->slots));
	j->names = xrealloc(j->names, n + 1, sizeof(*j->names));
	j->slots[n] = fields_add(&j->fields, p);
	j->names[n] = name;
}

void
judge_set_time(struct judge *j, const struct jpath *p, const char *name)
{
	j->options.has_time = true;
	j->time_slot = fields_add(&j->fields, p);
	j->time_name = name;
}

/* Have ._cdo read too: who has none is written faster. */
static void
add_cdo(struct judge *j)
{
	struct jpath p;
	struct jpath_error err;

	if (jpath_compile(&p, "._cdo", &err))
		j->cdo = fields_add(&j->fields, &p);
	jpath_release(&p);
}

void
judge_start(struct judge *j, struct filter *f)
{
	size_t n = j->row.columns;

	f->arg = j;
	if (!j->method)
		add_cdo(j);
	fields_view_init(&j->view, &j->fields);
	j->row.names = j->names;
	j->row.x = xcalloc(n, sizeof(*j->row.x));
	j->seen = xcalloc(n, sizeof(*j->seen));
	j->options.columns = n;
	j->gather.columns = judge_width(j);
	j->parts = xcalloc(judge_width(j), sizeof(*j->parts));
	j->row.n_parts = n;
	j->row.part_names = j->names;
	if (j->state) {
		j->terms = (struct saved_terms){j->method, &j->options,
		    j->names, j->key_name, j->time_name};
		j->saved = saved_new(j->state, &j->terms);
		j->saved_ms = timestamp_monotonic();
		f->control = note_control;
		f->flush = save_if_due;
	}
	if (j->method) {
		j->options.has_ranges = j->explain || j->plot;
		j->row.parts = j->parts;
		j->detectors.method = j->method;
		j->detectors.options = &j->options;
		f->record = record;
		return;
	}
	if (j->models)
		judge_start_models(j, f);
	else
		judge_start_batch(j, f);
}

void
judge_tell_unseen(const struct judge *j)
{
	for (size_t i = 0; j->any && i < j->row.columns; i++)
		if (!j->seen[i])
			diag_warn("no record has a number at %s", j->names[i]);
	if (j->any && j->options.has_time && !j->seen_time)
		diag_warn("no record has a time at %s: neither RFC 3339 nor "
			  "seconds or milliseconds since 1970",
		    j->time_name);
}

void
judge_release(struct judge *j)
{
	detect_row_release(&j->row);
	detectors_release(&j->detectors);
	saved_free(j->saved);
	gather_release(&j->gather);
	fields_view_release(&j->view);
	fields_release(&j->fields);
	jpath_release(&j->key);
	free(j->slots);
	free(j->names);
	free(j->seen);
	free(j->row.x);
	judge_release_batch(j);
	buf_release(&j->drawn_name);
	free(j->parts);
}
