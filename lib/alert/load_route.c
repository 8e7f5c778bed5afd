#include <stdlib.h>
#include <string.h>

#include "alert/load.h"
#include "core/num.h"
#include "core/xmem.h"

#define INTERVAL_MS (INT64_C(5) * 60000) /* if nothing is said */
#define REPEAT_MS (INT64_C(4) * 3600 * 1000)

/* A route as the document has it. */
struct route_text {
	const char *receiver;
	const json_t *match, *group_by, *routes, *mute;
	int64_t wait_ms, interval_ms, repeat_ms;
	bool goes_on;
};

#define MEMBER(name, type, member) \
	{ \
		name, type, offsetof(struct route_text, member), false, NULL \
	}

static const struct doc_member members[] = {
    MEMBER("receiver", DOC_STRING, receiver),
    MEMBER("match", DOC_VALUE, match),
    MEMBER("group_by", DOC_STRINGS, group_by),
    MEMBER("continue", DOC_BOOL, goes_on),
    MEMBER("routes", DOC_ARRAY, routes),
    MEMBER("group_wait", DOC_DURATION, wait_ms),
    MEMBER("group_interval", DOC_DURATION, interval_ms),
    MEMBER("repeat_interval", DOC_DURATION, repeat_ms),
    MEMBER("mute", DOC_STRINGS, mute),
    {NULL, DOC_VALUE, 0, false, NULL},
};

/* One string, or those of an array; the place of number i. */
static const char *
string_at(const json_t *v, size_t i)
{
	return json_string_value(json_is_string(v) ? v : json_array_get(v, i));
}

static size_t
count_strings(const json_t *v)
{
	return json_is_string(v) ? 1 : json_array_size(v);
}

static void
load_group_by(struct alerts *a, struct alert_route *r,
    const struct doc_place *at, const json_t *v)
{
	struct doc_place list = {.up = at, .key = "group_by"};
	struct doc_place place = {.up = &list};
	size_t n = count_strings(v);

	r->group_by = xcalloc(n + 1, sizeof(*r->group_by));
	for (; place.index < n; place.index++) {
		const char *name = string_at(v, place.index);

		alert_label_check(a, json_is_string(v) ? &list : &place, name);
		r->group_by[r->n_group_by++] = name;
	}
}

static void
load_mute(struct alerts *a, struct alert_route *r, const struct doc_place *at,
    const json_t *v)
{
	struct doc_place list = {.up = at, .key = "mute"};
	struct doc_place place = {.up = &list};
	size_t n = count_strings(v);

	r->mute = xcalloc(n + 1, sizeof(void *));
	for (; place.index < n; place.index++) {
		const struct alert_window *w =
		    alert_window_find(a, json_is_string(v) ? &list : &place,
			string_at(v, place.index));

		if (w)
			r->mute[r->n_mute++] = w;
	}
}

/* What a route does not say is as in the one above it. */
static void
inherit(struct alert_route *r, const struct alert_route *up,
    const struct route_text *text)
{
	if (!r->receiver)
		r->receiver = up->receiver;
	if (!text->group_by && up->n_group_by > 0) {
		r->n_group_by = up->n_group_by;
		r->group_by = xcalloc(r->n_group_by, sizeof(*r->group_by));
		memcpy(r->group_by, up->group_by,
		    r->n_group_by * sizeof(*r->group_by));
	}
	if (!text->mute && up->n_mute > 0) {
		r->n_mute = up->n_mute;
		r->mute = xcalloc(r->n_mute, sizeof(void *));
		memcpy(r->mute, up->mute, r->n_mute * sizeof(void *));
	}
}

/* Timers that would never do what they say are faults. */
static void
check_timers(
    struct alerts *a, const struct alert_route *r, const struct doc_place *at)
{
	struct doc_place repeat = {.up = at, .key = "repeat_interval"};
	struct buf text = {0};

	if (r->repeat_ms <= 0)
		doc_fault(&a->doc, &repeat, "must be above 0");
	if (r->repeat_ms < r->interval_ms) {
		num_add_duration(&text, r->interval_ms);
		doc_fault(&a->doc, &repeat,
		    "is shorter than group_interval (%.*s): it would be that",
		    (int)text.len, text.data);
	} else if (r->repeat_ms < a->tick_ms) {
		num_add_duration(&text, a->tick_ms);
		doc_fault(&a->doc, &repeat,
		    "is shorter than tick (%.*s): nobody would look in time",
		    (int)text.len, text.data);
	}
	buf_release(&text);
}

/* A route behind one that takes all is never asked. */
static void
check_reach(
    struct alerts *a, const struct alert_route *r, const struct doc_place *list)
{
	for (size_t i = 0; i + 1 < r->n_routes; i++) {
		struct doc_place next = {.up = list, .index = i + 1};

		if (r->routes[i].matches.n > 0 || r->routes[i].goes_on)
			continue;
		doc_fault(&a->doc, &next,
		    "no alert comes here: route %zu takes all of them", i);
		return;
	}
}

/* up: NULL for the outermost. */
static void
load(struct alerts *a, struct alert_route *r, const struct alert_route *up,
    const struct doc_place *at, const json_t *v)
{
	struct doc_place list = {.up = at, .key = "routes"};
	struct doc_place place = {.up = &list};
	struct doc_place receiver = {.up = at, .key = "receiver"};
	struct doc_place match = {.up = at, .key = "match"};
	struct route_text text = {
	    .interval_ms = up ? up->interval_ms : INTERVAL_MS,
	    .repeat_ms = up ? up->repeat_ms : REPEAT_MS,
	    .wait_ms = up ? up->wait_ms : 0};
	size_t n;

	doc_read(&a->doc, at, v, members, &text);
	if (!up && (text.match || text.goes_on))
		doc_fault(&a->doc, at,
		    "the outermost route takes all alerts: no match, no "
		    "continue");
	if (!up && !text.receiver)
		doc_fault(&a->doc, at, "receiver is missing");
	if (text.receiver)
		r->receiver = alert_receiver_find(a, &receiver, text.receiver);
	r->goes_on = text.goes_on;
	r->wait_ms = text.wait_ms;
	r->interval_ms = text.interval_ms;
	r->repeat_ms = text.repeat_ms;
	if (!up || json_object_get(v, "repeat_interval") ||
	    json_object_get(v, "group_interval"))
		check_timers(a, r, at);
	alert_matchers_load(a, &r->matches, &match, text.match);
	if (text.group_by)
		load_group_by(a, r, at, text.group_by);
	if (text.mute)
		load_mute(a, r, at, text.mute);
	if (up)
		inherit(r, up, &text);
	n = json_array_size(text.routes);
	r->routes = xcalloc(n + 1, sizeof(*r->routes));
	for (; place.index < n; place.index++)
		load(a, &r->routes[r->n_routes++], r, &place,
		    json_array_get(text.routes, place.index));
	check_reach(a, r, &list);
}

void
alert_route_load(struct alerts *a, const json_t *v)
{
	struct doc_place at = {.key = "route"};
	struct doc_place list = {.key = "receivers"};

	a->route = xcalloc(1, sizeof(*a->route));
	load(a, a->route, NULL, &at, v);
	for (size_t i = 0; i < a->n_receivers; i++) {
		struct doc_place one = {
		    .up = &list, .key = a->receivers[i].name};

		if (!a->receivers[i].is_used)
			doc_fault(
			    &a->doc, &one, "no route leads to this receiver");
	}
}

void
alert_route_release(struct alert_route *r)
{
	for (size_t i = 0; i < r->n_routes; i++)
		alert_route_release(&r->routes[i]);
	free(r->routes);
	matchers_release(&r->matches);
	free(r->group_by);
	free(r->mute);
}
