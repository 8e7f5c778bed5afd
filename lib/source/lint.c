#include <stdlib.h>
#include <string.h>

#include "core/cli.h"
#include "core/diag.h"
#include "source/definition.h"
#include "source/lint.h"
#include "json/expr.h"

struct lint {
	const struct definition *d;
	int n_findings;
};

/* Tell a finding at the member. */
static void find(struct lint *l, const char *member, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

static void
find(struct lint *l, const char *member, const char *fmt, ...)
{
	struct buf b = {0};
	va_list ap;

	va_start(ap, fmt);
	buf_addv(&b, fmt, ap);
	va_end(ap);
	diag_warn("%s: /%s: %s", l->d->doc.name, member, b.data);
	buf_release(&b);
	l->n_findings++;
}

static bool
has_secret(const struct params *p)
{
	for (size_t i = 0; i < p->n; i++)
		if (p->all[i].value.reference)
			return true;
	return false;
}

static void
look_at_secrets(struct lint *l)
{
	const struct definition *d = l->d;
	const struct template *url = &d->url;
	const char *first = url->n > 0 ? url->parts[0].text : "";
	bool is_ftp = strncmp(first, "ftp://", 6) == 0, is_local,
	     has_any = has_secret(&d->params) || has_secret(&d->headers) ||
		       has_secret(&d->form) || d->auth;

	if (!is_ftp && strncmp(first, "http://", 7) != 0)
		return;
	first += is_ftp ? 6 : 7;
	is_local = strncmp(first, "127.0.0.1", 9) == 0 ||
		   strncmp(first, "localhost", 9) == 0;
	if (has_any && !is_local)
		find(l, "url",
		    "everybody on the way can read the secrets;"
		    " %s would hide them",
		    is_ftp ? "sftp" : "https");
}

/* The names that templates may use: what is set, and what is always there. */
static const char **
known_names(const struct definition *d)
{
	static const char *const always[] = {"since", "until", "now", "today"};
	const json_t *row = json_array_get(d->rows, 0);
	size_t n = 0;
	const char **names, *key;
	json_t *v;

	names = calloc(json_object_size(d->vars) + json_object_size(row) + 5,
	    sizeof(*names));
	if (!names)
		return NULL;
	for (; n < 4; n++)
		names[n] = always[n];
	json_object_foreach((json_t *)d->vars, key, v)
	{
		names[n++] = key;
	}

	json_object_foreach((json_t *)row, key, v)
	{
		names[n++] = key;
	}

	return names;
}

static void
look_at_names(struct lint *l, const char *member, const struct template *t,
    const char *const *names)
{
	for (size_t i = 0; i < t->n; i++) {
		const char *name = t->parts[i].text, *nearest;
		size_t k = 0;

		if (!t->parts[i].is_name)
			continue;
		while (names[k] && strcmp(names[k], name) != 0)
			k++;
		nearest = names[k] ? NULL : cli_nearest(name, names);
		if (nearest)
			find(l, member,
			    "{%s} is set nowhere; did you mean {%s}?", name,
			    nearest);
	}
}

static void
look_at_templates(struct lint *l)
{
	const struct definition *d = l->d;
	const char **names = known_names(d);

	if (!names)
		return;
	look_at_names(l, "url", &d->url, names);
	for (size_t i = 0; i < d->params.n; i++)
		look_at_names(
		    l, "params", &d->params.all[i].value.template, names);
	for (size_t i = 0; i < d->headers.n; i++)
		look_at_names(
		    l, "headers", &d->headers.all[i].value.template, names);
	free(names);
}

static bool
count(void *arg, const char *json, size_t len)
{
	(void)json;
	(void)len;
	++*(size_t *)arg;
	return true;
}

/* Do records and map make something of the sample? */
static void
look_at_sample(struct lint *l)
{
	const struct definition *d = l->d;
	struct buf text = {0}, all = {0}, why = {0};
	struct jdoc doc;
	struct expr *x;
	size_t n = 0;
	char *json = json_dumps(d->sample, JSON_ENCODE_ANY);

	if (!json)
		return;
	jdoc_init(&doc);
	buf_addf(&all, "(%s) | (%s)",
	    d->records ? d->records
		       : "if type == \"array\" then .[] else . end",
	    d->map ? d->map : ".");
	buf_adds(&text, json);
	buf_reserve(&text, JDOC_PADDING);
	x = expr_new(all.data, NULL, &why);
	if (x && jdoc_parse(&doc, text.data, text.len) == JERR_NONE &&
	    !expr_each(x, jval_root(&doc), count, &n, &why))
		find(l, "sample", "records or map: %.*s", (int)why.len,
		    why.data);
	else if (x && n == 0)
		find(l, "sample", "records and map make no record of it");
	expr_free(x);
	jdoc_release(&doc);
	buf_release(&text);
	buf_release(&all);
	buf_release(&why);
	free(json);
}

static int
lint_one(const char *name)
{
	struct definition d;
	struct lint l = {.d = &d};
	int status = definition_load(&d, name);

	if (status == 0) {
		look_at_secrets(&l);
		look_at_templates(&l);
		look_at_sample(&l);
		status = l.n_findings > 0;
	}
	definition_release(&d);
	return status;
}

int
source_lint(int n, char *const *names)
{
	int status = 0, rc;

	for (int i = 0; i < n; i++) {
		rc = lint_one(names[i]);
		status = status > 1 || rc == 0 ? status : rc;
	}
	return status;
}
