/*
 * usage: nab DATA [METHOD[=LEAST] ...]
 *
 * The Numenta Anomaly Benchmark: score the series in DATA/data, labelled by
 * DATA/windows.json, by each streaming method with its defaults, and print
 * what NAB's three profiles (standard, few false alerts, few misses) make of
 * the scores.  One threshold for all series, the best there is, as NAB does;
 * each value is scored when it comes, so nothing is known of what follows.
 * Exits 1 if a method's standard score is below LEAST.
 *
 * Rules: Lavin and Ahmad 2015 (arXiv:1510.03336), and NAB's white paper.  In
 * words: 15 % of a series, 750 rows at most, are for learning.  A window that
 * is hit earns from 1 at its start to 0 at its end, by a sigmoid, for its
 * best alert; each alert outside costs up to 0.11 (0.22), less just behind a
 * window; a window missed costs 1 (2).  0 is a detector that is silent, 100
 * one that hits each window at its start.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "core/buf.h"
#include "core/timestamp.h"
#include "core/xmem.h"
#include "detect/detector.h"

#define STAMP 20 /* 2014-04-01 00:00:00 and NUL */

static const struct profile {
	double alert, miss;
} profiles[] = {{0.11, 1}, {0.22, 1}, {0.11, 2}};

struct row {
	char stamp[STAMP];
	int64_t ms;
	double x;
	int window; /* or -1 */
	double worth; /* of an alert, without weights */
	double score; /* NaN: none */
};

struct series {
	struct row *rows;
	size_t n, cap, start;
	int n_windows;
};

static struct series *all;
static size_t n_series;

static double
sigmoid(double y)
{
	return y > 3 ? -1 : 2 / (1 + exp(5 * y)) - 1;
}

static size_t
find_stamp(const struct series *s, size_t i, const char *stamp)
{
	while (i < s->n && strncmp(s->rows[i].stamp, stamp, STAMP - 1) != 0)
		i++;
	if (i == s->n) {
		fprintf(stderr, "nab: no row of %s\n", stamp);
		exit(65);
	}
	return i;
}

/* Rows behind a window that ended at right, before the next one. */
static void
set_behind(struct series *s, size_t from, size_t to, size_t right, size_t width)
{
	for (size_t i = from; i < to; i++)
		s->rows[i].worth =
		    sigmoid((double)(i - right) / ((double)width - 1));
}

static void
set_windows(struct series *s, const json_t *windows)
{
	size_t from = 0, right = 0, width = 0, k;
	const json_t *w;

	for (size_t i = 0; i < s->n; i++) {
		s->rows[i].window = -1;
		s->rows[i].worth = -1;
	}
	json_array_foreach(windows, k, w)
	{
		const char *a = json_string_value(json_array_get(w, 0));
		const char *b = json_string_value(json_array_get(w, 1));
		size_t left = find_stamp(s, from, a);

		if (k > 0)
			set_behind(s, from, left, right, width);
		right = find_stamp(s, left, b);
		width = right - left + 1;
		for (size_t i = left; i <= right; i++) {
			s->rows[i].window = (int)k;
			s->rows[i].worth =
			    sigmoid(-(double)(right - i + 1) / (double)width);
		}
		from = right + 1;
	}
	s->n_windows = (int)k;
	if (k > 0)
		set_behind(s, from, s->n, right, width);
	s->start = s->n * 15 / 100 < 750 ? s->n * 15 / 100 : 750;
}

static void
add_row(struct series *s, const char *line)
{
	const char *comma = strchr(line, ',');
	struct row r = {.score = NAN};

	if (!comma || (size_t)(comma - line) < STAMP - 1)
		return;
	if (s->n == s->cap) {
		s->cap = s->cap ? 2 * s->cap : 1024;
		s->rows = xrealloc(s->rows, s->cap, sizeof(*s->rows));
	}
	memcpy(r.stamp, line, STAMP - 1);
	timestamp_parse(r.stamp, STAMP - 1, &r.ms);
	r.x = strtod(comma + 1, NULL);
	s->rows[s->n++] = r;
}

/* Those series that are there: DATA may hold a part of the corpus. */
static void
load(const char *dir)
{
	struct buf path = {0};
	json_t *labels;
	const char *name;
	json_t *windows;
	char line[256];

	buf_addf(&path, "%s/windows.json", dir);
	labels = json_load_file(path.data, JSON_REJECT_DUPLICATES, NULL);
	all = xcalloc(json_object_size(labels) + 1, sizeof(*all));
	json_object_foreach(labels, name, windows)
	{
		struct series *s = &all[n_series];
		FILE *f;

		path.len = 0;
		buf_addf(&path, "%s/data/%s", dir, name);
		f = fopen(path.data, "r");
		if (!f)
			continue;
		while (fgets(line, sizeof(line), f))
			add_row(s, line);
		fclose(f);
		set_windows(s, windows);
		n_series++;
	}
	json_decref(labels);
	buf_release(&path);
}

static void
run(const struct detect_method *method)
{
	struct detect_options o = {.columns = 1,
	    .window = method->window,
	    .threshold = method->threshold,
	    .seed = 1,
	    .has_time = true,
	    .rest = method->traits & DETECT_PEAKS ? DETECT_REST : 0};

	for (size_t k = 0; k < n_series; k++) {
		struct detector d;
		struct detect_part part;

		detector_init(&d, method, &o);
		for (size_t i = 0; i < all[k].n; i++) {
			struct row *r = &all[k].rows[i];
			double x = r->x;

			r->score = detector_next(&d, &x, r->ms, &part).score;
		}
		detector_release(&d);
	}
}

struct alert {
	double score, worth;
	size_t window; /* of all series; 0: none */
};

static int
compare(const void *a, const void *b)
{
	double x = ((const struct alert *)a)->score;
	double y = ((const struct alert *)b)->score;

	return (x < y) - (x > y);
}

/* All rows that count, highest score first; n: out, how many. */
static struct alert *
sort(const struct profile *p, size_t *n)
{
	struct alert *alerts = NULL;
	size_t windows = 1, cap = 0;
	double best = sigmoid(-1);

	*n = 0;
	for (size_t k = 0; k < n_series; k++) {
		const struct series *s = &all[k];

		cap += s->n;
		alerts = xrealloc(alerts, cap, sizeof(*alerts));
		for (size_t i = s->start; i < s->n; i++) {
			const struct row *r = &s->rows[i];
			bool in = r->window >= 0;

			alerts[(*n)++] = (struct alert){
			    isnan(r->score) ? -INFINITY : r->score,
			    r->worth * (in ? 1 / best : p->alert),
			    in ? windows + (size_t)r->window : 0};
		}
		windows += (size_t)s->n_windows;
	}
	qsort(alerts, *n, sizeof(*alerts), compare);
	return alerts;
}

/* The best total of all thresholds, from 0 to 100. */
static double
judge(const struct profile *p, double *threshold)
{
	size_t n, n_windows = 0;
	struct alert *a = sort(p, &n);
	double *hits, none = 0, total, top;

	for (size_t k = 0; k < n_series; k++)
		n_windows += (size_t)all[k].n_windows;
	hits = xcalloc(n_windows + 1, sizeof(*hits)); /* 0: not to be hit */
	for (size_t i = 0; i < n; i++) {
		if (a[i].window > 0 && hits[a[i].window] == 0) {
			hits[a[i].window] = -p->miss;
			none -= p->miss;
		}
	}
	total = top = none;
	*threshold = INFINITY;
	for (size_t i = 0; i < n && a[i].score > -INFINITY; i++) {
		double *hit = &hits[a[i].window];

		if (a[i].window == 0) {
			total += a[i].worth;
		} else if (a[i].worth > *hit) {
			total += a[i].worth - *hit;
			*hit = a[i].worth;
		}
		if (total > top &&
		    (i + 1 == n || a[i + 1].score < a[i].score)) {
			top = total;
			*threshold = a[i].score;
		}
	}
	free(hits);
	free(a);
	return 100 * (top - none) / ((double)n_windows - none);
}

/* Returns the standard score. */
static double
report(const struct detect_method *method)
{
	double threshold, standard = NAN;

	run(method);
	printf("%-20s", method->name);
	for (size_t i = 0; i < sizeof(profiles) / sizeof(*profiles); i++)
		printf(" %6.2f", judge(&profiles[i], &threshold));
	standard = judge(&profiles[0], &threshold);
	printf("  threshold %.4g\n", threshold);
	fflush(stdout);
	return standard;
}

/* method, or method=least.  Returns whether it scored as much. */
static bool
try(char *text)
{
	char *least = strchr(text, '=');
	const struct detect_method *m;

	if (least)
		*least++ = '\0';
	m = detect_find(text);
	if (!m) {
		fprintf(stderr, "nab: %s: no such method\n", text);
		return false;
	}
	return report(m) >= (least ? strtod(least, NULL) : 0);
}

int
main(int argc, char *argv[])
{
	bool good = true;

	if (argc < 2) {
		fputs("usage: nab data [method[=least] ...]\n", stderr);
		return 64;
	}
	load(argv[1]);
	for (size_t i = 0; argc == 2 && detect_methods[i]; i++)
		report(detect_methods[i]);
	for (int i = 2; i < argc; i++)
		good &= try(argv[i]);
	for (size_t k = 0; k < n_series; k++)
		free(all[k].rows);
	free(all);
	return good ? 0 : 1;
}
