/*
 * cdo-fetch - collect records from HTTP APIs, buckets, files and simulators.
 *
 * in:  nothing
 * out: the records of each source, one JSON value a line
 */
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "core/cli.h"
#include "core/diag.h"
#include "core/num.h"
#include "core/xmem.h"
#include "obs/run.h"
#include "source/bind.h"
#include "source/explain.h"
#include "source/header.h"
#include "source/lint.h"
#include "source/probe.h"
#include "source/source.h"
#include "store/store.h"
#include "stream/out.h"
#include "stream/stop.h"
#include "json/expr.h"

#define DAY_MS INT64_C(86400000)

enum {
	OPT_ANNOTATE = CLI_END,
	OPT_CACHE,
	OPT_COMMIT,
	OPT_CSV_STRINGS,
	OPT_CURSOR,
	OPT_DEADLINE,
	OPT_DRY_RUN,
	OPT_EXCLUSIVE,
	OPT_FORMAT,
	OPT_HOLD,
	OPT_LIMIT,
	OPT_MAX_SIZE,
	OPT_RATE,
	OPT_RECORD,
	OPT_REDIRECTS,
	OPT_REPLAY,
	OPT_RETRIES,
	OPT_RETRY_DELAY,
	OPT_SINCE,
	OPT_STALE,
	OPT_STRICT_FRESH,
	OPT_TIMEOUT
};

static const struct cli cli = {
    .usage = "cdo-fetch [-H header]... [-j n] [-P name=value]... [-x expr]"
	     " [--annotate] [--cache duration] [--commit never|eof]"
	     " [--csv-strings] [--cursor name] [--deadline duration]"
	     " [--dry-run] [--exclusive] [--format format] [--hold size]"
	     " [--limit n] [--max-size size] [--rate rate]"
	     " [--record dir] [--redirects same|any|none] [--replay dir]"
	     " [--retries n]"
	     " [--retry-delay duration] [--since value]"
	     " [--stale-if-error duration] [--strict-fresh]"
	     " [--timeout duration] source ...\n"
	     "cdo-fetch check file ...\n"
	     "cdo-fetch explain|probe [-P name=value]... [--cursor name]"
	     " source ...\n",
    .help =
	"  -H, --header header    send 'Name: text', or Name=env:VAR (file:,"
	" cred:)\n"
	"  -j, --jobs n           ask so many at a time [1]\n"
	"  -P, --param name=value  fill {name} in; each with each if given"
	" again\n"
	"  -x, --expr expr        jq expression: its results are the records\n"
	"      --annotate, --dry-run  say where records come from; show"
	" requests only\n"
	"      --cache dur, --stale-if-error dur  answers, old ones, will do"
	" again\n"
	"      --strict-fresh     4 if an old one had to do\n"
	"      --cursor name, --since value  which cursor [main]; begin there"
	" instead\n"
	"      --commit never|eof, --exclusive  keep cursors [never]; 75 if"
	" in use\n"
	"      --csv-strings, --format format  auto, json, ndjson, csv, tsv,"
	" text\n"
	"      --deadline dur, --timeout dur  of retries [5m]; of an attempt"
	" [30s]\n"
	"      --hold size, --max-size size  held for a retry [1M]; of a body"
	" [64M]\n"
	"      --limit n          stop after so many records\n"
	"      --rate rate, --redirects where  60/m, 5/s; same, any, none"
	" [same]\n"
	"      --record dir, --replay dir  keep answers there; take them from"
	" there\n"
	"      --retries n, --retry-delay dur  after what may pass [3]; first"
	" wait [1s]\n"
	"source: a source file by name or path, -: requests on stdin,"
	" https://, s3://,\n"
	"  file:PATH, sim:weather|currency|github[?n=100&seed=1&faults=0"
	"&start=&step=1h]\n",
};

static struct source_options options = {
    .hold = -1,
    .limit = UINT64_MAX,
    .redirects = -1,
    .retries = -1,
    .ttl_ms = -1,
    .stale_if_error_ms = -1,
    .jobs = 1,
};
static json_t *params; /* of -P; owned */
static char **headers; /* owned, ends with NULL */
static size_t n_headers;
static bool is_closed; /* standard output is, and all was written */

static uint64_t
take_number(const char *option, const char *arg, uint64_t low, uint64_t high)
{
	uint64_t n;

	if (num_uint(arg, low, high, &n) != 0)
		cli_wrong(&cli, "--%s: %s: not a number from %ju to %ju",
		    option, arg, (uintmax_t)low, (uintmax_t)high);
	return n;
}

static uint64_t
take_size(const char *option, const char *arg, uint64_t low)
{
	uint64_t n;

	if (num_size(arg, low, (uint64_t)1 << 40, &n) != 0)
		cli_wrong(&cli, "--%s: %s: not a size like 10M", option, arg);
	return n;
}

static int64_t
take_duration(const char *option, const char *arg, int64_t low)
{
	int64_t ms;

	if (num_duration(arg, &ms) != 0 || ms < low || ms > 7 * DAY_MS)
		cli_wrong(&cli, "--%s: %s: not a duration like 30s, up to 7d",
		    option, arg);
	return ms;
}

static int
take_word(const char *option, const char *arg, const char *const *words)
{
	struct buf hint = {0};

	for (int i = 0; words[i]; i++)
		if (strcmp(words[i], arg) == 0)
			return i;
	cli_hint(&hint, arg, words);
	cli_wrong(&cli, "--%s: %s: unknown%.*s", option, arg, (int)hint.len,
	    hint.data);
}

static void
take_header(const char *arg)
{
	struct buf header = {0}, why = {0};
	int status = source_header(arg, &header, &why);

	if (status == EX_USAGE)
		cli_wrong(&cli, "--header: %.*s", (int)why.len, why.data);
	if (status != 0)
		die(status, "--header: %.*s", (int)why.len, why.data);
	headers = xrealloc(headers, n_headers + 2, sizeof(*headers));
	headers[n_headers++] = xstrndup(header.data, header.len);
	headers[n_headers] = NULL;
	buf_release(&header);
	buf_release(&why);
}

static void
take_param(const char *arg)
{
	struct buf why = {0};

	if (!params)
		params = json_object();
	if (!bind_param(params, arg, &why))
		cli_wrong(&cli, "--param: %.*s", (int)why.len, why.data);
	options.params = params;
}

/* How often to ask, and whom. */
static bool
take_policy(int c, const char *arg)
{
	static const char *const redirects[] = {"same", "any", "none", NULL};

	switch (c) {
	case 'j':
		options.jobs = (unsigned)take_number("jobs", arg, 1, 256);
		break;
	case OPT_DEADLINE:
		options.deadline_ms = take_duration("deadline", arg, 1);
		break;
	case OPT_MAX_SIZE:
		options.max_size = take_size("max-size", arg, 1);
		break;
	case OPT_RATE:
		if (!rate_parse(arg, &options.rate))
			cli_wrong(
			    &cli, "--rate: %s: not a rate like 60/m", arg);
		break;
	case OPT_REDIRECTS:
		options.redirects = take_word("redirects", arg, redirects);
		break;
	case OPT_RETRIES:
		options.retries = (int64_t)take_number("retries", arg, 0, 100);
		break;
	case OPT_RETRY_DELAY:
		options.retry_delay_ms = take_duration("retry-delay", arg, 1);
		break;
	case OPT_TIMEOUT:
		options.timeout_ms = take_duration("timeout", arg, 1);
		break;
	default:
		return false;
	}
	return true;
}

/* What is new, and what is old enough. */
static bool
take_memory(int c, const char *arg)
{
	static const char *const whens[] = {"never", "eof", NULL};

	switch (c) {
	case OPT_CACHE:
		options.ttl_ms = take_duration("cache", arg, 0);
		break;
	case OPT_COMMIT:
		options.commits = take_word("commit", arg, whens) == 1;
		break;
	case OPT_CURSOR:
		options.stream = arg;
		break;
	case OPT_EXCLUSIVE:
		options.is_exclusive = true;
		break;
	case OPT_RECORD:
		options.record = arg;
		break;
	case OPT_REPLAY:
		options.replay = arg;
		break;
	case OPT_SINCE:
		options.since = arg;
		break;
	case OPT_STALE:
		options.stale_if_error_ms =
		    take_duration("stale-if-error", arg, 0);
		break;
	case OPT_STRICT_FRESH:
		options.is_strict = true;
		break;
	default:
		return false;
	}
	return true;
}

/* What comes out. */
static void
take_option(int c, const char *arg)
{
	switch (c) {
	case 'H':
		take_header(arg);
		break;
	case 'P':
		take_param(arg);
		break;
	case 'x':
		options.expression = arg;
		break;
	case OPT_ANNOTATE:
		options.annotates = true;
		break;
	case OPT_CSV_STRINGS:
		options.csv_strings = true;
		break;
	case OPT_DRY_RUN:
		options.is_dry = true;
		break;
	case OPT_FORMAT:
		options.format =
		    (enum format)take_word("format", arg, format_names);
		break;
	case OPT_HOLD:
		options.hold = (int64_t)take_size("hold", arg, 0);
		break;
	case OPT_LIMIT:
		options.limit = take_number("limit", arg, 1, UINT64_MAX);
		break;
	default:
		if (!take_policy(c, arg) && !take_memory(c, arg))
			cli_option(&cli, c, arg);
	}
}

/* Is -x an expression? */
static void
check_expression(void)
{
	struct buf why = {0};
	struct expr *x;

	if (!options.expression)
		return;
	x = expr_new(options.expression, NULL, &why);
	if (!x)
		die(EX_USAGE, "-x: %.*s", (int)why.len, why.data);
	expr_free(x);
}

/* The verb: what is wrong with source files? */
static int
check(int argc, char *argv[])
{
	static const struct option check_options[] = {
	    CLI_OPTIONS, {NULL, 0, NULL, 0}};
	int c;

	while (
	    (c = cli_next(&cli, argc, argv, CLI_LETTERS, check_options)) != -1)
		cli_option(&cli, c, optarg);
	if (optind == argc)
		cli_wrong(&cli, "check: which source files?");
	return source_lint(argc - optind, argv + optind);
}

static const struct option names[] = {
    {"annotate", no_argument, NULL, OPT_ANNOTATE},
    {"cache", required_argument, NULL, OPT_CACHE},
    {"commit", required_argument, NULL, OPT_COMMIT},
    {"csv-strings", no_argument, NULL, OPT_CSV_STRINGS},
    {"cursor", required_argument, NULL, OPT_CURSOR},
    {"deadline", required_argument, NULL, OPT_DEADLINE},
    {"dry-run", no_argument, NULL, OPT_DRY_RUN},
    {"exclusive", no_argument, NULL, OPT_EXCLUSIVE},
    {"expr", required_argument, NULL, 'x'},
    {"format", required_argument, NULL, OPT_FORMAT},
    {"header", required_argument, NULL, 'H'},
    {"hold", required_argument, NULL, OPT_HOLD},
    {"jobs", required_argument, NULL, 'j'},
    {"limit", required_argument, NULL, OPT_LIMIT},
    {"max-size", required_argument, NULL, OPT_MAX_SIZE},
    {"param", required_argument, NULL, 'P'},
    {"rate", required_argument, NULL, OPT_RATE},
    {"record", required_argument, NULL, OPT_RECORD},
    {"redirects", required_argument, NULL, OPT_REDIRECTS},
    {"replay", required_argument, NULL, OPT_REPLAY},
    {"retries", required_argument, NULL, OPT_RETRIES},
    {"retry-delay", required_argument, NULL, OPT_RETRY_DELAY},
    {"since", required_argument, NULL, OPT_SINCE},
    {"stale-if-error", required_argument, NULL, OPT_STALE},
    {"strict-fresh", no_argument, NULL, OPT_STRICT_FRESH},
    {"timeout", required_argument, NULL, OPT_TIMEOUT},
    CLI_OPTIONS,
    {NULL, 0, NULL, 0},
};

/* The verbs that look at sources: would it be asked now, what is there? */
static int
look(int argc, char *argv[], int (*at)(struct source *source, const char *name))
{
	static const struct option explain_options[] = {
	    {"cursor", required_argument, NULL, OPT_CURSOR},
	    {"param", required_argument, NULL, 'P'},
	    CLI_OPTIONS,
	    {NULL, 0, NULL, 0},
	};
	struct source source;
	int c, status = 0;

	while ((c = cli_next(
		    &cli, argc, argv, "P:" CLI_LETTERS, explain_options)) != -1)
		take_option(c, optarg);
	if (optind == argc)
		cli_wrong(&cli, "which sources?");
	options.shares = true;
	source_init(&source, &options);
	for (int i = optind; i < argc && status == 0; i++)
		status = at(&source, argv[i]);
	source_finish(&source);
	json_decref(params);
	return status;
}

static int
explain(int argc, char *argv[])
{
	return look(argc, argv, source_explain);
}

static int
probe(int argc, char *argv[])
{
	return look(argc, argv, source_probe);
}

/* Cursors are kept only after all is out. */
static int
finish(struct source *source)
{
	int status = 0, rc;

	if (options.commits) {
		out_finish();
		is_closed = true;
		status = source_commit(source);
	}
	rc = source_finish(source);
	return rc ? rc : status;
}

/* No verb: get the records. */
static int
fetch(int argc, char *argv[])
{
	struct source source;
	struct buf tokens = {0};
	int c, status = 0, rc;

	if (getenv("CDO_ATTEMPT")) /* cdo-retry: one layer tries again */
		options.retries = 0;
	while ((c = cli_next(
		    &cli, argc, argv, "H:j:P:x:" CLI_LETTERS, names)) != -1)
		take_option(c, optarg);
	if (optind == argc)
		cli_wrong(&cli, "from where?");
	check_expression();
	options.shares = getenv("CDO_STORE") || getenv("CDO_STATE_DIR");
	if (store_directory(&tokens, "tokens"))
		options.tokens = tokens.data;
	options.headers = (const char *const *)headers;
	if (stop_init() != 0)
		die_errno(EX_OSERR, "signals");
	source_init(&source, &options);
	for (int i = optind; i < argc && status == 0; i++)
		status = source_ask(&source, argv[i]);
	if (status == 0)
		source_run(&source);
	rc = finish(&source);
	for (size_t i = 0; i < n_headers; i++)
		free(headers[i]);
	free(headers);
	json_decref(params);
	buf_release(&tokens);
	return status ? status : rc;
}

int
main(int argc, char *argv[])
{
	static const struct cli_verb verbs[] = {{"check", check},
	    {"explain", explain}, {"probe", probe}, {NULL, fetch}};
	const struct cli_verb *v = verbs;
	int status;

	run_start(argv[0]);
	while (v->name && (argc < 2 || strcmp(argv[1], v->name) != 0))
		v++;
	if (v->name) { /* getopt's messages are the program's */
		argv[1] = argv[0];
		argc--;
		argv++;
	}
	status = v->run(argc, argv);
	if (!is_closed)
		out_finish();
	return run_end(status);
}
