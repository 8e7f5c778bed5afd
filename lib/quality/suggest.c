/* suggest, first part: rule files. */
#include <inttypes.h>
#include <string.h>

#include "quality/proposal.h"
#include "quality/suggest.h"
#include "json/write.h"

/* Members of a rule, by demand. */
static const char *const words[DEMAND_COUNT] = {"required", "type", "min",
    "max", "min_length", "max_length", "pattern", "enum", "unique", "order"};

static void
add_string(struct buf *b, const char *before, const char *s)
{
	buf_adds(b, before);
	jwrite_string(b, s, strlen(s));
}

static void
add_buf(struct buf *b, const char *before, const struct buf *s)
{
	buf_adds(b, before);
	jwrite_string(b, s->data, s->len);
}

static void
add_length(struct buf *b, const char *before, uint64_t n)
{
	if (n == PROPOSAL_NONE)
		return;
	buf_adds(b, before);
	jwrite_uint(b, n);
}

static void
add_type(struct buf *b, const struct proposal *q)
{
	unsigned types = q->types;
	size_t n = 0;

	/* null has no field, so only a required one says that it will do */
	if (!q->is_everywhere)
		types &= ~(1U << PROFILE_NULL);
	buf_adds(b, ", \"type\": ");
	if (types & (types - 1))
		buf_addc(b, '[');
	for (unsigned i = 0; i < PROFILE_TYPES; i++)
		if (types & 1U << i) {
			bool is_time = q->is_time && i == PROFILE_STRING;

			add_string(b, n++ ? ", " : "",
			    is_time ? "datetime" : profile_type_names[i]);
		}
	if (types & (types - 1))
		buf_addc(b, ']');
}

static void
add_values(struct buf *b, const struct proposal *q)
{
	for (size_t i = 0; i < q->n_values; i++) {
		buf_adds(b, i ? ", " : ", \"enum\": [");
		profile_write_value(b, &q->values[i]);
	}
	if (q->n_values > 0)
		buf_addc(b, ']');
}

/* The evidence of the demands from low to high, and the rule's end. */
static void
end_rule(
    struct buf *b, const struct proposal *q, enum demand low, enum demand high)
{
	const char *before = ",\n   \"evidence\": {";

	for (unsigned i = low; i <= high; i++) {
		if (q->evidence[i].len == 0 ||
		    (i == DEMAND_REQUIRED && !q->is_everywhere))
			continue;
		add_string(b, before, words[i]);
		add_buf(b, ": ", &q->evidence[i]);
		before = ", ";
	}
	buf_adds(b, "}}");
}

static void
begin_rule(struct buf *b, size_t *n)
{
	buf_adds(b, (*n)++ ? ",\n  {" : "\n  {");
}

/* The rules for one path, which is called field. */
static void
add_rules(
    struct buf *b, const struct proposal *q, const struct buf *field, size_t *n)
{
	if (q->types) {
		begin_rule(b, n);
		add_buf(b, "\"field\": ", field);
		if (q->is_everywhere)
			buf_adds(b, ", \"required\": true");
		add_type(b, q);
		if (q->min.len > 0)
			buf_addf(b, ", \"min\": %s", q->min.data);
		if (q->max.len > 0)
			buf_addf(b, ", \"max\": %s", q->max.data);
		add_length(b, ", \"min_length\": ", q->min_length);
		add_length(b, ", \"max_length\": ", q->max_length);
		if (q->pattern.len > 0)
			add_buf(b, ", \"pattern\": ", &q->pattern);
		add_values(b, q);
		end_rule(b, q, DEMAND_REQUIRED, DEMAND_ENUM);
	}
	if (q->is_unique) {
		begin_rule(b, n);
		add_buf(b, "\"unique\": [", field);
		buf_addc(b, ']');
		end_rule(b, q, DEMAND_UNIQUE, DEMAND_UNIQUE);
	}
	if (q->is_ordered) {
		begin_rule(b, n);
		add_buf(b, "\"order\": ", field);
		buf_adds(b, ", \"direction\": \"non-decreasing\"");
		end_rule(b, q, DEMAND_ORDER, DEMAND_ORDER);
	}
}

/* Can a rule name it, and does it say something of its own? */
static bool
has_rules(const struct profile_path *x)
{
	if (x->in_array)
		return false;
	for (x = x->up; x; x = x->up)
		if (proposal_is_map(x))
			return false;
	return true;
}

void
suggest_rules(struct buf *b, const struct profile *p)
{
	const struct profile_path *x = p->root;
	struct buf field = {0};
	struct proposal q;
	size_t n = 0;

	buf_addf(b,
	    "{\"name\": \"suggested\",\n \"description\": \"proposed from "
	    "%" PRIu64 " records%s\",\n \"rules\": [",
	    p->n_records,
	    p->n_records < PROPOSAL_LEAST ? ", too few for more than types"
					  : "");
	for (; x; x = profile_next(x)) {
		if (!has_rules(x) || profile_count(x) == 0)
			continue;
		field.len = 0;
		profile_write_path(&field, x);
		proposal_make(&q, p, x);
		add_rules(b, &q, &field, &n);
		proposal_release(&q);
	}
	buf_adds(b, "]}");
	buf_release(&field);
}

void
suggest_profile(struct buf *b, const struct profile *p)
{
	size_t from;

	profile_write(b, p);
	b->len--; /* the brace */
	buf_adds(b, ",\"suggested\":");
	from = b->len;
	suggest_rules(b, p);
	for (size_t i = from; i < b->len; i++)
		if (b->data[i] == '\n') /* between members: strings escape it */
			b->data[i] = ' ';
	buf_addc(b, '}');
}
