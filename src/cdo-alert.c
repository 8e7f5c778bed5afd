/*
 * cdo-alert - tell receivers when records meet conditions, or jobs are silent.
 *
 * in:  records, one JSON value a line; ping --log: output of a job
 * out: events, one JSON object a line: which alerts fire or are resolved, and
 *      whether the receivers could be told; no records.  Verbs: lists
 *
 * Longer than a program should be: it is the tables of seventeen verbs, whose
 * work is done in lib/alert.
 */
#include <limits.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "alert/verbs.h"
#include "core/cli.h"
#include "core/num.h"
#include "core/timestamp.h"
#include "core/utf8.h"
#include "obs/run.h"
#include "stream/filter.h"
#include "stream/out.h"

enum {
	ALL = FILTER_END,
	BY,
	COMMENT,
	DEAD,
	EVERY,
	EXIT,
	FAIL,
	FOR,
	FROM,
	GRACE,
	JSON,
	LOG,
	PAUSE,
	PING,
	REMOVE,
	RID,
	SEVERITY,
	START,
	TABLE,
	UNTIL,
	WINDOW,
};

/* The options of the verbs, and the verbs that take them. */
static const struct choice {
	struct option option;
	const char *verbs;
} choices[] = {
    {{"rules", required_argument, NULL, 'R'},
	"list show history stats outbox explain ack resolve silence unsilence "
	"expect ping watch tick flush test"},
    {{"all", no_argument, NULL, ALL}, "list"},
    {{"by", required_argument, NULL, BY}, "ack resolve silence"},
    {{"comment", required_argument, NULL, COMMENT}, "ack resolve silence"},
    {{"dead", no_argument, NULL, DEAD}, "outbox"},
    {{"every", required_argument, NULL, EVERY}, "expect"},
    {{"exit", required_argument, NULL, EXIT}, "ping"},
    {{"fail", no_argument, NULL, FAIL}, "ping"},
    {{"for", required_argument, NULL, FOR}, "ack silence"},
    {{"from", required_argument, NULL, FROM}, "silence"},
    {{"grace", required_argument, NULL, GRACE}, "expect"},
    {{"json", no_argument, NULL, JSON},
	"list show stats outbox silence expect explain"},
    {{"log", no_argument, NULL, LOG}, "ping"},
    {{"pause", no_argument, NULL, PAUSE}, "expect"},
    {{"ping", required_argument, NULL, PING}, "tick flush"},
    {{"remove", no_argument, NULL, REMOVE}, "expect"},
    {{"rid", required_argument, NULL, RID}, "ping"},
    {{"severity", required_argument, NULL, SEVERITY}, "expect"},
    {{"start", no_argument, NULL, START}, "ping"},
    {{"table", no_argument, NULL, TABLE},
	"list show stats outbox silence expect explain"},
    {{"until", required_argument, NULL, UNTIL}, "ack silence"},
    {{"window", required_argument, NULL, WINDOW}, "silence"},
    {{"number", required_argument, NULL, 'n'}, "history"},
};
enum { N_CHOICES = sizeof(choices) / sizeof(*choices) };

static const struct verb {
	const char *name;
	int least, most; /* operands */
	const char *lacks; /* what there is too little of */
	bool needs_file;
	int (*run)(struct alert_options *o, char **operands);
} verbs[] = {
    {"list", 0, INT_MAX, NULL, false, alert_list},
    {"show", 1, INT_MAX, "which alert?", false, alert_show},
    {"history", 0, 1, NULL, false, alert_history},
    {"stats", 0, 0, NULL, false, alert_stats},
    {"outbox", 0, 0, NULL, false, alert_outbox},
    {"explain", 1, INT_MAX, "which alert?", true, alert_explain},
    {"ack", 1, INT_MAX, "which alerts?", false, alert_ack},
    {"resolve", 1, INT_MAX, "which alerts?", false, alert_resolve},
    {"silence", 0, INT_MAX, NULL, false, alert_silence},
    {"unsilence", 1, INT_MAX, "which silences?", false, alert_unsilence},
    {"expect", 0, 1, NULL, false, alert_expect},
    {"ping", 1, 1, "which job?", false, alert_ping},
    {"watch", 2, INT_MAX, "which job, and which command?", false, alert_watch},
    {"tick", 0, 0, NULL, true, alert_tick},
    {"flush", 0, 0, NULL, true, alert_flush},
    {"test", 1, INT_MAX, "which receivers?", true, alert_test},
    {"check", 1, 1, "which alerts file?", false, alert_check},
};
enum { N_VERBS = sizeof(verbs) / sizeof(*verbs) };

static struct alert_options o = {
    .grace_ms = -1, .exit = -1, .severity = ALERT_ERROR};

static const struct cli cli = {
    .usage =
	"cdo-alert -R alerts [file ...]\n"
	"cdo-alert list [-R alerts] [--all] [--json|--table] [matcher ...]\n"
	"cdo-alert show|explain [-R alerts] [--json|--table] fingerprint ...\n"
	"cdo-alert history [-R alerts] [-n number] [fingerprint]\n"
	"cdo-alert stats|outbox [-R alerts] [--dead] [--json|--table]\n"
	"cdo-alert ack [-R alerts] [--by who] [--comment text]"
	" [--for duration|--until time] fingerprint ...\n"
	"cdo-alert resolve [-R alerts] [--by who] [--comment text]"
	" fingerprint ...\n"
	"cdo-alert silence [-R alerts] [--for duration|--until time]"
	" [--from time] [--window hours] [--by who] [--comment text]"
	" [--json|--table] [matcher ...]\n"
	"cdo-alert unsilence [-R alerts] id ...\n"
	"cdo-alert expect [-R alerts] [--every duration] [--grace duration]"
	" [--severity word] [--pause|--remove] [--json|--table] [job]\n"
	"cdo-alert ping [-R alerts] [--start|--fail|--exit status] [--log]"
	" [--rid id] job\n"
	"cdo-alert watch [-R alerts] job -- command [argument ...]\n"
	"cdo-alert tick|flush -R alerts [--ping url]\n"
	"cdo-alert test -R alerts receiver ...\n"
	"cdo-alert check alerts\n",
    .help =
	"  -R, --rules alerts     the alerts file: rules, receivers, routes\n"
	"  -n, --number n, --all, --dead  the last n events; also what is "
	"over\n"
	"      --json, --table    as a program or a person reads it\n"
	"      --by who, --comment text, --for dur, --until t, --from t, "
	"--window w\n"
	"      --every dur, --grace dur, --severity word, --pause, --remove  "
	"of "
	"a job\n"
	"      --start, --fail, --exit n, --log, --rid id  what the job says\n"
	"      --ping url         GET it after a tick that went well\n",
    .is_filter = true};

static void
take_duration(const char *option, const char *arg, int64_t *ms)
{
	if (num_duration(arg, ms) != 0)
		cli_wrong(&cli,
		    "%s: %s: not a duration up to 100 years; "
		    "write 90s, 15m, 7d",
		    option, arg);
}

static void
take_time(const char *option, const char *arg, int64_t *ms)
{
	if (!timestamp_parse(arg, strlen(arg), ms))
		cli_wrong(&cli,
		    "%s: %s: not a time; write 2026-01-31T18:00:00Z", option,
		    arg);
}

static void
take_severity(const char *arg)
{
	struct buf hint = {0};

	for (o.severity = 0; alert_severities[o.severity]; o.severity++)
		if (strcmp(alert_severities[o.severity], arg) == 0)
			return;
	cli_hint(&hint, arg, alert_severities);
	buf_addc(&hint, '\0');
	cli_wrong(&cli, "--severity: %s: unknown%s", arg, hint.data);
}

static void
take_number(const char *option, const char *arg, uint64_t most, uint64_t *n)
{
	if (num_uint(arg, 0, most, n) != 0)
		cli_wrong(&cli, "%s: %s: not a number up to %u", option, arg,
		    (unsigned)most);
}

/* What a verb is told in words or numbers.  Returns false if it is a flag. */
static bool
take_value(int c, const char *arg)
{
	uint64_t n = 0;

	switch (c) {
	case 'R':
		o.path = arg;
		return true;
	case 'n':
		take_number("--number", arg, BOOK_HISTORY, &o.limit);
		return true;
	case EXIT:
		take_number("--exit", arg, 255, &n);
		o.exit = (int64_t)n;
		return true;
	case BY:
		if (*arg == '\0' || strlen(arg) >= ALERT_PERSON_MAX)
			cli_wrong(&cli, "--by: must have 1 to %d bytes",
			    ALERT_PERSON_MAX - 1);
		o.by = arg;
		return true;
	case COMMENT:
		if (strlen(arg) > ALERT_COMMENT_MAX)
			cli_wrong(&cli, "--comment: more than %d bytes",
			    ALERT_COMMENT_MAX);
		o.comment = arg;
		return true;
	case EVERY:
		take_duration("--every", arg, &o.every_ms);
		return true;
	case FOR:
		take_duration("--for", arg, &o.for_ms);
		return true;
	case GRACE:
		take_duration("--grace", arg, &o.grace_ms);
		return true;
	case FROM:
		take_time("--from", arg, &o.from);
		return true;
	case UNTIL:
		take_time("--until", arg, &o.until);
		return true;
	case SEVERITY:
		take_severity(arg);
		return true;
	case WINDOW:
		o.window = arg;
		return true;
	case PING:
		o.ping_url = arg;
		return true;
	case RID:
		if (strlen(arg) >= HEARTBEAT_RUN)
			cli_wrong(&cli, "--rid: more than %d bytes",
			    HEARTBEAT_RUN - 1);
		o.run = arg;
		return true;
	}
	return false;
}

static void
take_kind(enum ping kind)
{
	if (o.kind != PING_OK)
		cli_wrong(&cli, "--start and --fail exclude each other");
	o.kind = kind;
}

static void
take_option(int c, const char *arg)
{
	switch (c) {
	case ALL:
		o.all = true;
		return;
	case DEAD:
		o.dead = true;
		return;
	case JSON:
		o.json = true;
		return;
	case TABLE:
		o.table = true;
		return;
	case PAUSE:
		o.pause = true;
		return;
	case REMOVE:
		o.remove = true;
		return;
	case LOG:
		o.log = true;
		return;
	case START:
		take_kind(PING_START);
		return;
	case FAIL:
		take_kind(PING_FAIL);
		return;
	}
	if (!take_value(c, arg))
		cli_option(&cli, c, arg);
}

/* Parse a verb's options, and check how many operands follow. */
static char **
operands(const struct verb *v, int argc, char *argv[])
{
	struct option options[N_CHOICES + 16] = {CLI_OPTIONS};
	size_t n = 5; /* of CLI_OPTIONS */
	struct buf letters = {0};
	int c;

	/* what follows a command is the command's */
	buf_addf(&letters, "%s" CLI_LETTERS, v->run == alert_watch ? "+" : "");
	for (size_t i = 0; i < N_CHOICES; i++) {
		if (!cli_takes(choices[i].verbs, v->name))
			continue;
		options[n++] = choices[i].option;
		if (choices[i].option.val < 0x80)
			buf_addf(&letters, "%c:", choices[i].option.val);
	}
	while ((c = cli_next(&cli, argc, argv, letters.data, options)) != -1)
		take_option(c, optarg);
	buf_release(&letters);
	for (int i = 1; i < argc; i++)
		if (v->run != alert_watch &&
		    !utf8_is_valid(argv[i], strlen(argv[i])))
			cli_wrong(&cli, "%s: %s: not UTF-8", v->name, argv[i]);
	if (argc - optind < v->least)
		cli_wrong(&cli, "%s: %s", v->name, v->lacks);
	if (argc - optind > v->most)
		cli_wrong(&cli, "%s: %s: one too many", v->name,
		    argv[optind + v->most]);
	return argv + optind;
}

/* Refuse what contradicts itself, or lacks something. */
static void
check(const struct verb *v, char *const *words)
{
	bool has_end = o.for_ms > 0 || o.until > 0;

	if (v->needs_file && !o.path)
		cli_wrong(&cli, "%s: which alerts? see --rules", v->name);
	if (o.for_ms > 0 && o.until > 0)
		cli_wrong(&cli, "--for and --until exclude each other");
	if (v->run == alert_silence && *words && !has_end)
		cli_wrong(&cli, "silence: until when? --for or --until");
	if (v->run == alert_expect && *words && o.every_ms <= 0 && !o.pause &&
	    !o.remove)
		cli_wrong(&cli, "expect: how often? --every is missing");
	if (v->run == alert_expect && *words &&
	    (**words == '\0' || strlen(*words) >= ALERT_NAME_MAX))
		cli_wrong(&cli, "expect: a name has 1 to %d bytes",
		    ALERT_NAME_MAX - 1);
	if (v->run == alert_ping && o.log && o.kind == PING_OK && o.exit < 0)
		o.kind = PING_LOG;
}

static const struct verb *
find_verb(const char *name)
{
	for (size_t i = 0; i < N_VERBS; i++)
		if (strcmp(verbs[i].name, name) == 0)
			return &verbs[i];
	return NULL;
}

static int
run_verb(int argc, char *argv[])
{
	const struct verb *v = find_verb(argv[0]);
	char **words = operands(v, argc, argv);

	check(v, words);
	return v->run(&o, words);
}

static int
run_verbs(int argc, char *argv[])
{
	struct cli_verb table[N_VERBS + 1] = {{NULL, NULL}};

	for (size_t i = 0; i < N_VERBS; i++)
		table[i] = (struct cli_verb){verbs[i].name, run_verb};
	return cli_verbs(&cli, table, argc, argv);
}

/* A word that is no verb, where there are no rules to read records by. */
static _Noreturn void
refuse(const char *word)
{
	const char *names[N_VERBS + 1] = {NULL};
	const char *near;

	for (size_t i = 0; i < N_VERBS; i++)
		names[i] = verbs[i].name;
	near = cli_nearest(word, names);
	cli_wrong(&cli,
	    "%s: unknown command%s%s%s; for a file of records, "
	    "which alerts? see --rules",
	    word, near ? ", did you mean " : "", near ? near : "",
	    near ? "?" : "");
}

int
main(int argc, char *argv[])
{
	static const struct option options[] = {
	    {"rules", required_argument, NULL, 'R'},
	    FILTER_OPTIONS,
	    {NULL, 0, NULL, 0},
	};
	struct filter f = {.name = "alert"};
	const char *path = NULL;
	int c, status;

	run_start(argv[0]);
	while ((c = cli_next(&cli, argc, argv, "+R:" CLI_LETTERS, options)) !=
	       -1) {
		if (c != 'R')
			filter_option(&f, &cli, c, optarg);
		else if (path)
			cli_wrong(&cli, "--rules: given twice");
		else
			path = optarg;
	}
	if (!path && optind < argc && find_verb(argv[optind])) {
		argc -= optind - 1;
		argv += optind - 1; /* what stands before the verb is done */
		optind = 0;
		status = run_verbs(argc, argv);
	} else if (path) {
		status = alert_records(path, &f, argc - optind, argv + optind);
	} else if (optind < argc) {
		refuse(argv[optind]);
	} else {
		cli_wrong(&cli, "which alerts? see --rules");
	}
	out_finish();
	return run_end(status);
}
