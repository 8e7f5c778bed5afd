/*
 * cdo-cache - the shared cache, by hand: values under keys, each with a time
 * to live, and the results of commands.
 *
 * in:  put: the value; run --stdin: the command's input
 * out: get: the value; ls: the keys; stats: one JSON object; run: what the
 *      command wrote, now or then
 *
 * Longer than a tool should be: eight verbs, each short.
 */
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "core/cli.h"
#include "core/diag.h"
#include "core/num.h"
#include "core/slurp.h"
#include "core/xmem.h"
#include "obs/run.h"
#include "cache/listing.h"
#include "cache/memo.h"
#include "store/server.h"
#include "store/store.h"
#include "stream/out.h"
#include "stream/stop.h"

enum { PARTIAL = 3, FAILED = 125 }; /* exit status: cdo(7) */

static int64_t ttl = STORE_NEVER; /* -t */
static uint64_t max_size = (uint64_t)64 << 20; /* --max-size */
static bool zero, json; /* -0, --json */
static const char **env, **deps; /* --env, --dep; owned */
static size_t n_env, n_deps;
static bool takes_stdin; /* --stdin */
static struct memo memo = {.wait_ms = 60000}; /* the options of run */
static struct server_options server; /* the options of serve */
static struct store *store;

enum {
	MAX_SIZE = CLI_END,
	JSON,
	FAIL_TTL,
	STALE,
	WAIT,
	KEY,
	ENV,
	CWD,
	DEP,
	STDIN,
	SOCKET,
	IDLE,
};

/* Each verb takes those of its letters, and of its rows. */
static const struct option put_options[] = {
    {"ttl", required_argument, NULL, 't'},
    {"max-size", required_argument, NULL, MAX_SIZE},
    CLI_OPTIONS,
    {NULL, 0, NULL, 0},
};
static const struct option ls_options[] = {
    {"null", no_argument, NULL, '0'},
    {"json", no_argument, NULL, JSON},
    CLI_OPTIONS,
    {NULL, 0, NULL, 0},
};
static const struct option run_options[] = {
    {"ttl", required_argument, NULL, 't'},
    {"fail-ttl", required_argument, NULL, FAIL_TTL},
    {"stale-if-error", required_argument, NULL, STALE},
    {"wait", required_argument, NULL, WAIT},
    {"max-size", required_argument, NULL, MAX_SIZE},
    {"key", required_argument, NULL, KEY},
    {"env", required_argument, NULL, ENV},
    {"cwd", no_argument, NULL, CWD},
    {"dep", required_argument, NULL, DEP},
    {"stdin", no_argument, NULL, STDIN},
    CLI_OPTIONS,
    {NULL, 0, NULL, 0},
};
static const struct option serve_options[] = {
    {"socket", required_argument, NULL, SOCKET},
    {"idle", required_argument, NULL, IDLE},
    CLI_OPTIONS,
    {NULL, 0, NULL, 0},
};
static const struct option other_options[] = {CLI_OPTIONS, {NULL, 0, NULL, 0}};

static const struct cli cli = {
    .usage = "cdo-cache get key\n"
	     "cdo-cache put [-t ttl] [--max-size size] key\n"
	     "cdo-cache del key...\n"
	     "cdo-cache ls [-0] [--json] [prefix]\n"
	     "cdo-cache stats\n"
	     "cdo-cache gc\n"
	     "cdo-cache clear\n"
	     "cdo-cache run [-t ttl] [--fail-ttl duration]"
	     " [--stale-if-error duration] [--wait duration]"
	     " [--max-size size] [--key name] [--env name]... [--cwd]"
	     " [--dep file]... [--stdin] -- command [argument...]\n"
	     "cdo-cache serve [--socket path] [--idle duration]\n",
    .help = "  -t, --ttl ttl        keep it that long [for ever]\n"
	    "      --max-size size  keep nothing larger [64M]\n"
	    "  -0, --null           end each key by NUL, not by LF\n"
	    "      --json           one object a key: key, size, created,"
	    " expires\n"
	    "      --fail-ttl dur   keep failures too, that long\n"
	    "      --stale-if-error dur  how long an old result may stand"
	    " in for a failure\n"
	    "      --wait dur       for another process that runs it [1m]\n"
	    "      --key name       what the result is kept under, instead"
	    " of the command\n"
	    "      --env name, --cwd, --dep file  what the result depends"
	    " on too\n"
	    "      --stdin          read standard input for the command\n"
	    "      --socket path    listen there [socket in the store]\n"
	    "      --idle dur       end when nobody was connected that long\n",
};

static void
take_duration(const char *option, const char *arg, int64_t *ms)
{
	if (num_duration(arg, ms) != 0)
		cli_wrong(&cli, "%s: %s: not a duration; write 90s, 15m, 7d",
		    option, arg);
}

static void
append(const char ***list, size_t *n, const char *s)
{
	*list = xrealloc(*list, *n + 1, sizeof(**list));
	(*list)[(*n)++] = s;
}

static void
take_option(int c, const char *arg)
{
	switch (c) {
	case 't':
		take_duration("--ttl", arg, &ttl);
		return;
	case MAX_SIZE:
		if (num_size(arg, 1, STORE_VALUE_MAX / 2, &max_size) != 0)
			cli_wrong(&cli,
			    "--max-size: %s: not a size from 1 to 512M", arg);
		return;
	case '0':
		zero = true;
		return;
	case JSON:
		json = true;
		return;
	case FAIL_TTL:
		take_duration("--fail-ttl", arg, &memo.fail_ttl_ms);
		return;
	case STALE:
		take_duration("--stale-if-error", arg, &memo.stale_ms);
		return;
	case WAIT:
		take_duration("--wait", arg, &memo.wait_ms);
		return;
	case KEY:
		memo.name = arg;
		return;
	case ENV:
		append(&env, &n_env, arg);
		return;
	case CWD:
		memo.by_cwd = true;
		return;
	case DEP:
		append(&deps, &n_deps, arg);
		return;
	case STDIN:
		takes_stdin = true;
		return;
	case SOCKET:
		server.socket = arg;
		return;
	case IDLE:
		take_duration("--idle", arg, &server.idle_ms);
		return;
	}
	cli_option(&cli, c, arg);
}

/* Parse a verb's options, check how many operands follow; returns those. */
static char **
operands(int argc, char *argv[], const char *letters,
    const struct option *options, int least, int most)
{
	int c;

	while ((c = getopt_long(argc, argv, letters, options, NULL)) != -1)
		take_option(c, optarg);
	if (argc - optind < least)
		cli_wrong(&cli, "%s: what?", argv[0]);
	if (argc - optind > most)
		cli_wrong(
		    &cli, "%s: %s: one too many", argv[0], argv[optind + most]);
	return argv + optind;
}

static void
check_key(const char *key)
{
	if (*key == '\0' || strlen(key) > STORE_KEY_MAX)
		cli_wrong(&cli, "a key has 1 to %zu bytes", STORE_KEY_MAX);
}

/* Tell what is wrong with the store, if anything is; returns status. */
static int
report(int status)
{
	if (status != 0)
		diag_error("%s", store_why(store));
	return status;
}

struct get {
	const char *key;
	struct buf value;
	bool is_found;
};

static int
find(struct store_txn *t, void *arg)
{
	struct get *g = arg;
	struct store_value v;
	int status = store_get(t, g->key, &v);

	if (status != 0)
		return status;
	g->is_found = v.data && !v.is_stale;
	g->value.len = 0;
	if (g->is_found)
		buf_add(&g->value, v.data, v.len);
	store_count(t, g->is_found ? STORE_HIT : STORE_MISS, 1);
	run_counts.cache_hits = g->is_found;
	return 0;
}

static int
get(int argc, char *argv[])
{
	struct get g = {0};
	int status;

	g.key = *operands(argc, argv, CLI_LETTERS, other_options, 1, 1);
	check_key(g.key);
	status = report(store_do(store, STORE_CACHE, NULL, find, &g));
	out_write(STDOUT_FILENO, "<stdout>", g.value.data, g.value.len);
	buf_release(&g.value);
	return status == 0 && !g.is_found ? 1 : status;
}

/* Read standard input, but not without end.  Returns an exit status. */
static int
read_stdin(struct buf *b)
{
	int errnum = slurp(STDIN_FILENO, max_size, b);

	if (errnum == EFBIG)
		diag_error("<stdin>: more than %" PRIu64
			   " bytes; see --max-size",
		    max_size);
	else if (errnum != 0)
		diag_error("<stdin>: read: %s", strerror(errnum));
	if (errnum == 0)
		return 0;
	return errnum == EFBIG ? EX_DATAERR : EX_IOERR;
}

struct put {
	const char *key;
	struct buf value;
};

static int
set(struct store_txn *t, void *arg)
{
	const struct put *p = arg;

	store_set(t, p->key, p->value.data, p->value.len, ttl, 0);
	return 0;
}

static int
put(int argc, char *argv[])
{
	struct put p = {0};
	int status;

	p.key = *operands(argc, argv, "t:" CLI_LETTERS, put_options, 1, 1);
	check_key(p.key);
	if (ttl == 0)
		cli_wrong(&cli, "--ttl: 0: nothing would be kept");
	status = read_stdin(&p.value);
	if (status == 0)
		status = report(store_do(store, STORE_CACHE, NULL, set, &p));
	buf_release(&p.value);
	return status;
}

static int
remove_keys(struct store_txn *t, void *arg)
{
	for (char **key = arg; *key; key++)
		store_del(t, *key);
	return 0;
}

static int
del(int argc, char *argv[])
{
	char **keys =
	    operands(argc, argv, CLI_LETTERS, other_options, 1, INT_MAX);

	for (char **key = keys; *key; key++)
		check_key(*key);
	return report(store_do(store, STORE_CACHE, NULL, remove_keys, keys));
}

struct list {
	const char *prefix;
	struct buf text;
	size_t n_skipped;
};

static bool
is_one_line(const char *key)
{
	for (; *key; key++)
		if (iscntrl((unsigned char)*key))
			return false;
	return true;
}

static bool
add_key(void *arg, const char *key, const struct store_value *v)
{
	struct list *l = arg;

	if (json) {
		listing_add(&l->text, key, v);
	} else if (zero || is_one_line(key)) {
		buf_adds(&l->text, key);
		buf_addc(&l->text, zero ? '\0' : '\n');
	} else {
		l->n_skipped++;
	}
	return true;
}

static int
scan(struct store_txn *t, void *arg)
{
	struct list *l = arg;

	l->text.len = 0;
	l->n_skipped = 0;
	return store_scan(t, l->prefix, add_key, l);
}

static int
ls(int argc, char *argv[])
{
	struct list l = {0};
	char **prefix = operands(argc, argv, "0" CLI_LETTERS, ls_options, 0, 1);
	int status;

	l.prefix = *prefix ? *prefix : "";
	if (zero && json)
		cli_wrong(&cli, "-0 and --json are two ways to write a key");
	status = report(store_do(store, STORE_CACHE, NULL, scan, &l));
	out_write(STDOUT_FILENO, "<stdout>", l.text.data, l.text.len);
	buf_release(&l.text);
	if (l.n_skipped == 0)
		return status;
	diag_warn("keys with control characters left out: %zu; use -0 or "
		  "--json",
	    l.n_skipped);
	return PARTIAL;
}

static int
measure(struct store_txn *t, void *arg)
{
	return store_stats(t, arg);
}

static int
stats(int argc, char *argv[])
{
	struct store_stats s;
	int status;

	operands(argc, argv, CLI_LETTERS, other_options, 0, 0);
	status = report(store_do(store, STORE_CACHE, NULL, measure, &s));
	if (status == 0)
		printf("{\"entries\":%" PRIu64 ",\"bytes\":%" PRIu64
		       ",\"hits\":%" PRIu64 ",\"misses\":%" PRIu64
		       ",\"expired\":%" PRIu64 ",\"disk_bytes\":%" PRIu64 "}\n",
		    s.entries, s.bytes, s.events[STORE_HIT],
		    s.events[STORE_MISS], s.events[STORE_EXPIRED],
		    s.disk_bytes);
	return status;
}

static int
collect(struct store_txn *t, void *arg)
{
	return store_gc(t, arg);
}

static int
gc(int argc, char *argv[])
{
	uint64_t n = 0;
	int status;

	operands(argc, argv, CLI_LETTERS, other_options, 0, 0);
	status = report(store_do(store, STORE_CACHE, NULL, collect, &n));
	diag_info("%" PRIu64 " entries removed", n);
	return status;
}

static int
empty(struct store_txn *t, void *arg)
{
	(void)arg;
	return store_clear(t);
}

static int
clear(int argc, char *argv[])
{
	operands(argc, argv, CLI_LETTERS, other_options, 0, 0);
	return report(store_do(store, STORE_CACHE, NULL, empty, NULL));
}

static void
emit(int stream, const char *data, size_t len)
{
	out_write(stream, stream == 1 ? "<stdout>" : "<stderr>", data, len);
}

static int
run(int argc, char *argv[])
{
	struct buf input = {0};
	int status = 0;

	memo.argv =
	    operands(argc, argv, "+t:" CLI_LETTERS, run_options, 1, INT_MAX);
	memo.env = env;
	memo.n_env = n_env;
	memo.deps = deps;
	memo.n_deps = n_deps;
	memo.ttl_ms = ttl;
	memo.max_size = max_size;
	memo.emit = emit;
	if (takes_stdin) {
		status = read_stdin(&input);
		memo.input = input.data ? input.data : "";
		memo.input_len = input.len;
	}
	if (stop_init() != 0)
		die_errno(FAILED, "signals");
	if (status == 0)
		status = memo_run(&memo, store);
	else
		status = FAILED;
	buf_release(&input);
	free(env);
	free(deps);
	return status;
}

static int
serve(int argc, char *argv[])
{
	int status;

	operands(argc, argv, CLI_LETTERS, serve_options, 0, 0);
	if (stop_init() != 0)
		die_errno(EX_OSERR, "signals");
	status = report(server_run(store, &server));
	if (status == 0 && stop_signal() != 0)
		return 128 + stop_signal();
	return status;
}

int
main(int argc, char *argv[])
{
	static const struct cli_verb verbs[] = {{"get", get}, {"put", put},
	    {"del", del}, {"ls", ls}, {"stats", stats}, {"gc", gc},
	    {"clear", clear}, {"run", run}, {"serve", serve}, {NULL, NULL}};
	int status;

	run_start(argv[0]);
	store = store_new(NULL, STORE_WAIT_MS);
	status = cli_verbs(&cli, verbs, argc, argv);
	store_free(store);
	out_finish();
	return run_end(status);
}
