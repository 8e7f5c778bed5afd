#include <stdlib.h>

#include "core/xmem.h"
#include "stream/ring.h"

struct place {
	struct buf out, side;
	struct tally tally;
	bool is_full;
};

struct ring {
	struct place *places;
	uint64_t n; /* places */
	uint64_t turn; /* whose output goes next */
	bool is_writing; /* some thread is at it */
	pthread_mutex_t lock;
	pthread_cond_t moved; /* turn is */
};

struct ring *
ring_new(unsigned jobs)
{
	struct ring *r = xcalloc(1, sizeof(*r));

	r->n = 2 * (uint64_t)jobs;
	r->places = xcalloc((size_t)r->n, sizeof(*r->places));
	pthread_mutex_init(&r->lock, NULL);
	pthread_cond_init(&r->moved, NULL);
	return r;
}

void
ring_free(struct ring *r)
{
	if (!r)
		return;
	for (uint64_t i = 0; i < r->n; i++) {
		buf_release(&r->places[i].out);
		buf_release(&r->places[i].side);
		buf_release(&r->places[i].tally.marks);
	}
	pthread_mutex_destroy(&r->lock);
	pthread_cond_destroy(&r->moved);
	free(r->places);
	free(r);
}

static void
swap(struct buf *a, struct buf *b)
{
	struct buf old = *a;

	*a = *b;
	*b = old;
}

static void
fill(struct place *p, struct worker *w)
{
	struct tally old = p->tally;

	swap(&p->out, &w->out);
	swap(&p->side, &w->side);
	p->tally = w->tally;
	w->tally = old;
	p->is_full = true;
}

void
ring_put(struct ring *r, struct worker *w,
    void (*drain)(struct filter *, struct buf *, struct buf *, struct tally *))
{
	struct place *p;

	pthread_mutex_lock(&r->lock);
	while (w->turn >= r->turn + r->n)
		pthread_cond_wait(&r->moved, &r->lock);
	fill(&r->places[w->turn % r->n], w);
	if (r->is_writing) {
		pthread_mutex_unlock(&r->lock);
		return;
	}
	r->is_writing = true;
	while ((p = &r->places[r->turn % r->n])->is_full) {
		pthread_mutex_unlock(&r->lock);
		drain(w->filter, &p->out, &p->side, &p->tally);
		pthread_mutex_lock(&r->lock);
		p->is_full = false;
		r->turn++;
		pthread_cond_broadcast(&r->moved);
	}
	r->is_writing = false;
	pthread_mutex_unlock(&r->lock);
}

void
ring_restart(struct ring *r)
{
	r->turn = 0;
}
