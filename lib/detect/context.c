/*
 * context - how improbable is the value after the ones before it: a memory of
 * sequences, as a surprise.
 *
 * A value becomes one of 8 symbols: which sixth of the last values it falls
 * into, or that it is below, or above, all of them.  For the contexts of the
 * last 4, 3, 2, 1 and no symbols it is counted what followed; the probability
 * of a symbol is blended from the shortest to the longest, each new context
 * trusting the shorter one by as much as it has seen different symbols
 * (prediction by partial matching: Cleary and Witten 1984, escapes by Moffat
 * 1990).  What is odd is -log2 of it, in bits.  In the spirit of the memories
 * of sequences that lead the Numenta benchmark (Ahmad and others 2017).
 *
 * Contexts share a table of 8192 places by their hash; 64 KiB, and 16 bytes a
 * value of the window.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/xmem.h"
#include "detect/detect.h"
#include "detect/maths.h"
#include "detect/window.h"

#define PLACES 8192
#define SYMBOLS 8
#define BELOW 6
#define ABOVE 7
#define ORDER 4
#define COUNT_MAX 255
#define WARM_UP 20

struct model {
	struct window window;
	uint8_t last[ORDER]; /* symbols, the newest first */
	uint8_t counts[PLACES][SYMBOLS];
};

static void *
create(const struct detect_options *o)
{
	struct model *m = xcalloc(1, sizeof(*m));

	m->window.max = o->window;
	return m;
}

static void
destroy(void *model)
{
	struct model *m = model;

	if (!m)
		return;
	window_release(&m->window);
	free(m);
}

static uint8_t
symbol(const struct model *m, double x)
{
	const struct window *w = &m->window;

	if (w->n < WARM_UP)
		return 0;
	if (x < w->sorted[0])
		return BELOW;
	if (x > w->sorted[w->n - 1])
		return ABOVE;
	return (uint8_t)(window_below(w, x) * BELOW / w->n);
}

/* The place of the context of each length. */
static void
find(const struct model *m, size_t *places)
{
	uint64_t hash = 0xcbf29ce484222325; /* FNV-1a, folded */

	for (size_t i = 0; i <= ORDER; i++) {
		places[i] = (size_t)((hash ^ hash >> 29) % PLACES);
		if (i < ORDER)
			hash =
			    (hash ^ (uint64_t)(m->last[i] + 1)) * 0x100000001b3;
	}
}

static double
score(void *model, const struct detect_input *in, struct detect_part *part)
{
	const struct model *m = model;
	uint8_t s = symbol(m, *in->x);
	size_t places[ORDER + 1];
	double p = 1.0 / SYMBOLS;

	(void)part;
	if (m->window.n < WARM_UP)
		return NAN;
	find(m, places);
	for (size_t i = 0; i <= ORDER; i++) {
		const uint8_t *c = m->counts[places[i]];
		unsigned total = 0, kinds = 0;

		for (size_t j = 0; j < SYMBOLS; j++) {
			total += c[j];
			kinds += c[j] > 0;
		}
		if (total > 0)
			p = (c[s] + kinds * p) / (total + kinds);
	}
	return -maths_log(p) / 0.6931471805599453;
}

static void
count(uint8_t *counts, uint8_t s)
{
	if (counts[s] == COUNT_MAX)
		for (size_t j = 0; j < SYMBOLS; j++)
			counts[j] /= 2;
	counts[s]++;
}

static void
update(void *model, const struct detect_input *in, bool is_odd)
{
	struct model *m = model;
	uint8_t s = symbol(m, *in->x);
	size_t places[ORDER + 1];

	if (m->window.n >= WARM_UP) {
		if (in->is_gap)
			memset(m->last, 0, sizeof(m->last));
		find(m, places);
		for (size_t i = 0; i <= ORDER; i++)
			count(m->counts[places[i]], s);
		memmove(m->last + 1, m->last, ORDER - 1);
		m->last[0] = s;
	}
	if (!is_odd)
		window_add(&m->window, *in->x);
}

static void
pack(void *model, struct pack *p)
{
	struct model *m = model;

	window_pack(&m->window, p, "values");
	pack_bytes(p, "last", m->last, sizeof(m->last));
	pack_bytes(p, "counts", m->counts, sizeof(m->counts));
}

const struct detect_method detect_context = {
    .name = "context",
    .about = "improbable after the values before it; a memory of sequences",
    .threshold = 2,
    .window = 2000,
    .traits = DETECT_RAW | DETECT_PEAKS | DETECT_SERIES | DETECT_BLIND,
    .bytes = 66000,
    .bytes_a_value = 16,
    .create = create,
    .destroy = destroy,
    .score = score,
    .update = update,
    .pack = pack,
};
