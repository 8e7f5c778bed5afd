/*
 * cdo-fetch - collect records from HTTP APIs, files and simulators.
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
#include "source/header.h"
#include "source/lint.h"
#include "source/source.h"
#include "stream/out.h"
#include "stream/stop.h"

#define DAY_MS INT64_C(86400000)

enum {
	OPT_CSV_STRINGS = CLI_END,
	OPT_DEADLINE,
	OPT_FORMAT,
	OPT_HOLD,
	OPT_LIMIT,
	OPT_MAX_SIZE,
	OPT_REDIRECTS,
	OPT_RETRIES,
	OPT_RETRY_DELAY,
	OPT_TIMEOUT
};

static const struct cli cli = {
    .usage = "cdo-fetch [-H header]... [-x expr] [--csv-strings]"
	     " [--deadline duration] [--format format] [--hold size]"
	     " [--limit n] [--max-size size] [--redirects same|any|none]"
	     " [--retries n] [--retry-delay duration] [--timeout duration]"
	     " source ...\n"
	     "cdo-fetch check file ...\n",
    .help =
	"  -H, --header header    send 'Name: text', or Name=env:VAR (file:,"
	" cred:)\n"
	"  -x, --expr expr        jq expression: its results are the records\n"
	"      --csv-strings      numbers and empty fields are strings too\n"
	"      --deadline dur     begin no retry later than that [5m]\n"
	"      --format format    auto, json, ndjson, csv, tsv, text [auto]\n"
	"      --hold size        hold output back as long as a retry would"
	" need [1M]\n"
	"      --limit n          stop after so many records\n"
	"      --max-size size    refuse a larger body [64M; files: none]\n"
	"      --redirects where  follow them: same origin, any, none [same]\n"
	"      --retries n        after a failure that may pass [3]\n"
	"      --retry-delay dur  the first one; then up to twice it, ... "
	"[1s]\n"
	"      --timeout dur      of one attempt [30s]\n"
	"source: http://, https://, file:PATH,"
	" sim:weather|currency|github[?n=100&seed=1\n"
	"  &faults=0&start=2026-01-01T00:00:00Z&step=1h]\n",
};

static struct source_options options = {
    .hold = (size_t)1 << 20,
    .limit = UINT64_MAX,
    .policy = HTTP_POLICY,
};
static char **headers; /* owned, ends with NULL */
static size_t n_headers;

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
take_duration(const char *option, const char *arg)
{
	int64_t ms;

	if (num_duration(arg, &ms) != 0 || ms < 1 || ms > 7 * DAY_MS)
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
take_option(int c, const char *arg)
{
	static const char *const redirects[] = {"same", "any", "none", NULL};

	switch (c) {
	case 'H':
		take_header(arg);
		break;
	case OPT_CSV_STRINGS:
		options.decode.is_strings = true;
		break;
	case OPT_DEADLINE:
		options.policy.deadline_ms = take_duration("deadline", arg);
		break;
	case OPT_FORMAT:
		options.format =
		    (enum format)take_word("format", arg, format_names);
		break;
	case OPT_HOLD:
		options.hold = (size_t)take_size("hold", arg, 0);
		break;
	case OPT_LIMIT:
		options.limit = take_number("limit", arg, 1, UINT64_MAX);
		break;
	case OPT_MAX_SIZE:
		options.max_size = take_size("max-size", arg, 1);
		break;
	case OPT_REDIRECTS:
		options.redirects =
		    (enum http_redirects)take_word("redirects", arg, redirects);
		break;
	case OPT_RETRIES:
		options.policy.attempts =
		    1 + (unsigned)take_number("retries", arg, 0, 100);
		break;
	case OPT_RETRY_DELAY:
		options.policy.base_ms = take_duration("retry-delay", arg);
		break;
	case OPT_TIMEOUT:
		options.timeout_ms = take_duration("timeout", arg);
		break;
	default:
		cli_option(&cli, c, arg);
	}
}

static struct expr *
compile(const char *expression)
{
	struct buf why = {0};
	struct expr *x = expr_new(expression, NULL, &why);

	if (!x)
		die(EX_USAGE, "-x: %.*s", (int)why.len, why.data);
	return x;
}

/* Refuse what is wrong before the first source is asked. */
static void
check_sources(int n, char *const *sources)
{
	struct buf why = {0};

	if (n == 0)
		cli_wrong(&cli, "from where?");
	for (int i = 0; i < n; i++)
		if (!source_check(sources[i], &why))
			die(EX_USAGE, "%.*s", (int)why.len, why.data);
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

/* No verb: get the records. */
static int
fetch(int argc, char *argv[])
{
	static const struct option names[] = {
	    {"csv-strings", no_argument, NULL, OPT_CSV_STRINGS},
	    {"deadline", required_argument, NULL, OPT_DEADLINE},
	    {"expr", required_argument, NULL, 'x'},
	    {"format", required_argument, NULL, OPT_FORMAT},
	    {"header", required_argument, NULL, 'H'},
	    {"hold", required_argument, NULL, OPT_HOLD},
	    {"limit", required_argument, NULL, OPT_LIMIT},
	    {"max-size", required_argument, NULL, OPT_MAX_SIZE},
	    {"redirects", required_argument, NULL, OPT_REDIRECTS},
	    {"retries", required_argument, NULL, OPT_RETRIES},
	    {"retry-delay", required_argument, NULL, OPT_RETRY_DELAY},
	    {"timeout", required_argument, NULL, OPT_TIMEOUT},
	    CLI_OPTIONS,
	    {NULL, 0, NULL, 0},
	};
	const char *expression = NULL;
	struct source source;
	int c, status;

	if (getenv("CDO_ATTEMPT")) /* cdo-retry: one layer tries again */
		options.policy.attempts = 1;
	while (
	    (c = cli_next(&cli, argc, argv, "H:x:" CLI_LETTERS, names)) != -1) {
		if (c == 'x')
			expression = optarg;
		else
			take_option(c, optarg);
	}
	check_sources(argc - optind, argv + optind);
	if (expression)
		options.expression = compile(expression);
	options.headers = (const char *const *)headers;
	options.decode.is_whole = expression != NULL;
	if (stop_init() != 0)
		die_errno(EX_OSERR, "signals");
	source_init(&source, &options);
	for (int i = optind; i < argc; i++)
		source_run(&source, argv[i]);
	status = source_finish(&source);
	expr_free(options.expression);
	for (size_t i = 0; i < n_headers; i++)
		free(headers[i]);
	free(headers);
	return status;
}

int
main(int argc, char *argv[])
{
	static const struct cli_verb verbs[] = {
	    {"check", check}, {NULL, fetch}};
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
	out_finish();
	return run_end(status);
}
