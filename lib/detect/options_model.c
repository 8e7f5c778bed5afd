#include <errno.h>
#include <string.h>
#include <sysexits.h>

#include "core/diag.h"
#include "core/timestamp.h"
#include "detect/options_private.h"

static bool
is_same(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : a == b;
}

static bool
has_same_fields(const struct options *o)
{
	const struct models_definition *d = &o->models.definition;

	if (d->n != o->judge->row.columns)
		return false;
	for (size_t i = 0; i < d->n; i++)
		if (strcmp(d->fields[i], o->judge->names[i]) != 0)
			return false;
	return true;
}

static void
check(const struct options *o)
{
	const struct models_definition *d = &o->models.definition;
	const char *key = o->judge->key_name;

	if (o->method && strcmp(o->method, d->method) != 0)
		die(EX_CONFIG, "%s: made with the method %s, not %s", o->model,
		    d->method, o->method);
	if (key && !is_same(key, d->key))
		die(EX_CONFIG, "%s: made with %s%s, not with the key %s",
		    o->model, d->key ? "the key " : "no key",
		    d->key ? d->key : "", key);
	if (o->judge->row.columns > 0 && !has_same_fields(o))
		die(EX_CONFIG,
		    "%s: made of other fields, %zu from %s on; --field need "
		    "not be given",
		    o->model, d->n, d->fields[0]);
}

void
options_use_model(struct options *o, unsigned jobs)
{
	const struct models_definition *d = &o->models.definition;
	int error;
	const char *wrong = models_read(&o->models, o->model, &error);

	if (wrong)
		die(error == 0 ? EX_CONFIG : EX_NOINPUT, "%s: %s", o->model,
		    wrong);
	check(o);
	o->method = d->method;
	options_refuse_all(o, jobs);
	for (size_t i = o->judge->row.columns; i < d->n; i++)
		options_add_field(o, d->fields[i]);
	if (d->key && !o->judge->key_name)
		options_set_key(o, d->key);
	o->judge->window = d->window;
	o->judge->models = &o->models;
}

static bool
has_same_options(const struct options *o)
{
	struct buf b = {0};
	bool is_it;

	models_options(&b, &o->judge->gather);
	buf_addc(&b, '\0');
	is_it = strcmp(o->models.options, b.data) == 0;
	buf_release(&b);
	return is_it;
}

void
options_use_fresh(struct options *o)
{
	struct judge *j = o->judge;
	struct models *m = &o->models;
	int error;
	const char *wrong = models_read(m, j->fit, &error);
	int64_t age = timestamp_now() - m->fitted_ms;

	if (wrong && error != ENOENT)
		diag_warn("%s: %s; it is made anew", j->fit, wrong);
	if (wrong || age < 0 || age >= o->retrain_ms ||
	    m->method != j->gather.method || !has_same_fields(o) ||
	    !is_same(m->definition.key, j->key_name) ||
	    m->definition.window != j->window || !has_same_options(o))
		return;
	j->models = m;
}
