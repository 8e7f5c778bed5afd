/* rules, fifth part: what a failed check has to say. */
#include "core/utf8.h"
#include "rules/ordered.h"
#include "json/write.h"

#define VALUE_MAX 200 /* bytes of a value that are shown */

/* Append v as JSON, but not much more than most bytes of it: then the end is
 * missing. */
static void
add_start(struct buf *b, struct jval v, size_t most)
{
	struct jiter it = jval_iter(v);
	enum jtype type = jval_type(v);
	size_t len, start = b->len;
	const char *s;

	if (type == J_STRING) {
		s = jval_string(v, &len);
		jwrite_string(b, s, utf8_cut(s, len, most));
		return;
	}
	if (type != J_ARRAY && type != J_OBJECT) {
		jwrite_value(b, v);
		return;
	}
	buf_addc(b, (char)type);
	for (size_t n = 0; b->len - start <= most && jiter_next(&it); n++) {
		if (n)
			buf_addc(b, ',');
		if (type == J_OBJECT) {
			add_start(b, it.name, most);
			buf_addc(b, ':');
		}
		add_start(b, it.value, most);
	}
	buf_addc(b, type == J_ARRAY ? ']' : '}');
}

bool
rules_add_start(struct buf *out, struct jval v)
{
	struct buf text = {0};
	const char *s;
	size_t len;
	bool is_cut;

	add_start(&text, v, VALUE_MAX);
	is_cut = text.len > VALUE_MAX;
	if (is_cut) {
		s = text.data;
		len = text.len;
		if (jval_type(v) == J_STRING)
			s = jval_string(v, &len);
		jwrite_string(out, s, utf8_cut(s, len, VALUE_MAX));
	} else {
		buf_add(out, text.data, text.len);
	}
	buf_release(&text);
	return is_cut;
}

void
rules_add_member(struct buf *out, struct jval v)
{
	buf_adds(out, ",\"value\":");
	if (rules_add_start(out, v))
		buf_adds(out, ",\"cut\":true");
}

/* A key of several fields, as an array. */
static void
add_key(
    struct buf *out, const struct ordered_rule *r, const struct rules_view *v)
{
	buf_adds(out, ",\"value\":");
	for (size_t i = 0; i < r->n_slots; i++) {
		buf_addc(out, i ? ',' : '[');
		rules_add_start(out, v->fields.values[r->slots[i]]);
	}
	buf_addc(out, ']');
}

/* Of an expression the record is the value: it stands elsewhere. */
void
rules_add_value(const struct rules *rules, const struct rules_view *v,
    size_t check, struct buf *out)
{
	const struct check_args *a = rules->checks[check].args;
	struct jval value = v->fields.values[a->slot];

	if (!value.at || a->redact || value.at == v->bare.at)
		return;
	if (a->kind == KIND_UNIQUE && a->ordered->n_slots > 1) {
		add_key(out, a->ordered, v);
		return;
	}
	rules_add_member(out, value);
}

static void
add_fault(const struct schema_fault *f, void *arg)
{
	buf_addf(arg, "%s%s%s", f->path, *f->path ? " " : "", f->message);
}

void
rules_add_message(const struct rules *rules, const struct rules_view *v,
    size_t check, struct buf *out)
{
	const struct check *c = &rules->checks[check];

	if (c->message)
		buf_adds(out, c->message);
	else if (c->args->kind == KIND_SCHEMA)
		schema_explain(c->args->schema, v->work->schemas[check],
		    v->bare, 1, add_fault, out);
	else
		rules_add_words(out, c->args, v->fields.values[c->slot],
		    &v->work->notes[check]);
}

void
rules_write_errors(const struct rules *rules, const struct rules_view *v,
    size_t check, struct rules_room *room, struct buf *out)
{
	const struct check *c = &rules->checks[check];
	struct buf message = {0};

	if (c->args->kind == KIND_SCHEMA) {
		rules_write_faults(rules, v, check, room, out);
		return;
	}
	if (room->n == 0) {
		room->n_more++;
		return;
	}
	room->n--;
	jwrite_text(out, "{\"rule\":", c->rule);
	jwrite_text(out, ",\"path\":", c->pointer);
	jwrite_text(out, ",\"keyword\":", c->keyword);
	jwrite_text(out, ",\"severity\":", severity_names[c->severity]);
	rules_add_message(rules, v, check, &message);
	buf_adds(out, ",\"message\":");
	jwrite_string(out, message.data, message.len);
	jwrite_text(out, ",\"schema\":", c->place);
	buf_release(&message);
	rules_add_value(rules, v, check, out);
	buf_addc(out, '}');
}
