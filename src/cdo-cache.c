/*
 * cdo-cache - the shared store, by hand and in pipelines: values under keys,
 * each with a time to live, the results of commands, what was seen, cursors.
 *
 * in:  put: the value; run --stdin: the command's input; load: what dump
 *      wrote; dedup, commit: records
 * out: get: the value; ls: keys; stats, check: objects; run: what the command
 *      wrote, now or then; dedup, commit: records
 *
 * Longer than a program should be: it is the tables of fourteen verbs, whose
 * work is done in lib/cache.
 */
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "cache/verbs.h"
#include "core/cli.h"
#include "core/num.h"
#include "core/xmem.h"
#include "obs/run.h"
#include "stream/out.h"
#include "json/path.h"

static struct verb_options o = {.db = STORE_CACHE,
    .ttl_ms = STORE_NEVER,
    .max_size = (uint64_t)64 << 20,
    .memo.wait_ms = 60000};
static const char **env, **deps; /* --env, --dep; owned */
static struct buf paths; /* -k: the texts */

enum {
	CWD = FILTER_END,
	DEP,
	ENV,
	FAIL_TTL,
	IDLE,
	JSON,
	KEY,
	MAX_SIZE,
	MISSING,
	NAME,
	ON_ERROR,
	REFRESH,
	RENEW,
	SOCKET,
	STALE,
	STATE,
	STDIN,
	WAIT,
};

/* All options but those that all programs share, and the verbs that take
 * them.  A value below 0x80 is a letter too. */
static const struct {
	struct option option;
	const char *verbs;
} choices[] = {
    {{"cwd", no_argument, NULL, CWD}, "run"},
    {{"dep", required_argument, NULL, DEP}, "run"},
    {{"env", required_argument, NULL, ENV}, "run"},
    {{"fail-ttl", required_argument, NULL, FAIL_TTL}, "run"},
    {{"idle", required_argument, NULL, IDLE}, "serve"},
    {{"json", no_argument, NULL, JSON}, "ls"},
    {{"key", required_argument, NULL, KEY}, "run"},
    {{"key", required_argument, NULL, 'k'}, "dedup"},
    {{"max-size", required_argument, NULL, MAX_SIZE}, "put run"},
    {{"missing", required_argument, NULL, MISSING}, "dedup"},
    {{"name", required_argument, NULL, NAME}, "dedup"},
    {{"null", no_argument, NULL, '0'}, "ls"},
    {{"on-store-error", required_argument, NULL, ON_ERROR}, "dedup"},
    {{"refresh", required_argument, NULL, REFRESH}, "run"},
    {{"renew", no_argument, NULL, RENEW}, "run"},
    {{"socket", required_argument, NULL, SOCKET}, "serve"},
    {{"stale-if-error", required_argument, NULL, STALE}, "run"},
    {{"state", no_argument, NULL, STATE}, "get del ls stats gc dump"},
    {{"stdin", no_argument, NULL, STDIN}, "run"},
    {{"ttl", required_argument, NULL, 't'}, "put run dedup"},
    {{"wait", required_argument, NULL, WAIT}, "run"},
};
enum { N_CHOICES = sizeof(choices) / sizeof(*choices) };

static const struct verb {
	const char *name;
	int least, most; /* operands */
	const char *lacks; /* what there is too little of */
	bool is_filter;
	int (*run)(struct verb_options *o, char **operands);
} verbs[] = {
    {"get", 1, 1, "which key?", false, verb_get},
    {"put", 1, 1, "under which key?", false, verb_put},
    {"del", 1, INT_MAX, "which keys?", false, verb_del},
    {"ls", 0, 1, NULL, false, verb_ls},
    {"stats", 0, 0, NULL, false, verb_stats},
    {"gc", 0, 0, NULL, false, verb_gc},
    {"clear", 0, 0, NULL, false, verb_clear},
    {"check", 0, 0, NULL, false, verb_check},
    {"dump", 0, 1, NULL, false, verb_dump},
    {"load", 0, INT_MAX, NULL, true, verb_load},
    {"run", 1, INT_MAX, "which command?", false, verb_run},
    {"dedup", 0, INT_MAX, NULL, true, verb_dedup},
    {"commit", 0, INT_MAX, NULL, true, verb_commit},
    {"serve", 0, 0, NULL, false, verb_serve},
};
enum { N_VERBS = sizeof(verbs) / sizeof(*verbs) };

static const struct cli cli = {
    .usage = "cdo-cache get [--state] key\n"
	     "cdo-cache put [-t ttl] [--max-size size] key\n"
	     "cdo-cache del [--state] key...\n"
	     "cdo-cache ls [-0] [--json] [--state] [prefix]\n"
	     "cdo-cache stats|gc [--state]\n"
	     "cdo-cache clear|check\n"
	     "cdo-cache dump [--state] [prefix]\n"
	     "cdo-cache load|commit [file ...]\n"
	     "cdo-cache run [-t ttl] [--fail-ttl duration]"
	     " [--stale-if-error duration] [--refresh age] [--renew]"
	     " [--wait duration] [--max-size size] [--key name] [--env name]..."
	     " [--cwd] [--dep file]... [--stdin] -- command [argument...]\n"
	     "cdo-cache dedup -k path... [-t ttl] [--name name]"
	     " [--missing pass|drop] [--on-store-error pass|fail] [file ...]\n"
	     "cdo-cache serve [--socket path] [--idle duration]\n",
    .help =
	"  -t, --ttl ttl          keep it that long [for ever]\n"
	"  -0, --null, --json     end keys by NUL; write objects\n"
	"      --state            the state instead of the cache\n"
	"      --max-size size    keep nothing larger [64M]\n"
	"      --fail-ttl dur, --stale-if-error dur  for failures: keep, stand "
	"in\n"
	"      --refresh age, --renew  run again, behind an old result; now\n"
	"      --wait dur         for another process that runs it [1m]\n"
	"      --key name, --env name, --cwd, --dep file, --stdin  what is the "
	"same\n"
	"  -k, --key path, --name name  what was seen, and where to keep it\n"
	"      --missing pass|drop, --on-store-error pass|fail  what passes\n"
	"      --socket path, --idle dur  where to listen; when to end\n",
    .is_filter = true,
};

static void
take_duration(const char *option, const char *arg, int64_t *ms)
{
	if (num_duration(arg, ms) != 0)
		cli_wrong(&cli, "%s: %s: not a duration; write 90s, 15m, 7d",
		    option, arg);
}

/* One of two words; returns whether it is the second. */
static bool
take_word(
    const char *option, const char *arg, const char *first, const char *second)
{
	if (strcmp(arg, first) != 0 && strcmp(arg, second) != 0)
		cli_wrong(&cli, "%s: %s: neither %s nor %s", option, arg, first,
		    second);
	return strcmp(arg, second) == 0;
}

static void
append(const char ***list, size_t *n, const char *s)
{
	*list = xrealloc(*list, *n + 1, sizeof(**list));
	(*list)[(*n)++] = s;
}

static void
take_path(const char *text)
{
	o.keys = xrealloc(o.keys, o.n_keys + 1, sizeof(*o.keys));
	jpath_option(&cli, "--key", text, &o.keys[o.n_keys]);
	o.n_keys++;
	buf_adds(&paths, text);
}

/* The options of run.  Returns false if it is none of them. */
static bool
take_run_option(int c, const char *arg)
{
	struct memo *m = &o.memo;

	switch (c) {
	case CWD:
		m->by_cwd = true;
		return true;
	case DEP:
		append(&deps, &m->n_deps, arg);
		return true;
	case ENV:
		if (*arg == '\0' || strchr(arg, '='))
			cli_wrong(
			    &cli, "--env: %s: not the name of a variable", arg);
		append(&env, &m->n_env, arg);
		return true;
	case FAIL_TTL:
		take_duration("--fail-ttl", arg, &m->fail_ttl_ms);
		return true;
	case KEY:
		m->name = arg;
		return true;
	case REFRESH:
		take_duration("--refresh", arg, &m->refresh_ms);
		return true;
	case RENEW:
		m->renews = true;
		return true;
	case STALE:
		take_duration("--stale-if-error", arg, &m->stale_ms);
		return true;
	case STDIN:
		o.takes_stdin = true;
		return true;
	case WAIT:
		take_duration("--wait", arg, &m->wait_ms);
		return true;
	}
	return false;
}

static void
take_option(int c, const char *arg)
{
	switch (c) {
	case 't':
		take_duration("--ttl", arg, &o.ttl_ms);
		return;
	case 'k':
		take_path(arg);
		return;
	case '0':
		o.zero = true;
		return;
	case JSON:
		o.json = true;
		return;
	case STATE:
		o.db = STORE_STATE;
		return;
	case NAME:
		o.name = arg;
		return;
	case SOCKET:
		o.server.socket = arg;
		return;
	case IDLE:
		take_duration("--idle", arg, &o.server.idle_ms);
		return;
	case MISSING:
		o.drops_missing = take_word("--missing", arg, "pass", "drop");
		return;
	case ON_ERROR:
		o.stops_on_error =
		    take_word("--on-store-error", arg, "pass", "fail");
		return;
	case MAX_SIZE:
		if (num_size(arg, 1, STORE_VALUE_MAX / 2, &o.max_size) != 0)
			cli_wrong(&cli,
			    "--max-size: %s: not a size from 1 to 512M", arg);
		return;
	}
	if (!take_run_option(c, arg))
		filter_option(&o.filter, &cli, c, arg);
}

/* Parse a verb's options, and check how many operands follow. */
static char **
operands(const struct verb *v, int argc, char *argv[])
{
	static const struct option common[] = {CLI_OPTIONS},
				   of_filters[] = {FILTER_OPTIONS};
	size_t n = v->is_filter ? sizeof(of_filters) : sizeof(common);
	struct option options[N_CHOICES + 16] = {{0}};
	struct buf letters = {0};
	int c;

	memcpy(options, v->is_filter ? of_filters : common, n);
	n /= sizeof(*options);
	/* what follows a command is the command's */
	buf_addf(&letters, "%s" CLI_LETTERS, v->run == verb_run ? "+" : "");
	for (size_t i = 0; i < N_CHOICES; i++) {
		const struct option *option = &choices[i].option;

		if (!cli_takes(choices[i].verbs, v->name))
			continue;
		options[n++] = *option;
		if (option->val < 0x80)
			buf_addf(&letters, "%c%s", option->val,
			    option->has_arg ? ":" : "");
	}
	while ((c = cli_next(&cli, argc, argv, letters.data, options)) != -1)
		take_option(c, optarg);
	buf_release(&letters);
	if (argc - optind < v->least)
		cli_wrong(&cli, "%s: %s", v->name, v->lacks);
	if (argc - optind > v->most)
		cli_wrong(&cli, "%s: %s: one too many%s", v->name,
		    argv[optind + v->most],
		    v->run == verb_put ? "; the value comes from standard input"
				       : "");
	return argv + optind;
}

/* Refuse what contradicts itself. */
static void
check(const struct verb *v, char *const *words)
{
	bool has_keys =
	    v->run == verb_get || v->run == verb_put || v->run == verb_del;

	for (; has_keys && *words; words++)
		if (**words == '\0' || strlen(*words) > STORE_KEY_MAX)
			cli_wrong(
			    &cli, "a key has 1 to %zu bytes", STORE_KEY_MAX);
	if (v->run != verb_run && o.ttl_ms == 0)
		cli_wrong(&cli, "--ttl: 0: nothing would be kept");
	if (o.zero && o.json)
		cli_wrong(&cli, "-0 and --json are two ways to write a key");
	if (o.memo.refresh_ms > 0 && o.takes_stdin)
		cli_wrong(&cli, "--refresh and --stdin: what runs in the "
				"background has no input");
	if (v->run == verb_dedup && o.n_keys == 0)
		cli_wrong(&cli, "dedup: which key? see -k");
	if (o.name && *o.name == '\0')
		cli_wrong(&cli, "--name: a name is not empty");
}

/* What renews a result in the background: this call, with --renew. */
static char **
refresh_call(int argc, char *argv[])
{
	static char name[] = "cdo-cache", verb[] = "run", renew[] = "--renew";
	char **call = xcalloc((size_t)argc + 3, sizeof(*call));

	call[0] = name;
	call[1] = verb;
	call[2] = renew;
	memcpy(call + 3, argv + 1, (size_t)argc * sizeof(*call));
	return call;
}

static int
run_verb(int argc, char *argv[])
{
	const struct verb *v = verbs;
	char **words, **refresh;
	int status;

	while (strcmp(v->name, argv[0]) != 0)
		v++;
	refresh = refresh_call(argc, argv);
	words = operands(v, argc, argv);
	check(v, words);
	buf_addc(&paths, '\0');
	if (!o.name)
		o.name = paths.data;
	o.memo.env = env;
	o.memo.deps = deps;
	o.memo.refresh = refresh;
	status = v->run(&o, words);
	free(refresh);
	return status;
}

int
main(int argc, char *argv[])
{
	struct cli_verb table[N_VERBS + 1] = {{NULL, NULL}};
	int status;

	for (size_t i = 0; i < N_VERBS; i++)
		table[i] = (struct cli_verb){verbs[i].name, run_verb};
	run_start(argv[0]);
	o.store = store_new(NULL, STORE_WAIT_MS);
	status = cli_verbs(&cli, table, argc, argv);
	store_free(o.store);
	for (size_t i = 0; i < o.n_keys; i++)
		jpath_release(&o.keys[i]);
	free(o.keys);
	free(env);
	free(deps);
	buf_release(&paths);
	out_finish();
	return run_end(status);
}
