#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/diag.h"
#include "core/xmem.h"
#include "detect/judge.h"
#include "stream/annot.h"
#include "json/write.h"

#define OUT_FULL ((size_t)256 << 10) /* bytes to write at once */

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

/* The record's key, in scratch; any will do if there is none. */
static void
find_key(const struct judge *j, struct buf *scratch, struct jval root)
{
	scratch->len = 0;
	if (j->has_key)
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

static void
read_row(struct judge *j, struct jval root)
{
	fields_read(&j->view, &j->fields, root);
	for (size_t i = 0; i < j->row.columns; i++) {
		struct jval x = j->view.values[j->slots[i]];

		j->row.x[i] = jval_is_number(x) ? jval_double(x) : (double)NAN;
		j->seen[i] |= jval_is_number(x);
	}
	j->any = true;
}

static void
record(struct worker *w, const struct record *r)
{
	struct judge *j = w->filter->arg;
	struct verdict v;

	find_key(j, &w->scratch, r->root);
	read_row(j, r->root);
	v = detector_next(
	    find_detector(j, &w->scratch), j->row.x, j->row.parts);
	if (j->only && !v.is_anomaly) {
		w->n_rejected++;
		return;
	}
	w->scratch.len = 0;
	detect_annotate(&w->scratch, &j->row, &v, j->explain);
	filter_annotate(w, r, w->scratch.data, w->scratch.len);
}

/* With a method that looks at all records they are kept first, */
static void
keep(struct worker *w, const struct record *r)
{
	struct judge *j = w->filter->arg;

	find_key(j, &w->scratch, r->root);
	read_row(j, r->root);
	gather_add(&j->gather, r->text, r->len, j->row.x, w->scratch.data,
	    w->scratch.len);
}

static void
keep_control(struct worker *w, const struct record *r)
{
	struct judge *j = w->filter->arg;

	spool_add(&j->gather.spool, r->text, r->len);
}

/* and written in the end. */
static bool
write_one(void *arg, const char *text, size_t len, struct jval root)
{
	struct worker *w = arg;
	struct judge *j = w->filter->arg;
	struct record r = {.text = text, .len = len, .root = root};
	struct verdict v = {0};

	if (annot_is_control(root)) {
		buf_add(&w->out, text, len);
		buf_addc(&w->out, '\n');
		return true;
	}
	v.score = j->gather.scores[j->at];
	v.is_anomaly = j->gather.flags[j->at++];
	if (j->only && !v.is_anomaly) {
		w->n_rejected++;
		return true;
	}
	if (isnan(v.score)) /* something is missing */
		read_row(j, root);
	else
		memset(j->row.x, 0, j->row.columns * sizeof(*j->row.x));
	w->scratch.len = 0;
	detect_annotate(&w->scratch, &j->row, &v, false);
	filter_annotate(w, &r, w->scratch.data, w->scratch.len);
	if (w->out.len >= OUT_FULL)
		filter_drain(w);
	return true;
}

static void
score_all(struct worker *w)
{
	struct judge *j = w->filter->arg;
	int status;

	gather_score(&j->gather);
	status = spool_each(&j->gather.spool, write_one, w);
	if (status != 0)
		filter_fail(w->filter, status);
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
judge_start(struct judge *j, struct filter *f)
{
	size_t n = j->row.columns;

	f->arg = j;
	fields_view_init(&j->view, &j->fields);
	j->row.names = j->names;
	j->row.x = xcalloc(n, sizeof(*j->row.x));
	j->seen = xcalloc(n, sizeof(*j->seen));
	j->options.columns = j->gather.columns = n;
	if (j->method) {
		j->row.parts = xcalloc(n, sizeof(*j->row.parts));
		j->detectors.method = j->method;
		j->detectors.options = &j->options;
		f->record = record;
		return;
	}
	f->record = keep;
	f->control = keep_control;
	f->end = score_all;
}

void
judge_tell_unseen(const struct judge *j)
{
	for (size_t i = 0; j->any && i < j->row.columns; i++)
		if (!j->seen[i])
			diag_warn("no record has a number at %s", j->names[i]);
}

void
judge_release(struct judge *j)
{
	detectors_release(&j->detectors);
	gather_release(&j->gather);
	fields_view_release(&j->view);
	fields_release(&j->fields);
	jpath_release(&j->key);
	free(j->slots);
	free(j->names);
	free(j->seen);
	free(j->row.x);
	free(j->row.parts);
}
