#include <stdlib.h>
#include <string.h>

#include "core/xmem.h"
#include "quality/roster.h"

struct roster *
roster_get(struct rosters *r, const char *id, size_t n)
{
	struct roster *x = map_get(&r->by_id, id, strlen(id));

	if (x)
		return x->n == n ? x : NULL;
	if (r->n == ROSTERS_MAX ||
	    (r->n > 0 && n > ROSTERS_CHECKS - r->n_checks))
		return NULL;
	r->n_checks += r->n > 0 ? n : 0;
	x = xcalloc(1, sizeof(*x));
	*x = (struct roster){
	    .checks = xcalloc(n, sizeof(*x->checks)), .n = n, .number = r->n};
	strncpy(x->id, id, sizeof(x->id) - 1);
	*map_put(&r->by_id, id, strlen(id)) = x;
	r->all = xrealloc(r->all, r->n + 1, sizeof(struct roster *));
	r->all[r->n++] = x;
	return x;
}

static void
learn(char **to, const char *from)
{
	if (!*to && from)
		*to = xstrndup(from, strlen(from));
}

void
roster_learn(struct roster_check *to, const struct roster_check *from)
{
	to->severity = from->severity;
	to->dimension = from->dimension;
	to->field_number = from->field_number;
	learn(&to->rule, from->rule);
	learn(&to->field, from->field);
	learn(&to->pointer, from->pointer);
	learn(&to->keyword, from->keyword);
	learn(&to->message, from->message);
	learn(&to->text, from->text);
}

struct roster *
roster_of_rules(
    struct rosters *r, const struct marks *marks, const struct rules *rules)
{
	struct roster *x = roster_get(r, marks->id, rules->n);

	for (size_t i = 0; x && i < rules->n; i++) {
		const struct check *c = &rules->checks[i];
		struct roster_check *to = &x->checks[i];

		to->severity = c->severity;
		to->dimension = c->dimension;
		to->field_number = marks->fields[i];
		learn(&to->rule, c->rule);
		learn(&to->field, c->field);
		learn(&to->pointer, c->pointer);
		learn(&to->keyword, c->keyword);
		learn(&to->message, c->message);
		learn(&to->text, c->text);
	}
	return x;
}

void
roster_forget(struct roster_check *c)
{
	free(c->rule);
	free(c->field);
	free(c->pointer);
	free(c->keyword);
	free(c->message);
	free(c->text);
}

static void
free_roster(struct roster *x)
{
	for (size_t i = 0; i < x->n; i++)
		roster_forget(&x->checks[i]);
	free(x->checks);
	free(x);
}

void
rosters_release(struct rosters *r)
{
	for (size_t i = 0; i < r->n; i++)
		free_roster(r->all[i]);
	free(r->all);
	map_release(&r->by_id);
	*r = (struct rosters){0};
}
