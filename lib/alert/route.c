#include <string.h>

#include "alert/route.h"
#include "json/write.h"

static bool
takes(const struct alert_route *r, const struct alert *alert)
{
	for (size_t i = 0; i < r->n_matches; i++) {
		const struct alert_match *m = &r->matches[i];
		size_t len;
		const char *value = alert_value(alert, m->label, &len);

		if (len != strlen(m->value) ||
		    memcmp(value, m->value, len) != 0)
			return false;
	}
	return true;
}

void
route_walk(const struct alert_route *route, struct alert *alert,
    void (*each)(void *arg, const struct alert_route *r, struct alert *a),
    void *arg)
{
	bool is_taken = false;

	for (size_t i = 0; i < route->n_routes; i++) {
		const struct alert_route *r = &route->routes[i];

		if (!takes(r, alert))
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
route_write_group(
    struct buf *out, const struct alert_route *route, const struct alert *alert)
{
	buf_addc(out, '{');
	for (size_t i = 0; i < route->n_group_by; i++) {
		const char *name = route->group_by[i];
		size_t len;
		const char *value = alert_value(alert, name, &len);

		if (i > 0)
			buf_addc(out, ',');
		jwrite_string(out, name, strlen(name));
		buf_addc(out, ':');
		jwrite_string(out, value, len);
	}
	buf_addc(out, '}');
}
