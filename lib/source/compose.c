#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "core/xmem.h"
#include "source/compose.h"
#include "source/url.h"

static void
end(struct buf *b)
{
	buf_addc(b, '\0');
	b->len--;
}

/* Append what a slot comes to, escaped by who calls. */
static int
fill(const struct compose *how, const struct slot *s, struct buf *out,
    struct buf *why)
{
	if (!s->reference)
		return template_fill(
		    &s->template, how->vars, TEMPLATE_TEXT, out, why);
	if (how->is_shown || !s->secret)
		slot_show(s, out);
	else
		buf_adds(out, s->secret);
	return 0;
}

/* Is it nothing but a variable that is null, or that nobody set but may be
 * left out? */
static bool
is_left_out(const struct compose *how, const struct slot *s)
{
	const char *name = template_name(&s->template);
	const json_t *v = name ? json_object_get(how->vars, name) : NULL;

	return v && json_is_null(v);
}

static bool
is_extra(const struct compose *how, const char *name, enum page_place in)
{
	for (size_t i = 0; i < how->n_extras; i++)
		if (how->extras[i].in == in &&
		    strcmp(how->extras[i].name, name) == 0)
			return true;
	return false;
}

/* One parameter; if it is only shown, a secret as its reference. */
static int
add_param(struct composed *c, const struct compose *how, const char *name,
    const struct slot *s, struct buf *why)
{
	struct buf text = {0};
	int status = fill(how, s, &text, why);

	if (how->is_shown && s->reference) { /* to be read */
		url_add_param(&c->url, name, "", 0);
		buf_add(&c->url, text.data, text.len);
		end(&c->url);
	} else {
		url_add_param(
		    &c->url, name, text.data ? text.data : "", text.len);
	}
	buf_release(&text);
	return status;
}

static int
add_query(struct composed *c, const struct compose *how, struct buf *why)
{
	const struct params *p = &how->d->params;
	int status = 0;

	for (size_t i = 0; i < p->n && status == 0; i++) {
		const struct slot *s = &p->all[i].value;

		if (how->url &&
		    (!s->reference || url_has_param(how->url, p->all[i].name)))
			continue; /* a next page has them already */
		if (is_left_out(how, s) ||
		    is_extra(how, p->all[i].name, PAGE_IN_QUERY))
			continue;
		status = add_param(c, how, p->all[i].name, s, why);
	}
	for (size_t i = 0; i < how->n_extras && status == 0; i++)
		if (how->extras[i].in == PAGE_IN_QUERY)
			url_add_param(&c->url, how->extras[i].name,
			    how->extras[i].text.data, how->extras[i].text.len);
	return status;
}

static int
compose_url(struct composed *c, const struct compose *how, struct buf *why)
{
	int status = 0;

	if (how->url)
		buf_adds(&c->url, how->url);
	else
		status = template_fill(
		    &how->d->url, how->vars, TEMPLATE_URL, &c->url, why);
	end(&c->url);
	if (status == 0)
		status = add_query(c, how, why);
	return status;
}

static bool
is_control(const struct buf *b)
{
	for (size_t i = 0; i < b->len; i++)
		if ((unsigned char)b->data[i] < ' ' || b->data[i] == 0x7F)
			return true;
	return false;
}

/* Takes the line. */
static void
take_header(struct composed *c, struct buf *line)
{
	end(line);
	c->headers = xrealloc(c->headers, c->n_headers + 2, sizeof(char *));
	c->headers[c->n_headers++] = line->data;
	c->headers[c->n_headers] = NULL;
	*line = (struct buf){0};
}

static int
compose_headers(struct composed *c, const struct compose *how, struct buf *why)
{
	const struct params *p = &how->d->headers;
	struct buf line = {0};
	int status = 0;

	for (size_t i = 0; i < p->n && status == 0; i++) {
		if (is_left_out(how, &p->all[i].value) ||
		    is_extra(how, p->all[i].name, PAGE_IN_HEADER))
			continue;
		buf_addf(&line, "%s: ", p->all[i].name);
		status = fill(how, &p->all[i].value, &line, why);
		if (status == 0 && is_control(&line)) {
			buf_addf(why,
			    "header %s: its value has control"
			    " characters",
			    p->all[i].name);
			status = EX_DATAERR;
		}
		take_header(c, &line);
	}
	for (size_t i = 0; i < how->n_extras; i++)
		if (how->extras[i].in == PAGE_IN_HEADER) {
			buf_addf(&line, "%s: ", how->extras[i].name);
			buf_add(&line, how->extras[i].text.data,
			    how->extras[i].text.len);
			if (is_control(&line))
				status = EX_DATAERR;
			take_header(c, &line);
		}
	for (size_t i = 0; how->headers && how->headers[i]; i++) {
		buf_adds(&line, how->headers[i]);
		take_header(c, &line);
	}
	return status;
}

static json_t *fill_json(
    const struct compose *how, const json_t *v, struct buf *why, int *status);

/* {"secret": ...} in a body. */
static json_t *
fill_secret(const struct compose *how, const json_t *v)
{
	const char *prefix = json_string_value(json_object_get(v, "prefix"));
	struct slot s = {
	    .reference = json_string_value(json_object_get(v, "secret")),
	    .prefix = prefix};
	struct buf text = {0};
	json_t *made;

	for (size_t i = 0; !how->is_shown && i < how->d->n_body_secrets; i++)
		if (how->d->body_secrets[i].reference == s.reference)
			s.secret = how->d->body_secrets[i].secret;
	if (s.secret)
		buf_adds(&text, s.secret);
	else
		slot_show(&s, &text);
	made = json_stringn(text.data, text.len);
	buf_release(&text);
	return made;
}

static json_t *
fill_string(
    const struct compose *how, const json_t *v, struct buf *why, int *status)
{
	struct template t = {0};
	struct buf text = {0};
	const char *name;
	json_t *made = NULL;

	if (!template_compile(&t, json_string_value(v), why)) {
		*status = EX_DATAERR;
		return json_null();
	}
	name = template_name(&t);
	if (name && json_object_get(how->vars, name)) {
		made = json_incref(json_object_get(how->vars, name));
	} else {
		*status =
		    template_fill(&t, how->vars, TEMPLATE_TEXT, &text, why);
		made = json_stringn(text.data ? text.data : "", text.len);
	}
	template_release(&t);
	buf_release(&text);
	return made ? made : json_null();
}

/* A copy of a part of the body, filled in. */
static json_t *
fill_json(
    const struct compose *how, const json_t *v, struct buf *why, int *status)
{
	json_t *made, *each;
	const char *key;
	size_t i;

	if (*status != 0)
		return json_null();
	if (json_is_string(v))
		return fill_string(how, v, why, status);
	if (json_is_object(v) && json_is_string(json_object_get(v, "secret")))
		return fill_secret(how, v);
	if (json_is_array(v)) {
		made = json_array();
		json_array_foreach((json_t *)v, i, each)
		{
			json_array_append_new(
			    made, fill_json(how, each, why, status));
		}

		return made;
	}
	if (!json_is_object(v))
		return json_incref((json_t *)v);
	made = json_object();
	json_object_foreach((json_t *)v, key, each)
	{
		json_object_set_new(
		    made, key, fill_json(how, each, why, status));
	}
	return made;
}

/* What a page wants in the body: a number where it looks like one. */
static void
set_extra(json_t *body, const struct extra *e)
{
	json_error_t error;
	json_t *v =
	    json_loadb(e->text.data, e->text.len, JSON_DECODE_ANY, &error);

	if (!json_is_integer(v)) {
		json_decref(v);
		v = json_stringn(e->text.data, e->text.len);
	}
	json_object_set_new(body, e->name, v);
}

static int
compose_json(struct composed *c, const struct compose *how, struct buf *why)
{
	struct buf type = {0};
	int status = 0;
	json_t *body = fill_json(how, how->d->body, why, &status);
	char *text;

	for (size_t i = 0; i < how->n_extras; i++)
		if (how->extras[i].in == PAGE_IN_BODY)
			set_extra(body, &how->extras[i]);
	text = json_dumps(body, JSON_COMPACT);
	json_decref(body);
	if (text)
		buf_adds(&c->body, text);
	free(text);
	buf_adds(&type, "Content-Type: application/json");
	take_header(c, &type);
	return status;
}

static void
add_field(struct buf *b, const char *name, const char *value, size_t len)
{
	if (b->len > 0)
		buf_addc(b, '&');
	template_escape(b, name, strlen(name));
	buf_addc(b, '=');
	template_escape(b, value, len);
}

static int
fill_field(struct composed *c, const struct compose *how, const char *name,
    const struct slot *s, struct buf *why)
{
	struct buf text = {0};
	int status = fill(how, s, &text, why);

	add_field(&c->body, name, text.data ? text.data : "", text.len);
	buf_release(&text);
	return status;
}

static int
compose_form(struct composed *c, const struct compose *how, struct buf *why)
{
	const struct params *p = &how->d->form;
	struct buf type = {0};
	int status = 0;

	for (size_t i = 0; i < p->n && status == 0; i++) {
		if (is_left_out(how, &p->all[i].value) ||
		    is_extra(how, p->all[i].name, PAGE_IN_BODY))
			continue;
		status =
		    fill_field(c, how, p->all[i].name, &p->all[i].value, why);
	}
	for (size_t i = 0; i < how->n_extras; i++)
		if (how->extras[i].in == PAGE_IN_BODY)
			add_field(&c->body, how->extras[i].name,
			    how->extras[i].text.data, how->extras[i].text.len);
	buf_adds(&type, "Content-Type: application/x-www-form-urlencoded");
	take_header(c, &type);
	return status;
}

int
compose(struct composed *c, const struct compose *how, struct buf *why)
{
	const struct definition *d = how->d;
	int status;

	*c = (struct composed){.method = d->method};
	status = compose_url(c, how, why);
	if (status == 0)
		status = compose_headers(c, how, why);
	if (status == 0 && d->body)
		status = compose_json(c, how, why);
	else if (status == 0 && d->form.n > 0)
		status = compose_form(c, how, why);
	if (!c->method)
		c->method = d->body || d->form.n > 0 ? "POST" : "GET";
	return status;
}

void
composed_release(struct composed *c)
{
	buf_release(&c->url);
	buf_release(&c->body);
	for (size_t i = 0; i < c->n_headers; i++)
		free(c->headers[i]);
	free(c->headers);
	*c = (struct composed){0};
}
