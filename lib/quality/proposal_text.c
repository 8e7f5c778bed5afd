/* proposal, second part: what to demand of strings. */
#include <inttypes.h>
#include <string.h>

#include "quality/proposal.h"

#define SEEN 3 /* times, for each value or shape */
#define MEAN 10 /* times, for all values */

/* What a rule file, which knows no formats, demands instead. */
static const char *const patterns[FORM_COUNT] = {
    [FORM_UUID] = "^[0-9A-Fa-f]{8}-([0-9A-Fa-f]{4}-){3}[0-9A-Fa-f]{12}$",
    [FORM_EMAIL] = "^[^@ ]+@[^@ ]+$",
    [FORM_IPV4] = "^[0-9]{1,3}(\\.[0-9]{1,3}){3}$",
    [FORM_IPV6] = "^[0-9A-Fa-f:.]+$",
    [FORM_URI] = "^[A-Za-z][0-9A-Za-z+.-]*://[^ ]+$"};

static void
decide_form(struct proposal *q)
{
	const struct profile_path *x = q->path;

	q->is_time = forms_times(&x->forms) == x->forms.n;
	for (int i = 0; i < FORM_COUNT; i++)
		if (form_names[i] && forms_all(&x->forms, (enum form)i))
			q->form = (enum form)i;
	if (q->is_time)
		buf_adds(&q->evidence[DEMAND_TYPE],
		    ", each a date or a date and time");
	if (q->form == FORM_COUNT || !patterns[q->form])
		return;
	buf_adds(&q->pattern, patterns[q->form]);
	buf_addf(&q->evidence[DEMAND_PATTERN], "each of %" PRIu64 " is a %s",
	    x->forms.n, form_names[q->form]);
}

static void
decide_values(struct proposal *q)
{
	const struct profile_path *x = q->path;
	struct top_value all[TOP_MAX];
	size_t n = top_list(&x->top, all);

	if (x->top.is_lossy || n > PROPOSAL_VALUES || n == 0 ||
	    x->lengths.n < MEAN * n || all[n - 1].count < SEEN)
		return;
	for (size_t i = 0; i < n; i++)
		if (all[i].len > TOP_TEXT)
			return;
	memcpy(q->values, all, n * sizeof(*all));
	q->n_values = n;
	buf_addf(&q->evidence[DEMAND_ENUM],
	    "%" PRIu64 " strings are %zu value%s, the rarest came %" PRIu64
	    " times",
	    x->lengths.n, n, n > 1 ? "s" : "", all[n - 1].count);
}

static void
decide_pattern(struct proposal *q)
{
	const struct shapes *s = &q->path->shapes;
	const struct shape *all[SHAPE_MAX];
	struct buf *why = &q->evidence[DEMAND_PATTERN];
	size_t n = shapes_list(s, all);

	if (s->is_lossy || s->n_text > 0 || n == 0 || n > PROPOSAL_SHAPES)
		return;
	for (size_t i = 0; i < n; i++)
		if (!shape_is_code(all[i]) || all[i]->count < SEEN)
			return;
	buf_adds(&q->pattern, n > 1 ? "^(" : "^");
	for (size_t i = 0; i < n; i++) {
		buf_addf(
		    why, "%s%" PRIu64 " like ", i ? ", " : "", all[i]->count);
		shape_write(why, all[i]);
		if (i > 0)
			buf_addc(&q->pattern, '|');
		shape_pattern(&q->pattern, all[i]);
	}
	buf_adds(&q->pattern, n > 1 ? ")$" : "$");
}

void
proposal_of_strings(struct proposal *q)
{
	decide_form(q);
	if (q->is_time)
		return;
	decide_values(q);
	if (q->n_values > 0)
		q->pattern.len = q->evidence[DEMAND_PATTERN].len = 0;
	else if (q->pattern.len == 0)
		decide_pattern(q);
}
