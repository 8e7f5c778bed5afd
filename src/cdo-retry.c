/*
 * cdo-retry - run a command again until it works or makes no sense, and the
 * circuit breakers that all programs share, by hand.
 *
 * in:  what each attempt of the command reads
 * out: what the attempt that succeeds writes; status: breakers
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "core/cli.h"
#include "core/diag.h"
#include "core/num.h"
#include "core/words.h"
#include "obs/run.h"
#include "retry/retry.h"
#include "retry/verbs.h"
#include "stream/out.h"
#include "stream/stop.h"

#define ATTEMPTS_MAX 1000000

static struct retry o = {.attempts = 4, .max_hold = (uint64_t)1 << 30};
static char **fallback; /* --fallback; owned */
static bool has_codes; /* --on */
static struct retry_verb_options verb = {.for_ms = 3600000};

enum {
	BREAKER = CLI_END,
	DEADLINE,
	FALLBACK,
	FOR,
	GRACE,
	INPUT,
	JSON,
	KEY,
	MAX_HOLD,
	NO_JITTER,
	ON,
	OUTPUT,
	PREFIX,
	TIMEOUT,
};

static const struct cli cli = {
    .usage = "cdo-retry [-n attempts] [-b kind[:base[:cap]]] [--no-jitter]"
	     " [--on codes] [--timeout duration] [--grace duration]"
	     " [--deadline duration] [--breaker name] [--fallback command]"
	     " [--output final|stream|last] [--input spool|pass|none]"
	     " [--max-hold size] [--key key] [--prefix]"
	     " -- command [argument...]\n"
	     "cdo-retry status [--json] [breaker]\n"
	     "cdo-retry reset [breaker]\n"
	     "cdo-retry open|disable [--for duration] breaker\n",
    .help =
	"  -n, --attempts n       in all [4]\n"
	"  -b, --backoff kind:base:cap  fixed, linear [exponential:1s:60s]\n"
	"      --no-jitter        wait exactly as the curve says\n"
	"      --on codes         try again on these: 75,100-110 or any "
	"[69,75]\n"
	"      --timeout dur, --grace dur  end an attempt; SIGKILL after [5s]\n"
	"      --deadline dur     for all attempts and waits\n"
	"      --breaker name     circuit breaker and budget, shared by name\n"
	"      --fallback command run this if all failed; words, no shell\n"
	"      --output final|stream|last, --input spool|pass|none\n"
	"      --max-hold size    of the input, of an attempt's output [1G]\n"
	"      --key key          for CDO_IDEMPOTENCY_KEY [random]\n"
	"      --prefix           name the attempt before each line of stderr\n"
	"      --json, --for dur  status as records; how long it is set [1h]\n",
};

static void
take_duration(const char *option, const char *arg, int64_t *ms)
{
	if (num_duration(arg, ms) != 0 || *ms == 0)
		cli_wrong(&cli, "%s: %s: not a duration; write 90s, 15m, 7d",
		    option, arg);
}

/* The number of arg among the words. */
static int
take_word(const char *option, const char *arg, const char *const *words)
{
	struct buf hint = {0};
	int i = 0;

	while (words[i] && strcmp(words[i], arg) != 0)
		i++;
	if (words[i])
		return i;
	cli_hint(&hint, arg, words);
	buf_addc(&hint, '\0');
	cli_wrong(&cli, "%s: %s: unknown%s", option, arg, hint.data);
}

static void
take_text(int c, const char *arg)
{
	struct buf why = {0};
	bool is_good = true;

	if (c == 'b')
		is_good = backoff_parse(arg, &o.backoff, &why);
	else if (c == ON)
		is_good = retry_codes_parse(arg, &o.codes, &why);
	else if (!fallback)
		is_good = (fallback = words_split(arg, &why)) != NULL;
	else
		buf_adds(&why, "one is enough");
	if (!is_good || (c == FALLBACK && why.len > 0)) {
		buf_addc(&why, '\0');
		cli_wrong(&cli, "%s: %s",
		    c == 'b'  ? "--backoff"
		    : c == ON ? "--on"
			      : "--fallback",
		    why.data);
	}
	has_codes |= c == ON;
}

/* The options of the wrapper that are more than a flag. */
static void
take_value(int c, const char *arg)
{
	static const char *const outputs[] = {"final", "stream", "last", NULL},
				 *const inputs[] = {
				     "spool", "pass", "none", NULL};

	switch (c) {
	case 'n':
		if (num_uint(arg, 1, ATTEMPTS_MAX, &o.attempts) != 0)
			cli_wrong(&cli,
			    "--attempts: %s: not a number from 1 to %d", arg,
			    ATTEMPTS_MAX);
		return;
	case MAX_HOLD:
		if (num_size(arg, 1, UINT64_MAX / 2, &o.max_hold) != 0)
			cli_wrong(&cli, "--max-hold: %s: not a size", arg);
		return;
	case TIMEOUT:
		take_duration("--timeout", arg, &o.timeout_ms);
		return;
	case GRACE:
		take_duration("--grace", arg, &o.grace_ms);
		return;
	case DEADLINE:
		take_duration("--deadline", arg, &o.deadline_ms);
		return;
	case OUTPUT:
		o.output =
		    (enum retry_output)take_word("--output", arg, outputs);
		return;
	case INPUT:
		o.input = (enum retry_input)take_word("--input", arg, inputs);
		return;
	default:
		take_text(c, arg);
	}
}

static void
take_option(int c, const char *arg)
{
	switch (c) {
	case BREAKER:
		o.breaker = arg;
		return;
	case KEY:
		o.key = arg;
		return;
	case NO_JITTER:
		o.backoff.is_exact = true;
		return;
	case PREFIX:
		o.has_prefix = true;
		return;
	case JSON:
		verb.json = true;
		return;
	case FOR:
		take_duration("--for", arg, &verb.for_ms);
		return;
	default:
		if (c >= BREAKER || c == 'n' || c == 'b')
			take_value(c, arg);
		else
			cli_option(&cli, c, arg);
	}
}

static const struct option wrapper_options[] = {CLI_OPTIONS,
    {"attempts", required_argument, NULL, 'n'},
    {"backoff", required_argument, NULL, 'b'},
    {"breaker", required_argument, NULL, BREAKER},
    {"deadline", required_argument, NULL, DEADLINE},
    {"fallback", required_argument, NULL, FALLBACK},
    {"grace", required_argument, NULL, GRACE},
    {"input", required_argument, NULL, INPUT},
    {"key", required_argument, NULL, KEY},
    {"max-hold", required_argument, NULL, MAX_HOLD},
    {"no-jitter", no_argument, NULL, NO_JITTER},
    {"on", required_argument, NULL, ON},
    {"output", required_argument, NULL, OUTPUT},
    {"prefix", no_argument, NULL, PREFIX},
    {"timeout", required_argument, NULL, TIMEOUT}, {NULL, 0, NULL, 0}};

static const struct option status_options[] = {
    CLI_OPTIONS, {"json", no_argument, NULL, JSON}, {NULL, 0, NULL, 0}};
static const struct option reset_options[] = {CLI_OPTIONS, {NULL, 0, NULL, 0}};
static const struct option set_options[] = {
    CLI_OPTIONS, {"for", required_argument, NULL, FOR}, {NULL, 0, NULL, 0}};

static const struct verb {
	const char *name;
	const struct option *options;
	bool needs_name;
	int (*run)(const struct retry_verb_options *o, struct store *s);
} verbs[] = {
    {"status", status_options, false, retry_status},
    {"reset", reset_options, false, retry_reset},
    {"open", set_options, true, retry_open},
    {"disable", set_options, true, retry_disable},
};
enum { N_VERBS = sizeof(verbs) / sizeof(*verbs) };

static struct store *store;

static const struct verb *
find_verb(const char *name)
{
	for (size_t i = 0; name && i < N_VERBS; i++)
		if (strcmp(verbs[i].name, name) == 0)
			return &verbs[i];
	return NULL;
}

static int
run_verb(int argc, char *argv[])
{
	const struct verb *v = find_verb(argv[0]);
	int c;

	while ((c = cli_next(&cli, argc, argv, CLI_LETTERS, v->options)) != -1)
		take_option(c, optarg);
	if (argc - optind > 1)
		cli_wrong(&cli, "%s: one breaker, or -- before a command",
		    argv[optind + 1]);
	verb.breaker = argv[optind];
	if (v->needs_name && !verb.breaker)
		cli_wrong(&cli, "%s: which breaker?", v->name);
	if (verb.breaker && *verb.breaker == '\0')
		cli_wrong(&cli, "a name is not empty");
	return v->run(&verb, store);
}

/* Refuse what contradicts itself. */
static void
check(char *const *words, bool is_command)
{
	if (!*words)
		cli_wrong(&cli, "which command?");
	if (!is_command && find_verb(*words))
		cli_wrong(&cli,
		    "%s: a verb comes first; before a command of that name "
		    "write --",
		    *words);
	if (o.breaker && (*o.breaker == '\0' || strlen(o.breaker) > 256))
		cli_wrong(&cli, "--breaker: a name has 1 to 256 bytes");
	if (o.grace_ms > 0 && o.timeout_ms == 0 && o.deadline_ms == 0)
		cli_wrong(&cli, "--grace: only after --timeout or --deadline");
}

static int
run_command(int argc, char *argv[])
{
	struct buf why = {0};
	int c;

	backoff_parse("exponential", &o.backoff, &why);
	while ((c = cli_next(&cli, argc, argv, "+b:n:" CLI_LETTERS,
		    wrapper_options)) != -1)
		take_option(c, optarg);
	check(argv + optind, strcmp(argv[optind - 1], "--") == 0);
	if (!has_codes)
		retry_codes_parse(RETRY_CODES, &o.codes, &why);
	buf_release(&why);
	o.argv = argv + optind;
	o.fallback = fallback;
	if (stop_init() != 0)
		die_errno(EX_OSERR, "cannot wait for signals");
	return retry_run(&o, store);
}

int
main(int argc, char *argv[])
{
	struct cli_verb table[N_VERBS + 1] = {{NULL, NULL}};
	int status;

	for (size_t i = 0; i < N_VERBS; i++)
		table[i] = (struct cli_verb){verbs[i].name, run_verb};
	run_start(argv[0]);
	store = store_new(NULL, STORE_WAIT_MS);
	status = argc > 1 && find_verb(argv[1])
		     ? cli_verbs(&cli, table, argc, argv)
		     : run_command(argc, argv);
	store_free(store);
	free(fallback);
	out_finish();
	return run_end(status);
}
