#include <stdlib.h>
#include <string.h>

#include "alert/group.h"
#include "core/xmem.h"

#define KEPT_MS (INT64_C(30) * 24 * 3600 * 1000) /* when nothing fires */

const char *const group_decisions[] = {"nothing to tell", "a timer runs",
    "the first alerts of the group", "new alerts", "a severity rose",
    "all are resolved", "some are resolved", "somebody took alerts on",
    "the repeat is due", NULL};

static bool
is_sound(const void *state)
{
	const struct group *g = state;

	return g->told.n % 2 == 0 && g->generation >= 0;
}

static int64_t
life(const void *state, int64_t now)
{
	const struct group *g = state;

	(void)now;
	return g->told.n > 0 ? STORE_NEVER : KEPT_MS;
}

static const struct state_member members_of_group[] = {
    {"receiver", STATE_STRING, offsetof(struct group, receiver),
	ALERT_NAME_MAX},
    {"labels", STATE_JSON, offsetof(struct group, labels), (size_t)1 << 20},
    {"told", STATE_LIST, offsetof(struct group, told), GROUP_TOLD_MAX},
    {"told_at", STATE_INT, offsetof(struct group, told_at), 0},
    {"made_at", STATE_INT, offsetof(struct group, made_at), 0},
    {"thread_at", STATE_INT, offsetof(struct group, thread_at), 0},
    {"generation", STATE_INT, offsetof(struct group, generation), 0},
    {NULL, STATE_INT, 0, 0},
};

const struct state_kind group_kind = {
    "group", sizeof(struct group), members_of_group, is_sound, life};

static const int64_t *
find(const int64_t *pairs, size_t n, int64_t hash)
{
	for (size_t i = 0; i + 1 < n; i += 2)
		if (pairs[i] == hash)
			return &pairs[i + 1];
	return NULL;
}

bool
group_knows(const struct group *g, int64_t hash)
{
	return find(g->told.v, g->told.n, hash) != NULL;
}

static bool
is_among(const int64_t *hashes, size_t n, size_t step, int64_t hash)
{
	for (size_t i = 0; i < n; i++)
		if (hashes[i * step] == hash)
			return true;
	return false;
}

void
group_told(struct group *g, const int64_t *told, size_t n_pairs,
    const int64_t *ended, size_t n_ended, int64_t now)
{
	int64_t *v = xcalloc(g->told.n + 2 * n_pairs + 1, sizeof(*v));
	size_t n = 2 * n_pairs;

	if (n > 0)
		memcpy(v, told, n * sizeof(*v));
	for (size_t i = 0; i < g->told.n; i += 2) {
		if (is_among(told, n_pairs, 2, g->told.v[i]) ||
		    is_among(ended, n_ended, 1, g->told.v[i]) ||
		    n + 2 > GROUP_TOLD_MAX)
			continue;
		v[n++] = g->told.v[i];
		v[n++] = g->told.v[i + 1];
	}
	free(g->told.v);
	g->told.v = v;
	g->told.n = n;
	g->told_at = now;
}

void
group_may_know(struct group *g, int64_t hash)
{
	size_t n = g->told.n;

	if (group_knows(g, hash) || n + 2 > GROUP_TOLD_MAX)
		return;
	g->told.v = xrealloc(g->told.v, n + 2, sizeof(*g->told.v));
	g->told.v[n] = hash;
	g->told.v[n + 1] = GROUP_MAYBE;
	g->told.n = n + 2;
}

void
group_come_back(struct group *g, int64_t now)
{
	if (g->told_at > now)
		g->told_at = now;
	if (g->made_at > now)
		g->made_at = now;
}

void
group_keep(struct group *g, const int64_t *hashes, size_t n)
{
	size_t kept = 0;

	for (size_t i = 0; i < g->told.n; i += 2) {
		if (!is_among(hashes, n, 1, g->told.v[i]))
			continue;
		g->told.v[kept] = g->told.v[i];
		g->told.v[kept + 1] = g->told.v[i + 1];
		kept += 2;
	}
	g->told.n = kept;
}

/* What there is, counted. */
struct news {
	size_t n_firing, n_new, n_worse, n_ended, n_acks, n_unacked;
	int64_t oldest; /* of those that are new */
};

static bool
has_ended(const struct group_pending *p, int64_t hash)
{
	for (size_t i = 0; i < p->n_ended; i++)
		if (p->ended[i] == hash)
			return true;
	return false;
}

static struct news
count(const struct group *g, const struct group_pending *p,
    const struct group_member *m, size_t n)
{
	struct news news = {.oldest = STORE_NEVER};

	for (; n > 0; n--, m++) {
		const int64_t *known =
		    p->is_there ? find(p->told, p->n_told, m->hash)
				: find(g->told.v, g->told.n, m->hash);

		if (!m->is_firing) {
			news.n_ended +=
			    known || (p->is_there && group_knows(g, m->hash) &&
					 !has_ended(p, m->hash));
			continue;
		}
		news.n_firing++;
		news.n_acks += m->is_news;
		news.n_unacked += !m->is_acked;
		if (known && *known != GROUP_MAYBE) {
			news.n_worse += m->severity > *known;
			continue;
		}
		news.n_new++;
		if (m->starts_at < news.oldest)
			news.oldest = m->starts_at;
	}
	return news;
}

static enum decision
classify(const struct group *g, const struct news *news, bool is_first)
{
	if (news->n_new > 0)
		return is_first ? GROUP_FIRST : GROUP_NEW;
	if (news->n_ended > 0)
		return news->n_firing == 0 ? GROUP_RESOLVED
					   : GROUP_SOME_RESOLVED;
	if (g->told_at > 0 && news->n_firing > 0 && news->n_unacked > 0)
		return GROUP_REPEAT;
	return GROUP_NOTHING;
}

/* Half a timer is the most that it may be early. */
static bool
is_due(
    int64_t from, int64_t timer_ms, int64_t slack_ms, int64_t now, int64_t *due)
{
	*due = (from > now ? now : from) + timer_ms;
	if (slack_ms > timer_ms / 2)
		slack_ms = timer_ms / 2;
	return now + slack_ms >= *due;
}

enum decision
group_decide(const struct group *g, const struct group_timers *timers,
    const struct group_pending *pending, const struct group_member *members,
    size_t n, int64_t slack_ms, int64_t now, int64_t *due)
{
	struct news news = count(g, pending, members, n);
	bool is_first = g->told.n == 0 && !pending->is_there, now_due;
	enum decision d;

	*due = STORE_NEVER;
	if (news.n_worse > 0)
		return GROUP_WORSE;
	d = classify(g, &news, is_first);
	if (d == GROUP_REPEAT && pending->is_there)
		d = GROUP_NOTHING;
	if (d == GROUP_NOTHING)
		return news.n_acks > 0 ? GROUP_ACKED : d;
	if (pending->is_there)
		return d; /* what waits is replaced at once */
	if (d == GROUP_FIRST)
		now_due =
		    is_due(news.oldest, timers->wait_ms, slack_ms, now, due);
	else if (d == GROUP_REPEAT)
		now_due =
		    is_due(g->told_at, timers->repeat_ms, slack_ms, now, due);
	else
		now_due =
		    is_due(g->made_at, timers->interval_ms, slack_ms, now, due);
	if (now_due)
		return d;
	return news.n_acks > 0 ? GROUP_ACKED : GROUP_WAIT;
}
