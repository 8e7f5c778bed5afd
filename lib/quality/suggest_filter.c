/* suggest, third part: a filter that ends with a proposal. */
#include <inttypes.h>
#include <stdlib.h>

#include "core/diag.h"
#include "core/xmem.h"
#include "quality/suggest.h"

struct state {
	struct profile profile;
	void (*write)(struct buf *, const struct profile *);
};

static void
start(struct worker *w)
{
	struct state *s = w->filter->arg;

	profile_init(&s->profile, true);
	w->state = s;
}

static void
record(struct worker *w, const struct record *r)
{
	struct state *s = w->state;

	profile_add(&s->profile, r->root);
}

static void
control(struct worker *w, const struct record *r)
{
	(void)w;
	(void)r;
}

static void
end(struct worker *w)
{
	struct state *s = w->state;
	uint64_t beyond = profile_beyond(&s->profile);

	if (s->profile.n_records == 0)
		diag_warn("no records: nothing to propose");
	if (beyond > 0)
		diag_warn("%" PRIu64 " values are beyond %d paths, %d members "
			  "of an object or %d levels: nothing is proposed for "
			  "them",
		    beyond, PROFILE_PATHS, PROFILE_MEMBERS, PROFILE_DEPTH);
	w->scratch.len = 0;
	s->write(&w->scratch, &s->profile);
	filter_emit(w, w->scratch.data, w->scratch.len);
	profile_release(&s->profile);
	free(s);
}

void
suggest_filter(
    struct filter *f, void (*write)(struct buf *, const struct profile *))
{
	struct state *s = xcalloc(1, sizeof(*s));

	s->write = write;
	f->arg = s;
	f->start = start;
	f->record = record;
	f->control = control;
	f->end = end;
}
