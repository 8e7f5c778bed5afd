#include <stdlib.h>

#include "core/xmem.h"
#include "detect/recent.h"

void *
recent_new(const struct detect_options *o)
{
	struct recent *m = xcalloc(1, sizeof(*m));

	m->options = o;
	m->window.max = o->window;
	return m;
}

void
recent_free(void *model)
{
	struct recent *m = model;

	if (!m)
		return;
	window_release(&m->window);
	free(m);
}

void
recent_update(void *model, const struct detect_input *in, bool is_odd)
{
	struct recent *m = model;

	(void)is_odd;
	window_add(&m->window, *in->x);
}

void
recent_pack(void *model, struct pack *p)
{
	struct recent *m = model;

	window_pack(&m->window, p, "window");
}
