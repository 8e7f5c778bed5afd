/* rules, part: a schema is one check, which may have many things to say. */
#include <string.h>

#include "rules/compile.h"
#include "json/write.h"

void
rules_add_schema_check(
    struct rules *rules, struct schema *schema, const char *place)
{
	struct jpath root = {.n = 0};
	struct compiler c = {.rules = rules,
	    .r = {.severity = SEVERITY_ERROR, .dimension = -1},
	    .field = ".",
	    .pointer = "",
	    .slot = fields_add(&rules->fields, &root)};
	struct check_args args = {
	    .schema = schema, .text = rules_keep_string(rules, place)};

	rules_add_check(&c, KIND_SCHEMA, "schema", args);
}

void
rules_add_schema(struct rules *rules, struct doc *d)
{
	struct doc_place at = {.key = "schema"};
	struct schema *schema;
	size_t faults = d->n_faults;

	if (schema_from(&schema, d, &at, rules->schemas) != 0)
		return;
	d->n_faults = faults; /* unknown keywords are told, but are none */
	rules_add_schema_check(rules, schema, "/schema");
}

/* The record written anew but for its member _cdo, which the filters before
 * us put there. */
static struct jval
leave_out_cdo(struct rules_work *w, struct jval root)
{
	struct jiter it = jval_iter(root);
	struct buf *b = &w->key;
	size_t len;

	b->len = 0;
	buf_addc(b, '{');
	while (jiter_next(&it)) {
		const char *name = jval_string(it.name, &len);

		if (jval_is_string(it.name, "_cdo", 4))
			continue;
		if (b->len > 1)
			buf_addc(b, ',');
		jwrite_string(b, name, len);
		buf_addc(b, ':');
		jwrite_value(b, it.value);
	}
	buf_addc(b, '}');
	len = b->len;
	buf_reserve(b, JDOC_PADDING);
	if (!w->bare.parser)
		jdoc_init(&w->bare);
	jdoc_parse(&w->bare, b->data, len);
	return jval_root(&w->bare);
}

bool
rules_pass_schema(
    const struct schema *schema, struct rules_view *v, size_t check)
{
	struct schema_view *view = v->work->schemas[check];

	if (schema_check(schema, view, v->bare))
		return true;
	if (v->bare.doc == &v->work->bare || !jval_get(v->root, "_cdo", 4).at)
		return false;
	v->bare = leave_out_cdo(v->work, v->root);
	return schema_check(schema, view, v->bare);
}

struct telling {
	const struct check *check;
	struct rules_room *room;
	struct buf *out;
	size_t n;
};

static void
tell(const struct schema_fault *f, void *arg)
{
	struct telling *t = arg;

	if (t->room->n == 0) {
		t->room->n_more++;
		return;
	}
	t->room->n--;
	jwrite_text(
	    t->out, t->n++ ? ",{\"rule\":" : "{\"rule\":", t->check->rule);
	jwrite_text(t->out, ",\"path\":", f->path);
	jwrite_text(t->out, ",\"keyword\":", f->keyword);
	jwrite_text(
	    t->out, ",\"severity\":", severity_names[t->check->severity]);
	jwrite_text(t->out, ",\"message\":", f->message);
	if (f->n_other > 0)
		jwrite_count(t->out, ",\"others\":", f->n_other);
	jwrite_text(t->out, ",\"schema\":", f->schema);
	if (f->value.at && !t->check->args->redact)
		rules_add_member(t->out, f->value);
	buf_addc(t->out, '}');
}

void
rules_write_faults(const struct rules *rules, const struct rules_view *v,
    size_t check, struct rules_room *room, struct buf *out)
{
	const struct check *c = &rules->checks[check];
	struct telling t = {c, room, out, 0};

	schema_explain(c->args->schema, v->work->schemas[check], v->bare,
	    SIZE_MAX, tell, &t);
}
