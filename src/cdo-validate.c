/*
 * cdo-validate - check records against rules; split good from bad.
 *
 * in:  records, one JSON value a line
 * out: the valid ones, byte for byte; with -a all, with _cdo.validate
 * -r:  the others, each with its reasons
 */
#include <inttypes.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "core/diag.h"
#include "core/num.h"
#include "obs/run.h"
#include "quality/suggest.h"
#include "rules/verdict.h"
#include "stream/filter.h"
#include "stream/out.h"
#include "stream/replay.h"
#include "stream/side.h"

static bool tells_status; /* -e: exit 1 if any record was invalid */
static bool redacts, replays;
static const char *rejects, *summary; /* -r, -S: files */
static uint64_t max_keys;
static struct rules rules; /* -R */
static struct verdict verdict = {.rules = &rules, .max_errors = UINT64_MAX};
static atomic_size_t n_gone, n_wrong; /* --replay */

/* --replay: the line that the reject was. */
static void
replay(struct worker *w, const struct record *r)
{
	switch (replay_line(&w->out, r)) {
	case REPLAY_LINE:
		filter_emit(w, NULL, 0);
		break;
	case REPLAY_GONE:
		if (n_gone++ < FILTER_SHOWN)
			diag_warn("%s:%" PRIu64 ": the line was too long to be "
				  "kept, and is lost",
			    r->name, r->line);
		break;
	case REPLAY_NONE:
		w->n_rejected++;
		if (n_wrong++ < FILTER_SHOWN)
			diag_error(
			    "%s:%" PRIu64 ": is no reject", r->name, r->line);
	}
}

static const struct cli cli = {
    .usage = "cdo-validate [-ae] [-R rules]... [-r rejects] [-S summary]"
	     " [-j jobs] [--max-errors n] [--max-keys n] [--redact]"
	     " [file ...]\n"
	     "cdo-validate --replay [file ...]\n"
	     "cdo-validate suggest [--schema] [file ...]\n",
    .help = "  -a, --annotate         pass all records, with _cdo.validate\n"
	    "  -e, --exit-status      exit 1 if a record was rejected\n"
	    "  -j, --jobs jobs        work with this many threads\n"
	    "  -R, --rules file       check by these rules, a file or a name\n"
	    "  -r, --rejects file     keep what is rejected, with the reasons\n"
	    "  -S, --summary file     write one object with all counts\n"
	    "      --max-errors n     errors of a record that are written\n"
	    "      --max-keys n       that a rule remembers [16777216]\n"
	    "      --redact           leave values out of errors\n"
	    "      --replay           from rejects back to their lines\n"
	    "      --schema           suggest: a schema instead of rules\n",
    .is_filter = true,
};

/* Open the file of an option, which must not be standard output. */
static int
open_side(char option, const char *path, int n, char *const *inputs)
{
	int fd;

	if (!path)
		return -1;
	if (strcmp(path, "-") == 0)
		cli_wrong(&cli, "-%c: standard output is for records", option);
	fd = side_open(path, n, inputs);
	if (fd < 0)
		exit(run_end(EX_CANTCREAT));
	return fd;
}

static void
load(const char *path)
{
	int status = rules_load(&rules, path);

	if (status != 0)
		exit(run_end(status));
}

static uint64_t
read_count(const char *option, const char *text)
{
	uint64_t n;

	if (num_uint(text, 1, UINT32_MAX, &n) != 0)
		cli_wrong(&cli, "%s: %s: not a number from 1 to %" PRIu32,
		    option, text, UINT32_MAX);
	return n;
}

enum { MAX_ERRORS = FILTER_END, MAX_KEYS, REDACT, REPLAY };
static const struct option options[] = {
    {"annotate", no_argument, NULL, 'a'},
    {"exit-status", no_argument, NULL, 'e'},
    {"rules", required_argument, NULL, 'R'},
    {"rejects", required_argument, NULL, 'r'},
    {"summary", required_argument, NULL, 'S'},
    {"max-errors", required_argument, NULL, MAX_ERRORS},
    {"max-keys", required_argument, NULL, MAX_KEYS},
    {"redact", no_argument, NULL, REDACT},
    {"replay", no_argument, NULL, REPLAY},
    FILTER_JOBS,
    FILTER_OPTIONS,
    {NULL, 0, NULL, 0},
};

static void
take_option(struct filter *f, int c, const char *arg)
{
	switch (c) {
	case 'a':
		verdict.annotates = true;
		break;
	case 'e':
		tells_status = true;
		break;
	case 'R':
		load(arg);
		break;
	case 'r':
		rejects = arg;
		break;
	case 'S':
		summary = arg;
		break;
	case MAX_ERRORS:
		verdict.max_errors = read_count("--max-errors", arg);
		break;
	case MAX_KEYS:
		max_keys = read_count("--max-keys", arg);
		break;
	case REDACT:
		redacts = true;
		break;
	case REPLAY:
		replays = true;
		break;
	default:
		filter_option(f, &cli, c, arg);
	}
}

/* What is to be done with the records. */
static void
choose(struct filter *f)
{
	if (max_keys > 0)
		rules_set_max_keys(&rules, max_keys);
	if (redacts)
		rules_redact(&rules);
	if (!replays) {
		verdict_attach(&verdict, f);
		return;
	}
	if (rules.n + rules.n_gates > 0 || verdict.annotates || tells_status ||
	    rejects || summary)
		cli_wrong(&cli, "--replay only brings the lines back: check "
				"them by a second cdo-validate");
	f->record = replay;
}

static void
write_summary(const struct filter *f, int fd)
{
	struct buf b = {0};

	rules_stats_write(&verdict.total, &rules, f->n_malformed, &b);
	buf_addc(&b, '\n');
	out_write(fd, summary, b.data, b.len);
	if (close(fd) != 0)
		die_errno(EX_IOERR, "%s: close", summary);
	buf_release(&b);
}

/* Run, and tell what came of it.  Returns the exit status. */
static int
run(struct filter *f, int n, char *const *files)
{
	int status, summary_fd = open_side('S', summary, n, files);

	f->side_fd = open_side('r', rejects, n, files);
	f->side_name = rejects;
	if (side_is_same(f->side_fd, summary_fd))
		cli_wrong(&cli, "-r and -S are the same file");
	filter_init(f);
	filter_files(f, n, files);
	status = filter_finish(f);
	if (replays)
		return status == 0 && n_gone + n_wrong > 0 ? EX_DATAERR
							   : status;
	if (!verdict_tell(&verdict, f) && tells_status &&
	    (status == 0 || status == EX_DATAERR))
		status = 1;
	if (summary)
		write_summary(f, summary_fd);
	if (rejects && close(f->side_fd) != 0)
		die_errno(EX_IOERR, "%s: close", rejects);
	return status;
}

/* The verb: propose rules for records like these. */
static int
suggest(int argc, char *argv[])
{
	enum { SCHEMA = FILTER_END };
	static const struct option suggest_options[] = {
	    {"schema", no_argument, NULL, SCHEMA},
	    FILTER_OPTIONS,
	    {NULL, 0, NULL, 0},
	};
	void (*write)(struct buf *, const struct profile *) = suggest_rules;
	struct filter f = {.name = "validate"};
	int c;

	while ((c = getopt_long(
		    argc, argv, CLI_LETTERS, suggest_options, NULL)) != -1)
		if (c == SCHEMA)
			write = suggest_schema;
		else
			filter_option(&f, &cli, c, optarg);
	suggest_filter(&f, write);
	filter_init(&f);
	filter_files(&f, argc - optind, argv + optind);
	return filter_finish(&f);
}

int
main(int argc, char *argv[])
{
	struct filter f = {.name = "validate"};
	int c, status;

	run_start(argv[0]);
	if (argc > 1 && strcmp(argv[1], "suggest") == 0) {
		argv[1] = argv[0]; /* for getopt's messages */
		status = suggest(argc - 1, argv + 1);
		out_finish();
		return run_end(status);
	}
	while ((c = getopt_long(
		    argc, argv, "aej:R:r:S:" CLI_LETTERS, options, NULL)) != -1)
		take_option(&f, c, optarg);
	verdict.keeps = rejects != NULL;
	choose(&f);
	status = run(&f, argc - optind, argv + optind);
	verdict_release(&verdict);
	rules_release(&rules);
	out_finish();
	return run_end(status);
}
