/*
 * cdo-detect - score numbers in records by what is usual for them.
 *
 * in:  records; those without the fields are scored null
 * out: the records with _cdo.detect; with --only, the anomalies alone
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/cli.h"
#include "core/diag.h"
#include "core/num.h"
#include "core/xmem.h"
#include "detect/annotate.h"
#include "detect/detectors.h"
#include "obs/run.h"
#include "stream/filter.h"
#include "stream/out.h"
#include "json/path.h"
#include "json/write.h"

#define MAX_KEYS 10000

static const struct detect_method *method; /* -m */
static struct jpath *fields; /* -f, owned */
static const char **names; /* of the fields, as written; owned */
static struct jpath key; /* -k */
static bool has_key, only, explain;
static bool *seen; /* a number in each of the fields, owned */
static bool any; /* record */
static double threshold = -1; /* below 0: the method's */
static struct detect_options options; /* all the others */
static struct detectors detectors = {.max = MAX_KEYS};
static struct detect_row row; /* the record at hand */

enum { THRESHOLD = FILTER_END, WINDOW, MAX, ONLY, EXPLAIN, LIST };
static const struct option long_options[] = {
    {"method", required_argument, NULL, 'm'},
    {"field", required_argument, NULL, 'f'},
    {"key", required_argument, NULL, 'k'},
    {"window", required_argument, NULL, WINDOW},
    {"threshold", required_argument, NULL, THRESHOLD},
    {"max-keys", required_argument, NULL, MAX},
    {"only", no_argument, NULL, ONLY},
    {"explain", no_argument, NULL, EXPLAIN},
    {"list", no_argument, NULL, LIST},
    FILTER_OPTIONS,
    {NULL, 0, NULL, 0},
};

static const struct cli cli = {
    .usage = "cdo-detect -m method -f path... [-k path] [--window n]"
	     " [--threshold x] [--max-keys n] [--only] [--explain]"
	     " [file ...]\n"
	     "cdo-detect --list\n",
    .help = "  -m, --method method  how to score; see --list\n"
	    "  -f, --field path     score the number there; again for more\n"
	    "  -k, --key path       one model for each value found there\n"
	    "      --window n       learn from the last n values [100]\n"
	    "      --threshold x    scores above x are anomalies\n"
	    "      --max-keys n     remember the last n keys [10000]\n"
	    "      --only           write the anomalies alone\n"
	    "      --explain        say why: share, expected value, range\n"
	    "      --list           list the methods\n",
    .is_filter = true,
};

/* Append the record's key: strings by their bytes, all else as JSON. */
static void
add_key(struct buf *b, struct jval root)
{
	struct jval v = jpath_get(&key, root);
	size_t len;
	const char *s = jval_string(v, &len);

	if (jval_type(v) == J_STRING) {
		buf_addc(b, '"');
		buf_add(b, s, len);
	} else {
		jwrite_value(b, v); /* absent is null */
	}
}

static struct detector *
find_detector(struct buf *scratch, struct jval root)
{
	size_t before = detectors.n_forgotten;
	struct detector *d;

	scratch->len = 0;
	if (has_key)
		add_key(scratch, root);
	else
		buf_addc(scratch, '-'); /* any key will do */
	d = detectors_get(&detectors, scratch->data, scratch->len);
	if (before == 0 && detectors.n_forgotten > 0)
		diag_warn("more than %zu keys: those not seen for longest are "
			  "forgotten and start over; raise --max-keys",
		    detectors.max);
	return d;
}

static void
record(struct worker *w, const struct record *r)
{
	struct detector *d = find_detector(&w->scratch, r->root);
	struct verdict v;

	for (size_t i = 0; i < options.columns; i++) {
		struct jval x = jpath_get(&fields[i], r->root);

		row.x[i] = jval_is_number(x) ? jval_double(x) : (double)NAN;
		seen[i] |= jval_is_number(x);
	}
	any = true;
	v = detector_next(d, row.x, row.parts);
	if (only && !v.is_anomaly) {
		w->n_rejected++;
		return;
	}
	w->scratch.len = 0;
	detect_annotate(&w->scratch, &row, &v, explain);
	filter_annotate(w, r, w->scratch.data, w->scratch.len);
}

static void
compile(struct jpath *p, const char *option, const char *text)
{
	struct jpath_error err;

	if (!jpath_compile(p, text, &err))
		cli_wrong(&cli, "%s: %s: at byte %zu: %s", option, text, err.at,
		    err.what);
}

static void
add_field(const char *text)
{
	size_t n = options.columns++;

	fields = xrealloc(fields, n + 1, sizeof(*fields));
	names = xrealloc(names, n + 1, sizeof(*names));
	names[n] = text;
	compile(&fields[n], "--field", text);
}

static void
set_key(const char *text)
{
	if (has_key)
		cli_wrong(&cli, "--key: there can be only one");
	has_key = true;
	compile(&key, "--key", text);
}

static size_t
number(const char *option, const char *text, size_t low, size_t high)
{
	uint64_t n = 0;

	if (num_uint(text, low, high, &n) != 0)
		cli_wrong(&cli, "%s: %s: not a number from %zu to %zu", option,
		    text, low, high);
	return (size_t)n;
}

static void
set_threshold(const char *text)
{
	if (num_double(text, &threshold) != 0 || threshold < 0 ||
	    threshold >= DETECT_SCORE_MAX)
		cli_wrong(&cli,
		    "--threshold: %s: not a number from 0 to below "
		    "%.0f",
		    text, DETECT_SCORE_MAX);
}

static void
set_method(const char *name)
{
	method = detect_find(name);
	if (!method)
		cli_wrong(&cli, "--method: %s: unknown; see --list", name);
}

static void
list(void)
{
	for (size_t i = 0; detect_methods[i]; i++)
		printf("%-10s %s; threshold %g\n", detect_methods[i]->name,
		    detect_methods[i]->about, detect_methods[i]->threshold);
	out_finish();
	exit(run_end(0));
}

static void
take_option(struct filter *f, int c, const char *arg)
{
	switch (c) {
	case 'm':
		set_method(arg);
		return;
	case 'f':
		add_field(arg);
		return;
	case 'k':
		set_key(arg);
		return;
	case WINDOW:
		options.window = number(
		    "--window", arg, DETECT_WINDOW_MIN, DETECT_WINDOW_MAX);
		return;
	case THRESHOLD:
		set_threshold(arg);
		return;
	case MAX:
		detectors.max = number("--max-keys", arg, 1, 1000000000);
		return;
	case ONLY:
		only = true;
		return;
	case EXPLAIN:
		explain = true;
		return;
	case LIST:
		list();
	}
	filter_option(f, &cli, c, arg);
}

/* Refuse what is incomplete, fill in what was not said. */
static void
prepare(void)
{
	if (!method)
		cli_wrong(&cli, "which method? see --method and --list");
	if (options.columns == 0)
		cli_wrong(&cli, "which field? see --field");
	if (options.window == 0)
		options.window = method->window;
	options.threshold = threshold < 0 ? method->threshold : threshold;
	detectors.method = method;
	detectors.options = &options;
	row = (struct detect_row){.method = method,
	    .options = &options,
	    .names = names,
	    .x = xcalloc(options.columns, sizeof(*row.x)),
	    .parts = xcalloc(options.columns, sizeof(*row.parts))};
	seen = xcalloc(options.columns, sizeof(*seen));
}

/* A misspelt path would else look like data without anomalies. */
static void
tell_unseen(void)
{
	for (size_t i = 0; any && i < options.columns; i++)
		if (!seen[i])
			diag_warn("no record has a number at %s", names[i]);
}

static void
release(void)
{
	detectors_release(&detectors);
	for (size_t i = 0; i < options.columns; i++)
		jpath_release(&fields[i]);
	jpath_release(&key);
	free(fields);
	free(names);
	free(seen);
	free(row.x);
	free(row.parts);
}

int
main(int argc, char *argv[])
{
	struct filter f = {.name = "detect", .record = record};
	int c, status;

	run_start(argv[0]);
	while ((c = cli_next(&cli, argc, argv, "m:f:k:" CLI_LETTERS,
		    long_options)) != -1)
		take_option(&f, c, optarg);
	prepare();
	filter_init(&f);
	filter_files(&f, argc - optind, argv + optind);
	status = filter_finish(&f);
	tell_unseen();
	release();
	out_finish();
	return run_end(status);
}
