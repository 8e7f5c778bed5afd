/* suggest, second part: JSON Schema. */
#include <inttypes.h>
#include <string.h>

#include "quality/proposal.h"
#include "quality/suggest.h"
#include "json/write.h"

/* Keywords, by demand, as the comments have them. */
static const char *const words[DEMAND_COUNT] = {"required", "type", "minimum",
    "maximum", "min length", "max length", "pattern", "enum", "unique",
    "order"};

/* Where the text goes, and how deep it is. */
struct writer {
	struct buf *b;
	const struct profile *p;
	unsigned depth;
	bool is_first; /* of the members at hand */
};

static void
new_line(struct writer *w)
{
	buf_addc(w->b, '\n');
	for (unsigned i = 0; i < w->depth; i++)
		buf_adds(w->b, "  ");
}

static void
begin(struct writer *w, char bracket)
{
	buf_addc(w->b, bracket);
	w->depth++;
	w->is_first = true;
}

static void
end(struct writer *w, char bracket)
{
	w->depth--;
	if (!w->is_first)
		new_line(w);
	buf_addc(w->b, bracket);
	w->is_first = false;
}

/* Begin a member or, with no name, an element. */
static void
next(struct writer *w, const char *name, size_t len)
{
	if (!w->is_first)
		buf_addc(w->b, ',');
	w->is_first = false;
	new_line(w);
	if (!name)
		return;
	jwrite_string(w->b, name, len);
	buf_adds(w->b, ": ");
}

static void
keyword(struct writer *w, const char *word)
{
	next(w, word, strlen(word));
}

static void
add_string(struct buf *b, const char *s)
{
	jwrite_string(b, s, strlen(s));
}

static void
add_type(struct writer *w, const struct proposal *q)
{
	bool is_list = (q->types & (q->types - 1)) != 0;
	size_t n = 0;

	keyword(w, "type");
	if (is_list)
		buf_addc(w->b, '[');
	for (unsigned i = 0; i < PROFILE_TYPES; i++)
		if (q->types & 1U << i) {
			if (n++ > 0)
				buf_adds(w->b, ", ");
			add_string(w->b, profile_type_names[i]);
		}
	if (is_list)
		buf_addc(w->b, ']');
}

static void
add_values(struct writer *w, const struct proposal *q)
{
	keyword(w, "enum");
	for (size_t i = 0; i < q->n_values; i++) {
		buf_adds(w->b, i ? ", " : "[");
		profile_write_value(w->b, &q->values[i]);
	}
	buf_adds(w->b, q->types & 1U << PROFILE_NULL ? ", null]" : "]");
}

static void
add_length(struct writer *w, const char *of_string, const char *of_array,
    const struct proposal *q, uint64_t n)
{
	bool is_string = q->types & 1U << PROFILE_STRING;

	if (n == PROPOSAL_NONE)
		return;
	keyword(w, is_string ? of_string : of_array);
	jwrite_uint(w->b, n);
}

static void
add_comment(struct writer *w, const struct proposal *q)
{
	struct buf text = {0};

	for (int i = 0; i < DEMAND_COUNT; i++) {
		const struct buf *why = &q->evidence[i];

		if (why->len > 0)
			buf_addf(&text, "%s%s: %.*s", text.len ? "; " : "",
			    words[i], (int)why->len, why->data);
	}
	if (text.len > 0) {
		keyword(w, "$comment");
		jwrite_string(w->b, text.data, text.len);
	}
	buf_release(&text);
}

static void
add_demands(struct writer *w, const struct proposal *q)
{
	if (q->types)
		add_type(w, q);
	if (q->min.len > 0) {
		keyword(w, "minimum");
		buf_add(w->b, q->min.data, q->min.len);
	}
	if (q->max.len > 0) {
		keyword(w, "maximum");
		buf_add(w->b, q->max.data, q->max.len);
	}
	add_length(w, "minLength", "minItems", q, q->min_length);
	add_length(w, "maxLength", "maxItems", q, q->max_length);
	if (q->form < FORM_COUNT) {
		keyword(w, "format");
		add_string(w->b, form_names[q->form]);
	}
	if (q->pattern.len > 0) {
		keyword(w, "pattern");
		jwrite_string(w->b, q->pattern.data, q->pattern.len);
	}
	if (q->n_values > 0)
		add_values(w, q);
	add_comment(w, q);
}

static void add_path(struct writer *w, const struct profile_path *x);

static bool
is_required(const struct writer *w, const struct profile_path *x)
{
	struct proposal q;
	bool yes;

	proposal_make(&q, w->p, x);
	yes = q.is_required;
	proposal_release(&q);
	return yes;
}

static void
add_members(struct writer *w, const struct profile_path *x)
{
	const struct profile_path *c;
	bool any = false;

	keyword(w, "properties");
	begin(w, '{');
	for (c = x->child; c; c = c->sibling) {
		if (!c->name)
			continue;
		next(w, c->name, c->len);
		add_path(w, c);
	}
	end(w, '}');
	for (c = x->child; c; c = c->sibling) {
		if (!c->name || !is_required(w, c))
			continue;
		if (!any)
			keyword(w, "required");
		buf_adds(w->b, any ? ", " : "[");
		jwrite_string(w->b, c->name, c->len);
		any = true;
	}
	if (any)
		buf_addc(w->b, ']');
}

/* The names of a map, if they are all codes of one shape. */
static void
add_names(struct writer *w, const struct profile_path *x)
{
	struct shapes names = {0};
	struct buf pattern = {0};

	for (const struct profile_path *c = x->child; c; c = c->sibling)
		if (c->name)
			shapes_add(&names, c->name, c->len);
	if (names.n == 1 && names.n_text == 0 && shape_is_code(names.all)) {
		buf_addc(&pattern, '^');
		shape_pattern(&pattern, names.all);
		buf_addc(&pattern, '$');
		keyword(w, "propertyNames");
		buf_adds(w->b, "{\"pattern\": ");
		jwrite_string(w->b, pattern.data, pattern.len);
		buf_addc(w->b, '}');
	}
	shapes_release(&names);
	buf_release(&pattern);
}

/* The members of a map as one: what they are all like. */
static void
add_map(struct writer *w, const struct profile_path *x)
{
	struct profile all;

	profile_init(&all, false);
	for (const struct profile_path *c = x->child; c; c = c->sibling)
		if (c->name)
			profile_graft(&all, c);
	add_names(w, x);
	keyword(w, "additionalProperties");
	add_path(&(struct writer){w->b, &all, w->depth, true}, all.root);
	profile_release(&all);
}

static bool
has_members(const struct profile_path *x)
{
	const struct profile_path *c = x->child;

	return c && (c->name || (c->sibling && c->sibling->name));
}

/* The schema of what stands at a path.  No deeper than PROFILE_DEPTH. */
static void
add_path(struct writer *w, const struct profile_path *x)
{
	const struct profile_path *elements = x->child;
	struct proposal q;

	begin(w, '{');
	if (!x->up && x == w->p->root && w->depth == 1) {
		keyword(w, "$schema");
		add_string(
		    w->b, "https://json-schema.org/draft/2020-12/schema");
		keyword(w, "title");
		buf_addf(w->b, "\"proposed from %" PRIu64 " records\"",
		    w->p->n_records);
	}
	proposal_make(&q, w->p, x);
	add_demands(w, &q);
	proposal_release(&q);
	while (elements && elements->name)
		elements = elements->sibling;
	if (!proposal_is_map(x)) {
		if (has_members(x))
			add_members(w, x);
	} else if (x->n_beyond == 0) { /* else some were not looked at */
		add_map(w, x);
	}
	if (elements) {
		keyword(w, "items");
		add_path(w, elements);
	}
	end(w, '}');
}

void
suggest_schema(struct buf *b, const struct profile *p)
{
	struct writer w = {b, p, 0, true};

	add_path(&w, p->root);
}
