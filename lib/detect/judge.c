#include <math.h>
#include <stdlib.h>

#include "core/diag.h"
#include "core/xmem.h"
#include "detect/judge_private.h"
#include "json/write.h"

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

static void
record(struct worker *w, const struct record *r)
{
	struct judge *j = w->filter->arg;
	struct verdict v;

	judge_find_key(j, &w->scratch, r->root);
	judge_read_row(j, r->root);
	v = detector_next(find_detector(j, &w->scratch), j->row.x, j->parts);
	if (j->only && !v.is_anomaly) {
		w->n_rejected++;
		return;
	}
	w->scratch.len = 0;
	detect_annotate(&w->scratch, &j->row, &v, j->explain);
	filter_annotate(w, r, w->scratch.data, w->scratch.len);
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
	j->parts = xcalloc(n, sizeof(*j->parts));
	j->options.columns = j->gather.columns = n;
	if (j->method) {
		j->row.parts = j->parts;
		j->detectors.method = j->method;
		j->detectors.options = &j->options;
		f->record = record;
		return;
	}
	judge_start_batch(j, f);
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
	free(j->parts);
}
