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
#include "alert/teller.h"
#include "core/cli.h"
#include "core/diag.h"
#include "core/timestamp.h"
#include "obs/run.h"
#include "stream/filter.h"
#include "stream/out.h"

#define COMMIT_MS 10000 /* what is no news waits that long at most */

struct tool {
	struct alerts alerts;
	struct teller teller;
	struct engine engine;
	int64_t committed_at;
	uint64_t n_marks; /* control lines whose flush is still to come */
};

/* Commit, send, and append the events.  What is not committed is not told,
 * so that the run that comes again does it. */
static void
tell(struct tool *t, struct buf *out)
{
	int status = teller_commit(&t->teller, &t->engine.batch);

	if (status != 0)
		die(status, "alerts were not kept; run it again");
	engine_renew(&t->engine);
	status = teller_send(&t->teller);
	if (status != 0)
		die(status, "what was sent could not be marked");
	engine_renew(&t->engine);
	t->committed_at = timestamp_monotonic();
	buf_add(out, t->teller.events.data, t->teller.events.len);
	t->teller.events.len = 0;
}

static void
record(struct worker *w, const struct record *r)
{
	struct tool *t = w->filter->arg;

	engine_record(&t->engine, r);
	if (engine_is_full(&t->engine))
		tell(t, &w->out);
}

/* Who reads on may count on it that all before this was told. */
static void
control(struct worker *w, const struct record *r)
{
	struct tool *t = w->filter->arg;

	tell(t, &w->out);
	t->n_marks++;
	buf_add(&w->out, r->text, r->len);
	buf_addc(&w->out, '\n');
}

/* The input pauses: tell what is new.  The flush of a control line has
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
	if (!t->engine.batch.has_news &&
	    timestamp_monotonic() - t->committed_at < COMMIT_MS)
		return;
	tell(t, &events);
	out_write(STDOUT_FILENO, "<stdout>", events.data, events.len);
	buf_release(&events);
}

static void
end(struct worker *w)
{
	struct tool *t = w->filter->arg;
	int status;

	tell(t, &w->out);
	engine_end(&t->engine);
	status = teller_status(&t->teller);
	if (t->engine.is_partial)
		filter_fail(w->filter, TELLER_PARTIAL);
	if (status != 0)
		filter_fail(w->filter, status);
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
		t.teller.store = store_new(NULL, STORE_WAIT_MS);
		t.teller.alerts = &t.alerts;
		teller_init(&t.teller);
		status = teller_load(&t.teller);
	}
	if (status == 0) {
		t.engine.alerts = &t.alerts;
		t.engine.book = &t.teller.book;
		t.engine.strip = f->strip;
		engine_init(&t.engine);
		t.committed_at = timestamp_monotonic();
		f->arg = &t;
		filter_init(f);
		filter_files(f, n, files);
		status = filter_finish(f);
		engine_release(&t.engine);
	}
	teller_release(&t.teller);
	store_free(t.teller.store);
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
