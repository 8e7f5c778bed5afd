/*
 * cdo-alert - tell receivers when records meet conditions.
 *
 * in:  records, one JSON value a line
 * out: events, one JSON object a line: which alerts fire or are resolved, and
 *      whether the receivers could be told; no records
 */
#include <stdint.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "alert/engine.h"
#include "alert/notifier.h"
#include "core/cli.h"
#include "obs/run.h"
#include "stream/filter.h"
#include "stream/out.h"

#define PARTIAL 3 /* exit status: a rule could not do its work */

struct tool {
	struct alerts alerts;
	struct engine engine;
	struct notifier notifier;
	uint64_t n_marks; /* control lines whose flush is still to come */
};

static void
record(struct worker *w, const struct record *r)
{
	struct tool *t = w->filter->arg;

	engine_record(&t->engine, r, &w->out);
}

static void
tell(struct filter *f, struct buf *out)
{
	struct tool *t = f->arg;

	notifier_send(&t->notifier, out);
	if (t->notifier.status != 0)
		filter_fail(f, t->notifier.status);
}

/* Who reads on may count on it that all before this was told. */
static void
control(struct worker *w, const struct record *r)
{
	struct tool *t = w->filter->arg;

	tell(w->filter, &w->out);
	t->n_marks++;
	buf_add(&w->out, r->text, r->len);
	buf_addc(&w->out, '\n');
}

/* The input pauses: send what there is.  The flush of a control line has
 * nothing to do: what waits now may come from records behind it. */
static void
flush(struct filter *f)
{
	struct tool *t = f->arg;
	struct buf events = {0};

	if (t->n_marks > 0) {
		t->n_marks--;
		return;
	}
	tell(f, &events);
	out_write(STDOUT_FILENO, "<stdout>", events.data, events.len);
	buf_release(&events);
}

static void
end(struct worker *w)
{
	struct tool *t = w->filter->arg;

	tell(w->filter, &w->out);
	engine_end(&t->engine);
	if (t->engine.is_partial)
		filter_fail(w->filter, PARTIAL);
}

static const struct cli cli = {.usage = "cdo-alert -R alerts [file ...]\n"
					"cdo-alert check alerts\n",
    .help = "  -R, --rules alerts  the alerts file: rules, receivers, routes\n"
	    "      check alerts    only look for faults in an alerts file\n",
    .is_filter = true};

/* check ALERTS: is the file without faults? */
static int
check(int argc, char *argv[])
{
	static const struct option options[] = {
	    CLI_OPTIONS, {NULL, 0, NULL, 0}};
	struct alerts alerts;
	int c, status;

	while ((c = cli_next(&cli, argc, argv, CLI_LETTERS, options)) != -1)
		cli_option(&cli, c, optarg);
	if (argc - optind != 1)
		cli_wrong(&cli, "check: which alerts file?");
	status = alerts_load(&alerts, argv[optind], false);
	alerts_release(&alerts);
	return status;
}

static int
run(struct filter *f, const char *path, int n, char *const *files)
{
	static struct tool t;
	int status = alerts_load(&t.alerts, path, true);

	if (status == 0) {
		t.notifier.alerts = &t.alerts;
		t.engine.alerts = &t.alerts;
		t.engine.notifier = &t.notifier;
		t.engine.strip = f->strip;
		engine_init(&t.engine);
		f->arg = &t;
		filter_init(f);
		filter_files(f, n, files);
		status = filter_finish(f);
		engine_release(&t.engine);
		notifier_release(&t.notifier);
	}
	alerts_release(&t.alerts);
	return status;
}

int
main(int argc, char *argv[])
{
	static const struct option options[] = {
	    {"rules", required_argument, NULL, 'R'},
	    FILTER_OPTIONS,
	    {NULL, 0, NULL, 0},
	};
	static const struct cli_verb verbs[] = {{"check", check}, {NULL, NULL}};
	struct filter f = {.name = "alert",
	    .record = record,
	    .control = control,
	    .flush = flush,
	    .end = end};
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
	if (path) {
		status = run(&f, path, argc - optind, argv + optind);
	} else if (optind < argc && strcmp(argv[optind], "check") != 0) {
		cli_wrong(&cli,
		    "%s: unknown command; for a file of records, "
		    "which alerts? see --rules",
		    argv[optind]);
	} else if (optind < argc) {
		argc -= optind - 1;
		argv += optind - 1; /* what stands before the verb is done */
		optind = 0;
		status = cli_verbs(&cli, verbs, argc, argv);
	} else {
		cli_wrong(&cli, "which alerts? see --rules");
	}
	out_finish();
	return run_end(status);
}
