#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/xmem.h"
#include "detect/detect.h"
#include "detect/rest.h"

#define PEAKS 256 /* about so many count in their mean */

bool
rest_is_peak(struct rest *r, int64_t at, int64_t length, double score)
{
	size_t gone = 0;

	while (gone < r->n && at - r->peaks[gone].at > length)
		gone++;
	r->n -= gone;
	if (gone > 0 && r->n > 0)
		memmove(r->peaks, r->peaks + gone, r->n * sizeof(*r->peaks));
	return r->n == 0 || score > r->peaks[0].score;
}

void
rest_add(struct rest *r, int64_t at, double score, bool is_peak)
{
	while (r->n > 0 && r->peaks[r->n - 1].score <= score)
		r->n--;
	if (r->n == r->cap && r->cap < REST_MAX) {
		r->cap = detect_grow(r->cap, REST_MAX);
		r->peaks = xrealloc(r->peaks, r->cap, sizeof(*r->peaks));
	}
	if (r->n == r->cap)
		r->n--;
	r->peaks[r->n++] = (struct rest_peak){at, score};
	if (!is_peak || score <= 0)
		return;
	r->n_peaks += r->n_peaks < PEAKS;
	r->power += (score * score - r->power) / (double)r->n_peaks;
}

void
rest_pack(struct rest *r, struct pack *p)
{
	pack_open(p, "rest");
	pack_double(p, "power", &r->power);
	pack_size(p, "peaks", &r->n_peaks, 0, PEAKS);
	if (r->power < 0)
		p->is_bad = true;
	pack_size(p, "waiting", &r->n, 0, REST_MAX);
	if (p->mode == PACK_LOAD && !p->is_bad && r->n > r->cap) {
		r->cap = r->n;
		r->peaks = xrealloc(r->peaks, r->cap, sizeof(*r->peaks));
	}
	if (p->is_bad)
		r->n = 0;
	for (size_t i = 0; p->mode != PACK_SHOW && i < r->n; i++) {
		struct rest_peak peak = {0};

		if (p->mode == PACK_SAVE)
			peak = r->peaks[i];
		pack_int(p, "at", &peak.at, -DETECT_TIME_MAX, DETECT_TIME_MAX);
		pack_double(p, "score", &peak.score);
		r->peaks[i] = peak;
	}
	pack_close(p);
}

void
rest_release(struct rest *r)
{
	free(r->peaks);
	*r = (struct rest){0};
}
