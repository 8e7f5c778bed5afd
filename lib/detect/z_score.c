/*
 * z_score - distance from the mean of the last values, in standard
 * deviations (divisor n).
 *
 * The window slides without ever subtracting: what Welford's method adds
 * would drift, and never come back to 0 on a constant series, if it were
 * taken away again.  Instead the window is two summaries (count, mean, sum
 * of squared deviations) that are merged when asked for: one of the newest
 * values, added to by Welford's step, and one of the older ones, of which
 * every suffix was summed up when the window turned.  The error is that of
 * one pass over the window (about n times the machine's epsilon, relative to
 * its largest value), no matter how long the series; a constant window has
 * exactly no deviation.  O(1) amortised a value, 16 bytes a value of the
 * window.
 *
 * Welford 1962 (the step), Chan, Golub and LeVeque 1979 (the merge).
 */
#include <math.h>
#include <stdlib.h>

#include "core/xmem.h"
#include "detect/detect.h"

struct summary {
	double mean;
	double m2; /* sum of (x - mean) squared */
};

struct model {
	const struct detect_options *options; /* lent */
	/* Below at: mean is a value, the newest is at at - 1.  From at on, if
	 * is_full: the summary of the older values from here to the end. */
	struct summary *slots; /* owned */
	size_t cap;
	size_t at;
	bool is_full;
	struct summary newest; /* of the at newest values */
};

static void *
create(const struct detect_options *o)
{
	struct model *m = xcalloc(1, sizeof(*m));

	m->options = o;
	return m;
}

static void
destroy(void *model)
{
	struct model *m = model;

	if (!m)
		return;
	free(m->slots);
	free(m);
}

/* The summary of n_a values of a and n_b of b. */
static struct summary
merge(struct summary a, size_t n_a, struct summary b, size_t n_b)
{
	double n = (double)(n_a + n_b), delta = b.mean - a.mean;
	double share = (double)n_b / n;

	if (n_b == 0)
		return a;
	if (n_a == 0)
		return b;
	a.mean += delta * share;
	a.m2 += b.m2 + delta * delta * ((double)n_a * share);
	return a;
}

/* One value more: n with it. */
static struct summary
add(struct summary s, size_t n, double x)
{
	double delta = x - s.mean;

	s.mean += delta / (double)n;
	s.m2 += delta * (x - s.mean);
	return s;
}

/* The window is full of values: sum up every suffix, and start over. */
static void
turn(struct model *m)
{
	struct summary s = {0, 0};
	size_t n = m->options->window;

	for (size_t i = n; i-- > 0;) {
		s = add(s, n - i, m->slots[i].mean);
		m->slots[i] = s;
	}
	m->is_full = true;
	m->at = 0;
	m->newest = (struct summary){0, 0};
}

static void
update(void *model, const struct detect_input *in, bool is_odd)
{
	struct model *m = model;
	size_t window = m->options->window;

	(void)is_odd;
	if (m->at == m->cap) {
		m->cap = detect_grow(m->cap, window);
		m->slots = xrealloc(m->slots, m->cap, sizeof(*m->slots));
	}
	m->slots[m->at++].mean = *in->x;
	m->newest = add(m->newest, m->at, *in->x);
	if (m->at == window)
		turn(m);
}

static double
score(void *model, const struct detect_input *in, struct detect_part *part)
{
	const struct model *m = model;
	const struct detect_options *o = m->options;
	size_t older = m->is_full ? o->window - m->at : 0;
	size_t n = m->at + older;
	struct summary s = m->newest;
	double sd;

	if (n < detect_warm_up(o))
		return NAN;
	if (older > 0)
		s = merge(s, m->at, m->slots[m->at], older);
	sd = sqrt(s.m2 / (double)n);
	part->score = detect_ratio(fabs(*in->x - s.mean), sd);
	part->expected = s.mean;
	part->low = s.mean - o->threshold * sd;
	part->high = s.mean + o->threshold * sd;
	return part->score;
}

/* Mean and sum of all summaries, one after the other. */
static void
pack(void *model, struct pack *p)
{
	struct model *m = model;
	size_t n = m->is_full ? m->options->window : m->at;

	pack_size(p, "values", &n, 0, m->options->window);
	pack_size(p, "at", &m->at, 0, m->options->window - 1);
	pack_flag(p, "is_full", &m->is_full);
	pack_double(p, "mean", &m->newest.mean);
	pack_double(p, "m2", &m->newest.m2);
	if (p->mode == PACK_SHOW)
		return;
	if (n != (m->is_full ? m->options->window : m->at) ||
	    (p->mode == PACK_LOAD && p->len - p->at < n * 8))
		p->is_bad = true;
	if (p->mode == PACK_LOAD && !p->is_bad && n > 0) {
		m->cap = n;
		m->slots = xcalloc(n, sizeof(*m->slots));
	}
	for (size_t i = 0; i < n && !p->is_bad; i++) {
		pack_double(p, "mean", &m->slots[i].mean);
		if (i >= m->at)
			pack_double(p, "m2", &m->slots[i].m2);
	}
}

const struct detect_method detect_z_score = {
    .name = "z_score",
    .about = "standard deviations from the mean of the last values",
    .threshold = 3,
    .window = 100,
    .bytes_a_value = 16,
    .create = create,
    .destroy = destroy,
    .score = score,
    .update = update,
    .pack = pack,
};
