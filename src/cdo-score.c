/*
 * cdo-score - how good is the data, from 0 to 100, and what to mend first.
 *
 * in:  records; with --merge, summaries
 * out: the records with _cdo.score; with --summary, --profile or --merge,
 *      objects about all of them instead
 */
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "core/cli.h"
#include "core/num.h"
#include "core/xmem.h"
#include "obs/run.h"
#include "quality/page.h"
#include "quality/scoring.h"
#include "stream/out.h"

static struct rules rules; /* -R */
static struct scoring scoring = {
    .least = -1,
    .groups.max = 10000,
};
static const char *time_path;
static const char *window; /* --window */

static const struct cli cli = {
    .usage = "cdo-score [-e] [-R rules]... [-j jobs] [-t path] [-w weights]"
	     " [--by path]... [--max-groups n]"
	     " [--merge | --penalty | --profile | --summary] [--min score]"
	     " [--report page] [--sketches] [--window size] [file ...]\n",
    .help =
	"  -e, --exit-status   exit 1 if --min is not reached; drop nothing\n"
	"  -j, --jobs jobs     work with this many threads\n"
	"  -R, --rules rules   score by these; else by what cdo-validate -a"
	" found\n"
	"  -t, --time path     a record's time, for --window\n"
	"  -w, --weights list  of dimensions: 'validity=50,timeliness=5', or a"
	" file\n"
	"      --by path       a summary for each value there; again for more\n"
	"      --max-groups n  of --by; further ones are one [10000]\n"
	"      --merge         add up summaries\n"
	"      --min score     leave out records below this score; see -e\n"
	"      --penalty       score 100 - 20 errors - 5 warnings\n"
	"      --profile       a summary, with what stands at each path\n"
	"      --report page   write a page for people: .html, .md or .txt\n"
	"      --sketches      have the profile merge\n"
	"      --summary       write one object about all records\n"
	"      --window size   a summary every n records, or 5m, 1h ...\n",
    .is_filter = true,
};

enum {
	BY = FILTER_END,
	LEAST,
	MAX_GROUPS,
	MERGE,
	PENALTY,
	PROFILE,
	REPORT,
	SKETCHES,
	SUMMARY,
	WINDOW
};
static const struct option options[] = {
    {"exit-status", no_argument, NULL, 'e'},
    {"rules", required_argument, NULL, 'R'},
    {"time", required_argument, NULL, 't'},
    {"weights", required_argument, NULL, 'w'},
    {"by", required_argument, NULL, BY},
    {"max-groups", required_argument, NULL, MAX_GROUPS},
    {"merge", no_argument, NULL, MERGE},
    {"min", required_argument, NULL, LEAST},
    {"penalty", no_argument, NULL, PENALTY},
    {"profile", no_argument, NULL, PROFILE},
    {"report", required_argument, NULL, REPORT},
    {"sketches", no_argument, NULL, SKETCHES},
    {"summary", no_argument, NULL, SUMMARY},
    {"window", required_argument, NULL, WINDOW},
    FILTER_JOBS,
    FILTER_OPTIONS,
    {NULL, 0, NULL, 0},
};

static void
set_least(const char *text)
{
	if (num_double(text, &scoring.least) != 0 || scoring.least < 0 ||
	    scoring.least > 100)
		cli_wrong(&cli, "--min: %s: not a number from 0 to 100", text);
}

static void
set_max_groups(const char *text)
{
	uint64_t n;

	if (num_uint(text, 1, 10000000, &n) != 0)
		cli_wrong(&cli,
		    "--max-groups: %s: not a number from 1 to 10000000", text);
	scoring.groups.max = (size_t)n;
}

/* A number of records, or a duration, which has a unit. */
static void
set_window(const char *text)
{
	window = text;
	if (num_uint(text, 1, UINT32_MAX, &scoring.window) == 0)
		return;
	if (num_duration(text, &scoring.window_ms) != 0 ||
	    scoring.window_ms < 1000)
		cli_wrong(&cli,
		    "--window: %s: not a number of records, nor a duration "
		    "like 5m, 1s at least",
		    text);
}

static void
set_report(const char *path)
{
	if (page_format(path) == PAGE_NONE)
		cli_wrong(&cli,
		    "--report: %s: does not end in .html, .md or "
		    ".txt",
		    path);
	scoring.report = path;
}

/* Returns 0, or an exit status after a diagnostic. */
static int
take_option(struct filter *f, int c, const char *arg)
{
	switch (c) {
	case 'e':
		scoring.tells_status = true;
		break;
	case 'R':
		scoring.rules = &rules;
		return rules_load(&rules, arg);
	case 't':
		time_path = arg;
		break;
	case 'w':
		scoring.has_weights = true;
		return quality_read_weights(arg, scoring.weights);
	case BY:
		grouping_option(&scoring.groups.labels, &cli, "--by", arg);
		break;
	case LEAST:
		set_least(arg);
		break;
	case MAX_GROUPS:
		set_max_groups(arg);
		break;
	case MERGE:
		scoring.is_merge = true;
		break;
	case PENALTY:
		scoring.is_penalty = true;
		break;
	case PROFILE:
		scoring.is_summary = scoring.profiles = true;
		break;
	case REPORT:
		set_report(arg);
		break;
	case SKETCHES:
		scoring.sketches = true;
		break;
	case SUMMARY:
		scoring.is_summary = true;
		break;
	case WINDOW:
		set_window(arg);
		break;
	default:
		filter_option(f, &cli, c, arg);
	}
	return 0;
}

/* Refuse options that do not go together. */
static void
check_options(void)
{
	const struct scoring *s = &scoring;
	bool has_parts = s->groups.labels.n > 0 || window;

	if (s->is_merge && (s->is_summary || s->is_penalty || s->rules ||
			       has_parts || time_path))
		cli_wrong(&cli, "--merge takes summaries as they are: only "
				"-e, -w, --max-groups, --min, --report and "
				"--sketches go with it");
	if (s->is_summary && s->is_penalty)
		cli_wrong(&cli, "--penalty is a score of records: it does not "
				"go with a summary");
	if ((s->is_summary || s->is_merge) && s->least >= 0 && !s->tells_status)
		cli_wrong(&cli, "--min: there are no records to leave out; "
				"with -e it decides the exit status");
	if (s->tells_status && s->least < 0)
		cli_wrong(&cli, "-e: --min is missing");
	if (has_parts && !s->is_summary && !s->report)
		cli_wrong(&cli, "--by and --window are for --summary");
	if (has_parts && s->profiles)
		cli_wrong(&cli, "--profile is of all records: it does not go "
				"with --by or --window");
	if (s->sketches && !s->profiles && !s->is_merge)
		cli_wrong(&cli, "--sketches is for --profile");
	if (time_path && s->window_ms == 0)
		cli_wrong(&cli, "-t is for --window with a duration");
}

int
main(int argc, char *argv[])
{
	struct filter f = {.name = "score"};
	int c, rc, status = 0;

	run_start(argv[0]);
	memcpy(scoring.weights, quality_weights, sizeof(quality_weights));
	while ((c = cli_next(&cli, argc, argv, "eR:j:t:w:" CLI_LETTERS,
		    options)) != -1) {
		rc = take_option(&f, c, optarg);
		status = status ? status : rc;
	}
	check_options();
	if (time_path) {
		jpath_option(&cli, "-t", time_path, &scoring.time);
		scoring.has_time = true;
	}
	if (status == 0)
		status =
		    scoring_run(&scoring, &f, argc - optind, argv + optind);
	scoring_release(&scoring);
	rules_release(&rules);
	out_finish();
	return run_end(status);
}
