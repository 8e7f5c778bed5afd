/*
 * cdo-validate - check records against a schema and rules; split good from
 * bad.
 *
 * in:  records, one JSON value a line
 * out: the valid ones, byte for byte; with -a all, with _cdo.validate
 * -r:  the others, each with its reasons
 */
#include <stdlib.h>
#include <string.h>

#include "core/num.h"
#include "core/xmem.h"
#include "obs/run.h"
#include "quality/suggest.h"
#include "rules/lint.h"
#include "rules/memory.h"
#include "rules/verdict.h"
#include "schema/schema.h"
#include "stream/filter.h"
#include "stream/out.h"
#include "stream/replay.h"

static bool redacts, replays;
static const char *schema, *draft, *max_errors, *max_keys;
static const char **rule_files; /* -R; owned */
static size_t n_rule_files;
static size_t n_own; /* options that not all filters have */
static struct schema_refs *refs; /* --ref */
static struct schema_options schemas; /* how they are compiled */
static struct rules rules; /* all of these */
static struct verdict verdict = {.rules = &rules};
static struct filter f = {.name = "validate"};

static const struct cli cli = {
    .usage = "cdo-validate [-ae] [-s schema] [-R rules]... [-r rejects]"
	     " [-S summary] [--draft 2020-12|2019-09|7] [--assert-format]"
	     " [--ref url=path]... [-j jobs] [--max-errors n] [--max-keys n]"
	     " [--redact] [--state name] [file ...]\n"
	     "cdo-validate --replay [file ...]\n"
	     "cdo-validate check [--draft 2020-12|2019-09|7]"
	     " [--assert-format] [--ref url=path]... file ...\n"
	     "cdo-validate suggest [--schema] [file ...]\n",
    .help = "  -a, --annotate         pass all records, with _cdo.validate\n"
	    "  -e, --exit-status      exit 1 if a record was rejected\n"
	    "  -j, --jobs jobs        work with this many threads\n"
	    "  -R, --rules file       check by these rules, a file or a name\n"
	    "  -r, --rejects file     keep what is rejected, with the reasons\n"
	    "  -S, --summary file     write one object with all counts\n"
	    "  -s, --schema file      check by this JSON Schema\n"
	    "      --schema           suggest: a schema instead of rules\n"
	    "      --assert-format    have format checked, not only noted\n"
	    "      --draft version    of schemas that do not say [2020-12]\n"
	    "      --max-errors n     errors of a record that are written\n"
	    "      --max-keys n       that a rule remembers [16777216]\n"
	    "      --redact           leave values out of errors\n"
	    "      --ref url=path     where a URL, or all below it/, is\n"
	    "      --replay           from rejects back to their lines\n"
	    "      --state name       what rules remember, from run to run\n",
    .is_filter = true,
};

enum {
	ASSERT_FORMAT = FILTER_END,
	DRAFT,
	MAX_ERRORS,
	MAX_KEYS,
	REDACT,
	REF,
	REPLAY,
	STATE
};
static const struct option options[] = {
    {"annotate", no_argument, NULL, 'a'},
    {"exit-status", no_argument, NULL, 'e'},
    {"rules", required_argument, NULL, 'R'},
    {"rejects", required_argument, NULL, 'r'},
    {"schema", required_argument, NULL, 's'},
    {"summary", required_argument, NULL, 'S'},
    {"assert-format", no_argument, NULL, ASSERT_FORMAT},
    {"draft", required_argument, NULL, DRAFT},
    {"max-errors", required_argument, NULL, MAX_ERRORS},
    {"max-keys", required_argument, NULL, MAX_KEYS},
    {"redact", no_argument, NULL, REDACT},
    {"ref", required_argument, NULL, REF},
    {"replay", no_argument, NULL, REPLAY},
    {"state", required_argument, NULL, STATE},
    FILTER_JOBS,
    FILTER_OPTIONS,
    {NULL, 0, NULL, 0},
};

/* Where options that are no more than that go. */
static const struct {
	int option;
	bool *flag;
	const char **word;
} plain[] = {
    {'a', &verdict.annotates, NULL},
    {'e', &verdict.tells_status, NULL},
    {'r', NULL, &verdict.rejects},
    {'S', NULL, &verdict.summary},
    {'s', NULL, &schema},
    {ASSERT_FORMAT, &schemas.asserts_format, NULL},
    {DRAFT, NULL, &draft},
    {MAX_ERRORS, NULL, &max_errors},
    {MAX_KEYS, NULL, &max_keys},
    {REDACT, &redacts, NULL},
    {REPLAY, &replays, NULL},
    {STATE, NULL, &verdict.state},
};

static void
take_option(int c, const char *arg)
{
	size_t i = 0, n = sizeof(plain) / sizeof(*plain);

	while (i < n && plain[i].option != c)
		i++;
	n_own += i < n || c == 'R' || c == REF;
	if (i < n && plain[i].flag)
		*plain[i].flag = true;
	else if (i < n && !*plain[i].word)
		*plain[i].word = arg;
	else if (i < n)
		cli_wrong(&cli, "an option was given twice, also as %s", arg);
	else if (c == 'R')
		rule_files[n_rule_files++] = arg;
	else if (c != REF)
		filter_option(&f, &cli, c, arg);
	else if (schema_refs_add(refs, arg) != 0)
		cli_wrong(&cli, "--ref: %s: not of the form url=path", arg);
}

static uint64_t
read_count(const char *option, const char *text, uint64_t usual)
{
	uint64_t n = usual;

	if (text && num_uint(text, 1, UINT32_MAX, &n) != 0)
		cli_wrong(&cli, "%s: %s: not a number from 1 to 4294967295",
		    option, text);
	return n;
}

/* What the words of the options mean. */
static void
read_words(void)
{
	if (draft && schema_draft_find(draft, &schemas.draft) != 0)
		cli_wrong(&cli,
		    "--draft: %s: unknown; known are 2020-12, 2019-09, 7",
		    draft);
	if (verdict.state && !memory_is_name(verdict.state))
		cli_wrong(&cli,
		    "--state: %s: not a name: letters, digits, "
		    ". _ and -, at most 100",
		    verdict.state);
	if ((verdict.rejects && strcmp(verdict.rejects, "-") == 0) ||
	    (verdict.summary && strcmp(verdict.summary, "-") == 0))
		cli_wrong(&cli, "-r, -S: standard output is for records");
	verdict.max_errors = read_count("--max-errors", max_errors, UINT64_MAX);
	schemas.refs = refs;
	rules.schemas = &schemas;
}

/* Compile all of them, so that all faults are told. */
static int
load(void)
{
	int rc, status = 0;

	if (schema)
		status = rules_load_schema(&rules, schema);
	for (size_t i = 0; i < n_rule_files; i++) {
		rc = rules_load(&rules, rule_files[i]);
		status = status ? status : rc;
	}
	rules_set_max_keys(&rules, read_count("--max-keys", max_keys, 0));
	if (redacts)
		rules_redact(&rules);
	if (status == 0 && verdict.state && !rules_is_ordered(&rules))
		cli_wrong(&cli, "--state: there is no rule that remembers "
				"anything: unique, order or sequence");
	return status;
}

static int
validate(int n, char *const *files)
{
	int status = load();

	if (status == 0)
		status = verdict_run(&verdict, &f, n, files);
	rules_release(&rules);
	return status;
}

static int
run(int n, char *const *files)
{
	filter_init(&f);
	filter_files(&f, n, files);
	return filter_finish(&f);
}

/* The way back has nothing to do with checks. */
static int
replay(int n, char *const *files)
{
	if (n_own > 1)
		cli_wrong(&cli, "--replay only brings the lines back: check "
				"them by a second cdo-validate");
	replay_filter(&f);
	return run(n, files);
}

/* The verb: look at rule files and schemas. */
static int
check(int argc, char *argv[])
{
	static const struct option check_options[] = {
	    {"assert-format", no_argument, NULL, ASSERT_FORMAT},
	    {"draft", required_argument, NULL, DRAFT},
	    {"ref", required_argument, NULL, REF},
	    CLI_OPTIONS,
	    {NULL, 0, NULL, 0},
	};
	int c;

	while (
	    (c = cli_next(&cli, argc, argv, CLI_LETTERS, check_options)) != -1)
		take_option(c, optarg);
	read_words();
	if (optind == argc)
		cli_wrong(&cli, "check: which rule files or schemas?");
	return lint_files(argc - optind, argv + optind, &schemas);
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
	int c;

	while ((c = cli_next(&cli, argc, argv, CLI_LETTERS, suggest_options)) !=
	       -1)
		if (c == SCHEMA)
			write = suggest_schema;
		else
			filter_option(&f, &cli, c, optarg);
	suggest_filter(&f, write);
	return run(argc - optind, argv + optind);
}

/* No verb: a filter. */
static int
filter(int argc, char *argv[])
{
	int c;

	while ((c = cli_next(&cli, argc, argv, "aej:R:r:S:s:" CLI_LETTERS,
		    options)) != -1)
		take_option(c, optarg);
	read_words();
	return (replays ? replay : validate)(argc - optind, argv + optind);
}

int
main(int argc, char *argv[])
{
	static const struct cli_verb verbs[] = {
	    {"check", check}, {"suggest", suggest}, {NULL, filter}};
	const struct cli_verb *v = verbs;
	int status;

	run_start(argv[0]);
	rule_files = xcalloc((size_t)argc, sizeof(*rule_files));
	refs = schema_refs_new();
	while (v->name && (argc < 2 || strcmp(argv[1], v->name) != 0))
		v++;
	if (v->name) { /* getopt's messages are the program's */
		argv[1] = argv[0];
		argc--;
		argv++;
	}
	status = v->run(argc, argv);
	schema_refs_free(refs);
	free(rule_files);
	out_finish();
	return run_end(status);
}
