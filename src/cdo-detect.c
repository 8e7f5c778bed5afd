/*
 * cdo-detect - score numbers in records by what is usual for them.
 *
 * in:  records; those without the fields are scored null
 * out: the records with _cdo.detect; with --only, the anomalies alone
 *
 * Longer than a program should be: it has the options of all methods.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/cli.h"
#include "core/diag.h"
#include "core/num.h"
#include "detect/judge.h"
#include "obs/run.h"
#include "stream/filter.h"
#include "stream/out.h"
#include "json/path.h"

static struct judge judge;
static const char *method; /* -m */
static bool whole; /* --batch */

enum {
	WINDOW = FILTER_END,
	THRESHOLD,
	CONTAMINATION,
	MAX_KEYS,
	NEIGHBOURS,
	TREES,
	SAMPLE,
	EPS,
	SEED,
	QUANTILE,
	NU,
	TOLERANCE,
	NUMBERS_END,
	ONLY = NUMBERS_END,
	BATCH,
	SCALE,
	EXPLAIN,
	LIST
};

/* Who looks at an option, beside the BATCH_ bits of the methods themselves. */
enum { STREAM = 1 << 16, BATCH_ALL = 1 << 17 };

/* The options that are numbers, in the order of their constants. */
static struct number {
	const char *name;
	double low, high;
	double value; /* what the option said, or the default */
	unsigned users;
	bool is_whole, is_set;
} numbers[] = {
    {"window", DETECT_WINDOW_MIN, DETECT_WINDOW_MAX, 0, STREAM, true, false},
    {"threshold", 0, DETECT_SCORE_MAX, 0, STREAM | BATCH_ALL, false, false},
    {"contamination", 1e-6, .5, .01, BATCH_ALL, false, false},
    {"max-keys", 1, 1e9, 10000, STREAM, true, false},
    {"neighbours", 1, 10000, 0, BATCH_NEIGHBOURS, true, false},
    {"trees", 1, 10000, 100, BATCH_FOREST, true, false},
    {"sample", 2, 65536, 256, BATCH_FOREST, true, false},
    {"eps", 1e-300, 1e300, 0, BATCH_RADIUS, false, false},
    {"seed", 0, 9007199254740991, 1, BATCH_SEED, true, false},
    {"quantile", .5, .999999, 0, BATCH_ALL, false, false},
    {"nu", 1e-6, 1, .5, BATCH_NU, false, false},
    {"tol", 1e-12, 1, .001, BATCH_NU, false, false},
};
#define NUMBER(c) (numbers[(c)-WINDOW])

static const struct option long_options[] = {
    {"method", required_argument, NULL, 'm'},
    {"field", required_argument, NULL, 'f'},
    {"key", required_argument, NULL, 'k'},
    {"window", required_argument, NULL, WINDOW},
    {"threshold", required_argument, NULL, THRESHOLD},
    {"contamination", required_argument, NULL, CONTAMINATION},
    {"max-keys", required_argument, NULL, MAX_KEYS},
    {"neighbours", required_argument, NULL, NEIGHBOURS},
    {"trees", required_argument, NULL, TREES},
    {"sample", required_argument, NULL, SAMPLE},
    {"eps", required_argument, NULL, EPS},
    {"seed", required_argument, NULL, SEED},
    {"quantile", required_argument, NULL, QUANTILE},
    {"nu", required_argument, NULL, NU},
    {"tol", required_argument, NULL, TOLERANCE},
    {"batch", no_argument, NULL, BATCH},
    {"scale", no_argument, NULL, SCALE},
    {"only", no_argument, NULL, ONLY},
    {"explain", no_argument, NULL, EXPLAIN},
    {"list", no_argument, NULL, LIST},
    FILTER_JOBS,
    FILTER_OPTIONS,
    {NULL, 0, NULL, 0},
};

static const struct cli cli = {
    .usage = "cdo-detect -m method -f path... [-k path] [--window n]"
	     " [--threshold x] [--max-keys n] [--only] [--explain]"
	     " [file ...]\n"
	     "cdo-detect -m method [--batch] -f path... [-k path] [--scale]"
	     " [--contamination c | --quantile q | --threshold x]"
	     " [--neighbours k] [--trees n] [--sample n] [--eps x] [--nu x]"
	     " [--tol x] [--seed n] [--only] [--explain] [-j jobs]"
	     " [file ...]\n"
	     "cdo-detect --list\n",
    .help =
	"  -m, --method method    how to score; see --list\n"
	"  -f, --field path       score the number there; again for more\n"
	"  -k, --key path         one model for each value found there\n"
	"      --window n         learn from the last n values [100]\n"
	"      --threshold x      scores above x are anomalies\n"
	"      --contamination c  flag this share of the records [0.01]\n"
	"      --quantile q       flag those above this quantile of scores\n"
	"      --batch            look at all records, then score\n"
	"      --scale            divide fields by their deviation\n"
	"      --neighbours k     look at the k nearest records\n"
	"      --trees n, --sample n  the size of a forest [100, 256]\n"
	"      --eps x            the reach of dbscan\n"
	"      --nu x, --tol x    of one_class_svm [0.5, 0.001]\n"
	"      --seed n           of random numbers [1]\n"
	"      --max-keys n       remember the last n keys [10000]\n"
	"      --only             write the anomalies alone\n"
	"      --explain          say why: share, expected value, range\n"
	"  -j, --jobs jobs        score with this many threads\n"
	"      --list             list the methods\n",
    .is_filter = true,
};

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
	struct jpath p;

	compile(&p, "--field", text);
	judge_add_field(&judge, &p, text);
	jpath_release(&p);
}

static void
set_key(const char *text)
{
	if (judge.has_key)
		cli_wrong(&cli, "--key: there can be only one");
	judge.has_key = true;
	compile(&judge.key, "--key", text);
}

static void
set_number(struct number *n, const char *text)
{
	if (num_double(text, &n->value) != 0 || n->value < n->low ||
	    n->value > n->high || (n->is_whole && n->value != floor(n->value)))
		cli_wrong(&cli, "--%s: %s: not a number from %.16g to %.16g",
		    n->name, text, n->low, n->high);
	n->is_set = true;
}

static void
list(void)
{
	for (size_t i = 0; detect_methods[i]; i++)
		printf("%-26s stream  %s\n", detect_methods[i]->name,
		    detect_methods[i]->about);
	for (size_t i = 0; batch_methods[i]; i++)
		printf("%-26s batch   %s\n", batch_methods[i]->name,
		    batch_methods[i]->about);
	out_finish();
	exit(run_end(0));
}

static void
take_option(struct filter *f, int c, const char *arg)
{
	if (c >= WINDOW && c < NUMBERS_END) {
		set_number(&NUMBER(c), arg);
		return;
	}
	switch (c) {
	case 'm':
		method = arg;
		return;
	case 'f':
		add_field(arg);
		return;
	case 'k':
		set_key(arg);
		return;
	case BATCH:
		whole = true;
		return;
	case SCALE:
		judge.gather.is_scaled = true;
		return;
	case ONLY:
		judge.only = true;
		return;
	case EXPLAIN:
		judge.explain = true;
		return;
	case LIST:
		list();
	}
	filter_option(f, &cli, c, arg);
}

static void
refuse(bool is_given, const char *option)
{
	if (is_given)
		cli_wrong(&cli, "--%s: not with %s%s", option, method,
		    whole ? " --batch" : "");
}

/* Refuse the options that would have no effect. */
static void
refuse_others(unsigned users)
{
	for (int i = WINDOW; i < NUMBERS_END; i++)
		refuse(NUMBER(i).is_set && !(NUMBER(i).users & users),
		    NUMBER(i).name);
}

static double
get(int option, double otherwise)
{
	return NUMBER(option).is_set ? NUMBER(option).value : otherwise;
}

static void
prepare_stream(const struct detect_method *m, unsigned jobs)
{
	refuse_others(STREAM);
	refuse(judge.gather.is_scaled, "scale");
	refuse(jobs > 1, "jobs");
	judge.method = m;
	judge.options.window = (size_t)get(WINDOW, (double)m->window);
	judge.options.threshold = get(THRESHOLD, m->threshold);
	judge.row.threshold = judge.options.threshold;
	judge.detectors.max = (size_t)NUMBER(MAX_KEYS).value;
}

static void
prepare_batch(const struct batch_method *m, unsigned jobs)
{
	double threshold = m->threshold_for
			       ? m->threshold_for(judge.row.columns)
			       : m->threshold;

	refuse_others(BATCH_ALL | m->uses);
	if (NUMBER(CONTAMINATION).is_set + NUMBER(THRESHOLD).is_set +
		NUMBER(QUANTILE).is_set >
	    1)
		cli_wrong(&cli, "--contamination, --quantile and --threshold: "
				"choose one");
	if (NUMBER(CONTAMINATION).is_set || NUMBER(QUANTILE).is_set)
		threshold = NAN;
	judge.row.threshold = get(THRESHOLD, threshold);
	judge.gather.method = m;
	judge.gather.threshold = judge.row.threshold;
	judge.gather.quantile = NUMBER(QUANTILE).value;
	if (isnan(judge.row.threshold) && !NUMBER(QUANTILE).is_set)
		judge.gather.contamination = NUMBER(CONTAMINATION).value;
	judge.gather.options =
	    (struct batch_options){.seed = (uint64_t)NUMBER(SEED).value,
		.jobs = jobs ? jobs : 1,
		.neighbours = (size_t)get(NEIGHBOURS, (double)m->neighbours),
		.trees = (size_t)NUMBER(TREES).value,
		.sample = (size_t)NUMBER(SAMPLE).value,
		.radius = NUMBER(EPS).value,
		.nu = NUMBER(NU).value,
		.tolerance = NUMBER(TOLERANCE).value};
}

static _Noreturn void
refuse_method(void)
{
	const char *names[32];
	const char *near;
	size_t n = 0;

	for (size_t i = 0; batch_methods[i]; i++) /* those that stream too */
		names[n++] = batch_methods[i]->name;
	names[n] = NULL;
	near = cli_nearest(method, names);
	if (near)
		cli_wrong(&cli, "--method: %s: unknown%s; did you mean %s?",
		    method, whole ? " to --batch" : "", near);
	cli_wrong(&cli, "--method: %s: unknown%s; see --list", method,
	    whole ? " to --batch" : "");
}

/* Of the methods that can work both ways, the one that streams is taken,
 * unless there is --batch. */
static void
prepare(struct filter *f)
{
	unsigned jobs = f->jobs;

	f->jobs = 1; /* records are read in order */
	if (!method)
		cli_wrong(&cli, "which method? see --method and --list");
	if (judge.row.columns == 0)
		cli_wrong(&cli, "which field? see --field");
	judge.row.method = method;
	if (!whole && detect_find(method))
		prepare_stream(detect_find(method), jobs);
	else if (batch_find(method))
		prepare_batch(batch_find(method), jobs);
	else
		refuse_method();
	judge_start(&judge, f);
}

int
main(int argc, char *argv[])
{
	struct filter f = {.name = "detect"};
	int c, status;

	run_start(argv[0]);
	while ((c = cli_next(&cli, argc, argv, "j:m:f:k:" CLI_LETTERS,
		    long_options)) != -1)
		take_option(&f, c, optarg);
	prepare(&f);
	filter_init(&f);
	filter_files(&f, argc - optind, argv + optind);
	status = filter_finish(&f);
	judge_tell_unseen(&judge);
	judge_release(&judge);
	out_finish();
	return run_end(status);
}
