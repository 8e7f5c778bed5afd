/* load: what is filled in - params, headers, forms - and statuses. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "core/diag.h"
#include "core/secret.h"
#include "core/xmem.h"
#include "source/header.h"
#include "source/load.h"

static const struct doc_member reference_members[] = {
    {"secret", DOC_STRING, offsetof(struct slot, reference), true, NULL},
    {"prefix", DOC_STRING, offsetof(struct slot, prefix), false, NULL},
    {NULL, DOC_VALUE, 0, false, NULL},
};

static bool
is_reference(const char *s)
{
	return strncmp(s, "env:", 4) == 0 || strncmp(s, "file:", 5) == 0 ||
	       strncmp(s, "cred:", 5) == 0;
}

/* A string, number, boolean or reference to a secret. */
static bool
load_slot(struct definition *d, const struct doc_place *at, const json_t *v,
    struct slot *s)
{
	struct doc_place place = {.up = at, .key = "secret"};
	struct buf text = {0}, why = {0};
	bool good;

	if (json_is_object(v)) {
		good = doc_read(&d->doc, at, v, reference_members, s);
		if (good && !is_reference(s->reference)) {
			doc_fault(&d->doc, &place,
			    "must be env:NAME, file:PATH or cred:NAME");
			good = false;
		}
		return good;
	}
	good = template_text(&text, v);
	buf_addc(&text, '\0');
	if (!good)
		doc_fault(&d->doc, at,
		    "must be a string, a number or"
		    " {\"secret\":\"env:NAME\"}");
	else if (!json_is_string(v)) /* no braces in it */
		template_compile(&s->template, text.data, &why);
	else if (!template_compile(&s->template, text.data, &why))
		doc_fault(&d->doc, at, "%.*s", (int)why.len, why.data);
	buf_release(&text);
	buf_release(&why);
	return good;
}

void
slot_release(struct slot *s)
{
	template_release(&s->template);
	free(s->secret);
	s->secret = NULL;
}

void
params_release(struct params *p)
{
	for (size_t i = 0; i < p->n; i++)
		slot_release(&p->all[i].value);
	free(p->all);
	*p = (struct params){0};
}

static void
add_param(struct definition *d, struct params *p, const struct doc_place *at,
    const char *name, const json_t *v)
{
	struct param param = {.name = name};

	if (json_is_null(v) || !load_slot(d, at, v, &param.value))
		return;
	p->all = xrealloc(p->all, p->n + 1, sizeof(*p->all));
	p->all[p->n++] = param;
}

/* The name of a header, and no secret written out. */
static void
check_header(struct definition *d, const struct doc_place *at, const json_t *v)
{
	const char *s = at->key;

	while (
	    isalnum((unsigned char)*s) || (*s && strchr("-_.!#$%&'*+^`|~", *s)))
		s++;
	if (*s || s == at->key)
		doc_fault(&d->doc, at, "not the name of a header");
	if (json_is_string(v) && source_header_is_secret(at->key))
		doc_fault(&d->doc, at,
		    "a secret must not stand here: {\"secret\":\"env:NAME\"}");
}

void
load_params(struct definition *d, const char *member, const json_t *object,
    struct params *p)
{
	struct doc_place up = {.key = member}, at = {.up = &up},
			 each = {.up = &at};
	json_t *v;

	json_object_foreach((json_t *)object, at.key, v)
	{
		if (p == &d->headers)
			check_header(d, &at, v);
		if (!json_is_array(v)) {
			add_param(d, p, &at, at.key, v);
			continue;
		}
		each.index = 0;
		for (; each.index < json_array_size(v); each.index++)
			add_param(
			    d, p, &each, at.key, json_array_get(v, each.index));
	}
}

/* Find the secrets in a body, and what is no template. */
void
load_body(struct definition *d, const struct doc_place *up, const json_t *v)
{
	struct doc_place at = {.up = up};
	struct template t = {0};
	struct slot secret = {0};
	struct buf why = {0};
	json_t *each;

	if (json_is_string(v) &&
	    !template_compile(&t, json_string_value(v), &why))
		doc_fault(&d->doc, up, "%.*s", (int)why.len, why.data);
	template_release(&t);
	buf_release(&why);
	json_array_foreach((json_t *)v, at.index, each)
	{
		load_body(d, &at, each);
	}

	if (!json_is_string(json_object_get(v, "secret"))) {
		json_object_foreach((json_t *)v, at.key, each)
		{
			load_body(d, &at, each);
		}
		return;
	}
	if (!load_slot(d, up, v, &secret))
		return;
	d->body_secrets = xrealloc(
	    d->body_secrets, d->n_body_secrets + 1, sizeof(*d->body_secrets));
	d->body_secrets[d->n_body_secrets++] = secret;
}

/* "404" or "4xx": set what is to be done for it. */
static bool
set_statuses(struct definition *d, const char *status, enum status_action to)
{
	int first = (status[0] - '0') * 100, n = 1;

	if (strlen(status) != 3 || status[0] < '3' || status[0] > '5')
		return false;
	if (strcmp(status + 1, "xx") == 0)
		n = 100;
	else if (isdigit((unsigned char)status[1]) &&
		 isdigit((unsigned char)status[2]))
		first += (status[1] - '0') * 10 + status[2] - '0';
	else
		return false;
	for (int i = first; i < first + n; i++)
		if (n == 1 || d->on_status[i] == STATUS_DEFAULT)
			d->on_status[i] = (uint8_t)to;
	return true;
}

void
load_statuses(struct definition *d, const json_t *v)
{
	static const char *const words[] = {
	    "ignore", "retry", "fail", "refresh", NULL};
	struct doc_place up = {.key = "on_status"}, at = {.up = &up};
	int word;
	json_t *action;

	/* single statuses go before their class, wherever they stand */
	json_object_foreach((json_t *)v, at.key, action)
	{
		for (word = 0; words[word]; word++)
			if (json_is_string(action) &&
			    strcmp(json_string_value(action), words[word]) == 0)
				break;
		if (!words[word])
			doc_fault(&d->doc, &at,
			    "must be ignore, retry, fail or refresh");
		else if (!set_statuses(d, at.key,
			     (enum status_action)((int)STATUS_IGNORE + word)))
			doc_fault(
			    &d->doc, &at, "not a status such as 404 or 5xx");
	}
}

void
slot_show(const struct slot *s, struct buf *out)
{
	if (s->reference)
		buf_addf(
		    out, "%s{%s}", s->prefix ? s->prefix : "", s->reference);
}

/* In a URL or a form it looks otherwise; that is masked as well, for servers
 * tell what they were asked. */
static void
remember_escaped(const char *secret)
{
	struct buf escaped = {0};
	size_t len = strlen(secret);

	template_escape(&escaped, secret, len);
	if (escaped.len != len)
		secret_remember(escaped.data, escaped.len);
	buf_release(&escaped);
}

static int
unlock(struct definition *d, struct slot *s)
{
	struct buf text = {0}, why = {0};
	char *secret;

	if (!s->reference || s->secret)
		return 0;
	secret = secret_read(s->reference, &why);
	if (!secret) {
		diag_error("%s: %.*s", d->name, (int)why.len, why.data);
		buf_release(&why);
		return EX_CONFIG;
	}
	buf_adds(&text, s->prefix ? s->prefix : "");
	buf_add(&text, secret, strlen(secret) + 1);
	remember_escaped(secret);
	free(secret);
	s->secret = text.data;
	return 0;
}

static int
unlock_all(struct definition *d, struct params *p)
{
	int status = 0;

	for (size_t i = 0; i < p->n && status == 0; i++)
		status = unlock(d, &p->all[i].value);
	return status;
}

int
definition_unlock(struct definition *d, const char *tokens)
{
	struct buf why = {0};
	int status = d->is_unlocked ? 0 : unlock_all(d, &d->params);

	if (status == 0)
		status = unlock_all(d, &d->headers);
	if (status == 0)
		status = unlock_all(d, &d->form);
	for (size_t i = 0; i < d->n_body_secrets && status == 0; i++)
		status = unlock(d, &d->body_secrets[i]);
	if (status == 0 && d->auth && !d->is_unlocked)
		status = auth_unlock(d->auth, tokens, &why);
	if (why.len > 0)
		diag_error("%s: auth: %.*s", d->name, (int)why.len, why.data);
	buf_release(&why);
	d->is_unlocked = status == 0;
	return status;
}
