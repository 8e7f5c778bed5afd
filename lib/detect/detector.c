#include <math.h>
#include <stdlib.h>

#include "core/xmem.h"
#include "detect/detector.h"
#include "detect/surprise.h"

#define BYTES 1000 /* of a detector, besides its models */

/* Columns that one model sees, and how many models that makes. */
static size_t
width(const struct detector *d)
{
	return d->method->traits & DETECT_JOINT ? d->options->columns : 1;
}

static size_t
count(const struct detector *d)
{
	return d->method->traits & DETECT_JOINT ? 1 : d->options->columns;
}

static bool
has(const struct detector *d, unsigned trait)
{
	return (d->method->traits & trait) != 0;
}

size_t
detector_bytes(
    const struct detect_method *method, size_t columns, size_t window)
{
	size_t past = method->traits & DETECT_RAW ? SURPRISE_ROWS * 16 : 0;
	size_t values = method->bytes_a_value * window;

	if (method->traits & DETECT_JOINT)
		return past + method->bytes +
		       values * (columns > 2 ? columns : 2) + BYTES;
	return columns * (past + method->bytes + values) + BYTES;
}

void
detector_init(struct detector *d, const struct detect_method *method,
    const struct detect_options *options)
{
	*d = (struct detector){
	    .method = method, .options = options, .newest = DETECT_NO_TIME};
	d->models = xcalloc(count(d), sizeof(*d->models));
	d->pasts = xcalloc(count(d), sizeof(*d->pasts));
	for (size_t i = 0; i < count(d); i++) {
		d->models[i] = method->create(options);
		d->pasts[i].max = SURPRISE_ROWS;
	}
}

void
detector_release(struct detector *d)
{
	for (size_t i = 0; d->models && i < count(d); i++) {
		d->method->destroy(d->models[i]);
		window_release(&d->pasts[i]);
	}
	free(d->models);
	free(d->pasts);
	d->models = NULL;
	d->pasts = NULL;
	rest_release(&d->rest);
}

static bool
is_whole(const double *x, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (isnan(x[i]))
			return false;
	return true;
}

static void
clamp(double *x, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (fabs(x[i]) > DETECT_VALUE_MAX)
			x[i] = copysign(DETECT_VALUE_MAX, x[i]);
}

/* What the peaks so far make of a surprise: it is divided by that. */
static double
habit(const struct detector *d)
{
	return has(d, DETECT_PEAKS) ? sqrt(1 + d->rest.power / 4) : 1;
}

/* A row that is older than the newest: does time go on from it? */
static bool
turn_back(struct detector *d, struct detect_input *in)
{
	if (++d->n_late < DETECT_LATE)
		return false;
	in->is_gap = true;
	d->newest = in->ms;
	d->n_late = 0;
	if (d->options->is_rest_ms)
		d->rest.n = 0; /* these are of later times, too */
	return true;
}

/* The row's time is known: is it late, or is there a gap before it? */
static bool
take_time(struct detector *d, struct detect_input *in)
{
	double step;

	if (in->ms == DETECT_NO_TIME)
		return true;
	if (in->ms > DETECT_TIME_MAX || in->ms < -DETECT_TIME_MAX)
		return false;
	if (d->newest != DETECT_NO_TIME && in->ms < d->newest)
		return turn_back(d, in);
	d->n_late = 0;
	if (d->newest != DETECT_NO_TIME) {
		step = (double)(in->ms - d->newest);
		in->is_gap = d->step > 0 && step > DETECT_GAP * d->step;
		if (d->step > 0)
			d->step += (fmin(step, 4 * d->step) - d->step) / 32;
		else
			d->step = step;
	}
	d->newest = in->ms;
	return true;
}

/* Set the score and the range of the column from the distance. */
static double
surprise(const struct detector *d, size_t i, double raw,
    const struct detect_input *in, struct detect_part *part)
{
	const struct window *past = &d->pasts[i];
	double s = surprise_of(past, raw), far;

	if (isnan(s)) {
		part->score = part->expected = NAN;
		return s;
	}
	if (!has(d, DETECT_JOINT))
		part->score = s;
	if (has(d, DETECT_DISTANCE)) {
		far = surprise_limit(past, in->limit);
		part->low = part->expected - far;
		part->high = part->expected + far;
	}
	return s;
}

/* Is the value on the side that was not asked for? */
static bool
is_wrong_side(const struct detector *d, double x, const struct detect_part *p)
{
	return !isnan(p->expected) &&
	       isnan(detect_distance(d->options, x - p->expected));
}

/* The model i's view of the row, into v; raw: out, its own number. */
static void
score(const struct detector *d, size_t i, struct detect_input in,
    struct detect_part *parts, struct verdict *v, double *raw)
{
	size_t w = width(d);
	double score;

	in.x += i * w;
	parts += i * w;
	for (size_t j = 0; j < w; j++)
		parts[j] = (struct detect_part){NAN, NAN, NAN, NAN};
	*raw = NAN;
	if (!is_whole(in.x, w))
		return;
	score = d->method->score(d->models[i], &in, parts);
	if (!isnan(score) && has(d, DETECT_RAW)) {
		/* what lies on the other side is no measure for this one */
		*raw = is_wrong_side(d, *in.x, parts) ? NAN : score;
		score = surprise(d, i, score, &in, parts);
	}
	if (isnan(score))
		v->is_warming_up = true;
	if (isnan(score) || score <= v->score)
		return;
	v->score = score;
	v->column = i * w;
	for (size_t j = 1; j < w; j++)
		if (parts[j].score > parts[v->column - i * w].score)
			v->column = i * w + j;
}

static void
learn(
    struct detector *d, struct detect_input in, const double *raws, bool is_odd)
{
	size_t w = width(d);
	const double *x = in.x;

	for (size_t i = 0; i < count(d); i++) {
		in.x = x + i * w;
		if (!is_whole(in.x, w))
			continue;
		if (!is_odd || has(d, DETECT_SERIES))
			d->method->update(d->models[i], &in, is_odd);
		if (!isnan(raws[i]))
			window_add(&d->pasts[i], raws[i]);
	}
}

/* What is told of the score, after what was told before. */
static void
tell(struct detector *d, struct verdict *v, int64_t ms)
{
	const struct detect_options *o = d->options;
	int64_t at = o->is_rest_ms ? ms : d->n;
	int64_t length = o->rest > 0 ? o->rest : DETECT_REST;
	double by = habit(d);
	bool is_peak;

	v->is_anomaly = v->score / by > o->threshold;
	if (has(d, DETECT_PEAKS) || o->rest > 0) {
		is_peak = rest_is_peak(&d->rest, at, length, v->score);
		rest_add(&d->rest, at, v->score, is_peak);
		v->is_resting = o->rest > 0 && !is_peak;
	}
	v->score = fmin(v->score / by, DETECT_SCORE_MAX);
	if (v->is_resting) {
		v->is_anomaly = false;
		v->score = 0;
	}
}

struct verdict
detector_next(
    struct detector *d, double *x, int64_t ms, struct detect_part *parts)
{
	struct verdict v = {.score = -1};
	struct detect_input in = {
	    .x = x, .ms = ms, .limit = d->options->threshold * habit(d)};
	double few[8], *raws = few;
	bool is_odd;

	clamp(x, d->options->columns);
	if (!take_time(d, &in)) {
		for (size_t i = 0; i < d->options->columns; i++)
			parts[i].score = NAN;
		return (struct verdict){.score = NAN, .is_late = true};
	}
	d->n += d->n < DETECT_TIME_MAX;
	if (count(d) > sizeof(few) / sizeof(*few))
		raws = xcalloc(count(d), sizeof(*raws));
	for (size_t i = 0; i < count(d); i++)
		score(d, i, in, parts, &v, &raws[i]);
	is_odd = v.score > in.limit;
	d->streak = is_odd ? d->streak + 1 : 0;
	learn(d, in, raws,
	    is_odd && v.score < DETECT_SCORE_MAX && d->streak < DETECT_PERSIST);
	if (v.score < 0) {
		v.score = NAN;
	} else {
		v.is_warming_up = false;
		if (is_wrong_side(d, x[v.column], &parts[v.column]))
			v.score = 0;
		tell(d, &v, ms);
	}
	if (raws != few)
		free(raws);
	return v;
}

void
detector_pack(struct detector *d, struct pack *p)
{
	pack_int(p, "rows", &d->n, 0, DETECT_TIME_MAX);
	pack_int(p, "newest", &d->newest, DETECT_NO_TIME, DETECT_TIME_MAX);
	pack_size(p, "late", &d->n_late, 0, DETECT_LATE - 1);
	pack_double(p, "step", &d->step);
	pack_size(p, "streak", &d->streak, 0, SIZE_MAX);
	rest_pack(&d->rest, p);
	for (size_t i = 0; i < count(d) && !p->is_bad; i++) {
		pack_open(p, "model");
		d->method->pack(d->models[i], p);
		if (has(d, DETECT_RAW))
			window_pack(&d->pasts[i], p, "past");
		pack_close(p);
	}
	if (d->newest < -DETECT_TIME_MAX && d->newest != DETECT_NO_TIME)
		p->is_bad = true;
}
