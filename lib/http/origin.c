#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>

#include "core/timestamp.h"
#include "core/xmem.h"
#include "http/origin_private.h"
#include "http/redirect.h"

struct origins *
origins_new(struct store *s)
{
	struct origins *all = xcalloc(1, sizeof(*all));

	all->store = s;
	all->is_alone = !s;
	pthread_mutex_init(&all->lock, NULL);
	holder_self(all->self);
	return all;
}

/* Turns that nobody took go back, if nobody has reserved behind them. */
static unsigned
give_turns(struct machines *m, int64_t now, void *arg)
{
	const struct origin *o = arg;
	int64_t left = (int64_t)(o->n_turns - o->next_turn);

	(void)now;
	if (left == 0 || m->rate.full_us != o->full_us)
		return 0;
	m->rate.full_us -= left * o->rules.rate.interval_us;
	return ORIGIN_RATE;
}

static void
origin_free(struct origin *o)
{
	if (!o->all->is_alone && (o->n_good > 0 || o->next_turn < o->n_turns))
		origin_run(o, give_turns, o);
	for (size_t i = 0; i < N_MACHINES; i++)
		free(o->keys[i]);
	free(o->turns);
	free(o);
}

void
origins_free(struct origins *all)
{
	const struct map_entry *e;
	size_t i = 0;

	if (!all)
		return;
	while ((e = map_next(&all->by_name, &i)))
		origin_free(e->value);
	map_release(&all->by_name);
	pthread_mutex_destroy(&all->lock);
	free(all);
}

bool
origin_name(struct buf *b, const char *url)
{
	char *name = redirect_origin(url);

	if (name)
		buf_adds(b, name);
	free(name);
	return name != NULL;
}

static char *
make_key(const char *kind, const char *name)
{
	struct buf b = {0};

	buf_adds(&b, kind);
	state_add_key(&b, name);
	buf_addc(&b, '\0');
	return b.data;
}

struct origin *
origins_get(
    struct origins *all, const char *name, const struct origin_rules *rules)
{
	struct origin *o;
	void **place;

	pthread_mutex_lock(&all->lock);
	place = map_put(&all->by_name, name, strlen(name));
	o = *place;
	if (!o) {
		*place = o = xcalloc(1, sizeof(*o));
		o->all = all;
		if (rules)
			o->rules = *rules;
		o->keys[0] = make_key(breaker_kind.name, name);
		o->keys[1] = make_key(budget_kind.name, name);
		o->keys[2] = make_key(rate_kind.name, name);
	}
	pthread_mutex_unlock(&all->lock);
	return o;
}

int
origin_look(struct origin *o, struct origin_look *look, struct buf *why)
{
	const struct rate_rule *rule = &o->rules.rate;
	struct machines m;
	int64_t now, wait = 0;
	int status;

	pthread_mutex_lock(&o->all->lock);
	status = origin_read(o, &m, &now, why);
	pthread_mutex_unlock(&o->all->lock);
	if (status != 0)
		return status;
	*look = (struct origin_look){
	    .breaker = breaker_name(&m.breaker, &breaker_rules, now),
	    .open_until = m.breaker.until,
	    .failures = m.breaker.failures,
	    .retries = budget_left(&m.budget, now),
	    .not_before = m.rate.not_before};
	if (m.breaker.hand != BREAKER_AUTO && now < m.breaker.hand_until)
		look->open_until = m.breaker.hand_until;
	if (rule->interval_us > 0)
		rate_take(&m.rate, rule, INT64_MAX, now, &wait);
	look->turn_at = now + wait;
	return 0;
}
