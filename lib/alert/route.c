#include <string.h>

#include "alert/route.h"
#include "json/write.h"

bool
route_matches(const struct matchers *m, const struct instance *alert)
{
	for (size_t i = 0; i < m->n; i++) {
		size_t len;
		const char *value = instance_label(alert, m->v[i].label, &len);

		if (!matcher_test(&m->v[i], value, len))
			return false;
	}
	return true;
}

void
route_walk(const struct alert_route *route, struct instance *alert,
    void (*each)(void *arg, const struct alert_route *r, struct instance *a),
    void *arg)
{
	bool is_taken = false;

	for (size_t i = 0; i < route->n_routes; i++) {
		const struct alert_route *r = &route->routes[i];

		if (!route_matches(&r->matches, alert))
			continue;
		is_taken = true;
		route_walk(r, alert, each, arg);
		if (!r->goes_on)
			break;
	}
	if (!is_taken)
		each(arg, route, alert);
}

void
route_write_group(struct buf *out, const struct alert_route *route,
    const struct instance *alert)
{
	buf_addc(out, '{');
	for (size_t i = 0; i < route->n_group_by; i++) {
		const char *name = route->group_by[i];
		size_t len;
		const char *value = instance_label(alert, name, &len);

		if (i > 0)
			buf_addc(out, ',');
		jwrite_string(out, name, strlen(name));
		buf_addc(out, ':');
		jwrite_string(out, value, len);
	}
	buf_addc(out, '}');
}

bool
route_is_mute(const struct alert_route *r, int64_t now)
{
	for (size_t i = 0; i < r->n_mute; i++)
		for (size_t k = 0; k < r->mute[i]->n; k++)
			if (window_is_on(&r->mute[i]->v[k], now))
				return true;
	return false;
}

int64_t
route_mute_due(const struct alert_route *r, int64_t now)
{
	int64_t due = STORE_NEVER;

	for (size_t i = 0; i < r->n_mute; i++)
		for (size_t k = 0; k < r->mute[i]->n; k++) {
			int64_t at = window_change(&r->mute[i]->v[k], now);

			if (at > 0 && at < due)
				due = at;
		}
	return due;
}
