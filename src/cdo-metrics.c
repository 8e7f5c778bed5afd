/*
 * cdo-metrics - what numbers are, in all: of records, of the runs.
 *
 * in:  records; by default the run log
 * out: summary: an object for each field of each group
 */
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "core/cli.h"
#include "core/num.h"
#include "core/xmem.h"
#include "metrics/summary.h"
#include "obs/run.h"
#include "stream/out.h"

static const struct cli cli = {
    .usage = "cdo-metrics [summary] [-f path]... [-t path] [--by path]..."
	     " [--max-groups n] [file ...]\n",
    .help = "  -f, --field path    whose numbers; again for more.  Without: of"
	    " the runs\n"
	    "  -t, --time path     a record's time, for the rate\n"
	    "      --by path       one for each value there; again for more\n"
	    "      --max-groups n  further ones are one [10000]\n"
	    "Without -f and files: the log that CDO_LOG_FILE names.\n",
    .is_filter = true,
};

enum { BY = FILTER_END, MAX_GROUPS };
static const struct option options[] = {
    {"field", required_argument, NULL, 'f'},
    {"time", required_argument, NULL, 't'},
    {"by", required_argument, NULL, BY},
    {"max-groups", required_argument, NULL, MAX_GROUPS},
    FILTER_OPTIONS,
    {NULL, 0, NULL, 0},
};

/* What there is to say of runs. */
static const char *const run_fields[] = {".duration_ms", ".records_in",
    ".records_out", ".rejected", ".malformed", ".bytes_in", ".bytes_out",
    ".retries", ".cache_hits", ".peak_kib"};
static const char *const run_groups[] = {".job", ".program"};

static struct summary summary = {.max_groups = 10000};

static void
set_time(const char *path)
{
	jpath_release(&summary.time);
	jpath_option(&cli, "-t", path, &summary.time);
	summary.has_time = true;
}

static void
take_option(struct filter *f, int c, const char *arg)
{
	uint64_t n;

	switch (c) {
	case 'f':
		grouping_option(&summary.fields, &cli, "-f", arg);
		break;
	case 't':
		set_time(arg);
		break;
	case BY:
		grouping_option(&summary.by, &cli, "--by", arg);
		break;
	case MAX_GROUPS:
		if (num_uint(arg, 1, 10000000, &n) != 0)
			cli_wrong(&cli,
			    "--max-groups: %s: not a number from 1 to 10000000",
			    arg);
		summary.max_groups = (size_t)n;
		break;
	default:
		filter_option(f, &cli, c, arg);
	}
}

/* Nothing is asked for in particular: about the runs. */
static void
take_runs(void)
{
	bool has_no_groups = summary.by.n == 0;

	summary.is_log = true;
	for (size_t i = 0; i < sizeof(run_fields) / sizeof(*run_fields); i++)
		grouping_option(&summary.fields, &cli, "-f", run_fields[i]);
	for (size_t i = 0; has_no_groups && i < 2; i++)
		grouping_option(&summary.by, &cli, "--by", run_groups[i]);
	if (!summary.has_time)
		set_time(".time");
}

/* The log and, before it, what it was renamed to when it was full. */
static int
run_logs(struct filter *f, const char *path)
{
	char **files = xcalloc(1002, sizeof(char *));
	struct buf name = {0};
	int n = 0, status;

	for (unsigned i = 1000; i > 0; i--) {
		name.len = 0;
		buf_addf(&name, "%s.%u", path, i);
		if (access(name.data, F_OK) == 0)
			files[n++] = xstrndup(name.data, name.len);
	}
	files[n++] = xstrndup(path, strlen(path));
	status = summary_run(&summary, f, n, files);
	while (n > 0)
		free(files[--n]);
	free(files);
	buf_release(&name);
	return status;
}

static int
summarize(int argc, char *argv[])
{
	struct filter f = {.name = NULL};
	const char *log = getenv("CDO_LOG_FILE");
	bool is_log;
	int c, status;

	while (
	    (c = cli_next(&cli, argc, argv, "f:t:" CLI_LETTERS, options)) != -1)
		take_option(&f, c, optarg);
	if (summary.fields.n == 0)
		take_runs();
	is_log = summary.is_log && optind == argc;
	if (is_log && (!log || !*log))
		cli_wrong(&cli, "of what?  -f names fields of records; the "
				"runs are in the log, for which CDO_LOG_FILE "
				"is not set");
	status = is_log
		     ? run_logs(&f, log)
		     : summary_run(&summary, &f, argc - optind, argv + optind);
	summary_release(&summary);
	return status;
}

static const struct cli_verb verbs[] = {
    {"summary", summarize},
    {NULL, NULL},
};

int
main(int argc, char *argv[])
{
	bool has_verb = argc > 1 && argv[1][0] != '-' &&
			strcmp(argv[1], verbs[0].name) == 0;
	int status;

	run_start(argv[0]);
	status = has_verb ? cli_verbs(&cli, verbs, argc, argv)
			  : summarize(argc, argv);
	out_finish();
	return run_end(status);
}
