/*
 * cdo-detect - score numbers in records by what is usual for them.
 *
 * in:  records; those without the fields are scored null
 * out: the records with _cdo.detect; with --only, the anomalies alone
 */
#include <string.h>
#include <sysexits.h>

#include "core/cli.h"
#include "detect/judge.h"
#include "detect/options.h"
#include "detect/saved.h"
#include "obs/run.h"
#include "stream/filter.h"
#include "stream/out.h"

static const struct option long_options[] = {
    {"method", required_argument, NULL, 'm'},
    {"field", required_argument, NULL, 'f'},
    {"key", required_argument, NULL, 'k'},
    {"time", required_argument, NULL, 't'},
    {"period", required_argument, NULL, OPTION_PERIOD},
    {"direction", required_argument, NULL, OPTION_DIRECTION},
    {"cooldown", required_argument, NULL, OPTION_COOLDOWN},
    {"state", required_argument, NULL, OPTION_STATE},
    {"window", required_argument, NULL, OPTION_WINDOW},
    {"threshold", required_argument, NULL, OPTION_THRESHOLD},
    {"contamination", required_argument, NULL, OPTION_CONTAMINATION},
    {"max-keys", required_argument, NULL, OPTION_MAX_KEYS},
    {"neighbours", required_argument, NULL, OPTION_NEIGHBOURS},
    {"trees", required_argument, NULL, OPTION_TREES},
    {"sample", required_argument, NULL, OPTION_SAMPLE},
    {"eps", required_argument, NULL, OPTION_EPS},
    {"seed", required_argument, NULL, OPTION_SEED},
    {"quantile", required_argument, NULL, OPTION_QUANTILE},
    {"nu", required_argument, NULL, OPTION_NU},
    {"tol", required_argument, NULL, OPTION_TOLERANCE},
    {"batch", no_argument, NULL, OPTION_BATCH},
    {"scale", no_argument, NULL, OPTION_SCALE},
    {"only", no_argument, NULL, OPTION_ONLY},
    {"explain", no_argument, NULL, OPTION_EXPLAIN},
    {"fit", required_argument, NULL, OPTION_FIT},
    {"model", required_argument, NULL, OPTION_MODEL},
    {"retrain", required_argument, NULL, OPTION_RETRAIN},
    {"plot", required_argument, NULL, OPTION_PLOT},
    {"list", no_argument, NULL, OPTION_LIST},
    FILTER_JOBS,
    FILTER_OPTIONS,
    {NULL, 0, NULL, 0},
};

static const struct cli cli = {
    .usage = "cdo-detect [-m method] -f path... [-t path] [-k path]"
	     " [--window n] [--threshold x] [--direction d] [--cooldown n]"
	     " [--period p] [--state name] [--seed n] [--max-keys n] [--only]"
	     " [--explain] [--plot file] [file ...]\n"
	     "cdo-detect -m method [--batch] -f path... [-k path] [--window n]"
	     " [--scale]"
	     " [--contamination c | --quantile q | --threshold x]"
	     " [--neighbours k] [--trees n] [--sample n] [--eps x] [--nu x]"
	     " [--tol x] [--seed n] [--fit file [--retrain age]] [--only]"
	     " [--explain] [--plot file] [-j jobs] [file ...]\n"
	     "cdo-detect --model file [--only] [--explain] [--plot file] [file "
	     "...]\n"
	     "cdo-detect show name\n"
	     "cdo-detect --list\n",
    .help =
	"  -m, --method method    how to score; see --list\n"
	"  -f, --field path       score the number there; again for more\n"
	"  -t, --time path        when it was; the method is auto then\n"
	"  -k, --key path         one model for each value found there\n"
	"      --window n, --threshold x  learn from n values; score above\n"
	"      --contamination c, --quantile q  flag this share; above it\n"
	"      --direction d, --cooldown n  up, down; an alert in n records\n"
	"      --period p         length of a season: 24h, or auto\n"
	"      --state name       go on from what was learned before\n"
	"      --batch, --scale   look at all records; divide by deviation\n"
	"      --fit file, --retrain age, --model file  keep and use a model\n"
	"      --neighbours k, --eps x, --nu x, --tol x  see the manual\n"
	"      --trees n, --sample n, --seed n  a forest [100, 256, 1]\n"
	"      --max-keys n       remember the last n keys [10000, 512 MB]\n"
	"      --only, --explain, --plot file  anomalies alone; why; draw\n"
	"  -j, --jobs jobs        score with this many threads\n"
	"      --list             list the methods\n",
    .is_filter = true,
};

/* The verb: what is kept under a name, as JSON, a line a key. */
static int
show(int argc, char *argv[])
{
	static const struct option names[] = {CLI_OPTIONS, {NULL, 0, NULL, 0}};
	int c;

	while ((c = cli_next(&cli, argc, argv, CLI_LETTERS, names)) != -1)
		cli_option(&cli, c, optarg);
	if (argc - optind != 1 || !saved_is_name(argv[optind]))
		cli_wrong(&cli, "show: the name of which --state?");
	return saved_show(argv[optind]);
}

/* No verb: judge records. */
static int
detect(int argc, char *argv[])
{
	struct filter f = {.name = "detect"};
	struct judge judge = {0};
	struct options o = {.cli = &cli, .judge = &judge};
	int c, status, saved;

	while ((c = cli_next(&cli, argc, argv, "j:m:f:k:t:" CLI_LETTERS,
		    long_options)) != -1)
		options_take(&o, &f, c, optarg);
	options_end(&o, &f);
	status = judge_load(&judge);
	if (status == 0) {
		filter_init(&f);
		filter_files(&f, argc - optind, argv + optind);
		status = filter_finish(&f);
		saved = judge_save(&judge);
		if (status == 0 || status == EX_DATAERR)
			status = saved ? saved : status;
		judge_tell_unseen(&judge);
		if (judge.plot && (status == 0 || status == EX_DATAERR)) {
			saved = plot_write(judge.plot, o.method);
			status = saved ? saved : status;
		}
	}
	plot_free(judge.plot);
	judge_release(&judge);
	models_release(&o.models);
	return status;
}

int
main(int argc, char *argv[])
{
	bool is_show = argc > 1 && strcmp(argv[1], "show") == 0;
	int status;

	run_start(argv[0]);
	if (is_show) /* getopt's messages are the program's */
		argv[1] = argv[0];
	status = is_show ? show(argc - 1, argv + 1) : detect(argc, argv);
	out_finish();
	return run_end(status);
}
