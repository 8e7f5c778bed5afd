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
#include "core/xmem.h"
#include "obs/run.h"
#include "rules/rules.h"
#include "rules/stats.h"
#include "stream/filter.h"
#include "stream/out.h"
#include "stream/reject.h"
#include "stream/side.h"
#include "json/write.h"

static bool aflag; /* -a: annotate */
static bool eflag; /* -e: exit 1 if any record was invalid */
static const char *rejects, *summary; /* -r, -S: files */
static struct rules rules; /* -R */
static struct rules_stats total;
static uint64_t n_malformed;
static atomic_bool has_checkpoints;

/* A worker's own. */
struct state {
	struct rules_view view;
	struct rules_stats stats;
};

static void
start(struct worker *w)
{
	struct state *s = xcalloc(1, sizeof(*s));

	rules_view_init(&s->view, &rules);
	rules_stats_init(&s->stats, &rules);
	w->state = s;
}

/* Append the failed checks of a severity from low to high to scratch. */
static void
add_errors(struct worker *w, enum severity low, enum severity high)
{
	struct state *s = w->state;
	bool any = false;

	for (size_t i = 0; i < rules.n; i++) {
		if (s->view.outcomes[i] != OUTCOME_FAILED ||
		    rules.checks[i].severity < low ||
		    rules.checks[i].severity > high)
			continue;
		if (any)
			buf_addc(&w->scratch, ',');
		any = true;
		rules_write_error(&rules, &s->view, i, &w->scratch);
	}
}

static void
annotate(struct worker *w, const struct record *r)
{
	const struct rules_view *v = &((struct state *)w->state)->view;
	struct buf *b = &w->scratch;

	b->len = 0;
	buf_adds(b, rules_reject(v) ? "{\"valid\":false" : "{\"valid\":true");
	buf_adds(b, ",\"passed\":");
	jwrite_uint(b, rules.n - v->n_failed - v->n_skipped);
	buf_adds(b, ",\"failed\":");
	jwrite_uint(b, v->n_failed);
	buf_adds(b, ",\"skipped\":");
	jwrite_uint(b, v->n_skipped);
	buf_adds(b, ",\"errors\":[");
	add_errors(w, SEVERITY_ERROR, SEVERITY_CRITICAL);
	buf_adds(b, "],\"warnings\":[");
	add_errors(w, SEVERITY_INFO, SEVERITY_WARNING);
	buf_adds(b, "]}");
	filter_annotate(w, r, b->data, b->len);
}

static void
reject(struct worker *w, const struct record *r)
{
	w->n_rejected++;
	if (!rejects)
		return;
	w->scratch.len = 0;
	add_errors(w, SEVERITY_INFO, SEVERITY_CRITICAL);
	reject_record(&w->side, r, w->scratch.data, w->scratch.len);
}

static void
record(struct worker *w, const struct record *r)
{
	struct state *s = w->state;

	rules_check(&rules, &s->view, r->root);
	rules_stats_add(&s->stats, &rules, &s->view, r->file, r->line);
	if (aflag)
		annotate(w, r);
	else if (rules_reject(&s->view))
		reject(w, r);
	else
		filter_pass(w, r);
}

/* The line that makes the rejects before it last. */
static void
control(struct worker *w, const struct record *r)
{
	has_checkpoints = true;
	filter_emit(w, r->text, r->len);
}

static void
flush(struct filter *f)
{
	if (has_checkpoints)
		side_sync(f->side_fd, f->side_name);
}

static bool
malformed(struct worker *w, const struct badline *b)
{
	if (rejects)
		reject_malformed(&w->side, b);
	return rejects != NULL;
}

static void
end(struct worker *w)
{
	struct state *s = w->state;

	rules_stats_merge(&total, &rules, &s->stats, &s->view);
	rules_stats_release(&s->stats, &rules);
	rules_view_release(&s->view);
	free(s);
	if (rules.n == 0)
		total.n_records = w->filter->n_records;
	n_malformed = w->filter->n_malformed;
	if (eflag && total.n_rejected + n_malformed > 0)
		filter_fail(w->filter, 1);
}

/* The summary for a person: on a terminal if there is something to say. */
static void
tell(void)
{
	bool is_lost = !rejects && !aflag && total.n_rejected > 0;
	bool is_shown = isatty(STDERR_FILENO) &&
			total.n_rejected + total.n_warned + n_malformed > 0;

	(is_lost || is_shown ? diag_warn : diag_info)(
	    "%" PRIu64 " valid, %" PRIu64 " rejected, %" PRIu64 " malformed%s",
	    total.n_records - total.n_rejected, total.n_rejected, n_malformed,
	    is_lost ? " (-r file keeps them)" : "");
	for (size_t i = 0; i < rules.n; i++) {
		const struct stats_check *c = &total.checks[i];

		if (c->failed == 0)
			continue;
		(is_shown ? diag_warn : diag_info)(
		    "%s: failed %" PRIu64 " of %" PRIu64
		    ", first in line %" PRIu64 ": %s",
		    rules.checks[i].rule, c->failed,
		    total.n_records - c->skipped, c->line, c->message);
	}
}

static void
write_summary(int fd)
{
	struct buf b = {0};

	rules_stats_write(&total, &rules, n_malformed, &b);
	buf_addc(&b, '\n');
	out_write(fd, summary, b.data, b.len);
	if (close(fd) != 0)
		die_errno(EX_IOERR, "%s: close", summary);
	buf_release(&b);
}

static const struct cli cli = {
    .usage = "cdo-validate [-ae] [-R rules]... [-r rejects] [-S summary]"
	     " [-j jobs] [file ...]\n",
    .help = "  -a, --annotate         pass all records, with _cdo.validate\n"
	    "  -e, --exit-status      exit 1 if a record was rejected\n"
	    "  -j, --jobs jobs        work with this many threads\n"
	    "  -R, --rules file       check by these rules, a file or a name\n"
	    "  -r, --rejects file     keep what is rejected, with the reasons\n"
	    "  -S, --summary file     write one object with all counts\n",
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

int
main(int argc, char *argv[])
{
	static const struct option options[] = {
	    {"annotate", no_argument, NULL, 'a'},
	    {"exit-status", no_argument, NULL, 'e'},
	    {"rules", required_argument, NULL, 'R'},
	    {"rejects", required_argument, NULL, 'r'},
	    {"summary", required_argument, NULL, 'S'},
	    FILTER_JOBS,
	    FILTER_OPTIONS,
	    {NULL, 0, NULL, 0},
	};
	struct filter f = {.name = "validate",
	    .start = start,
	    .malformed = malformed,
	    .end = end};
	int c, status, summary_fd;

	run_start(argv[0]);
	while ((c = getopt_long(argc, argv, "aej:R:r:S:" CLI_LETTERS, options,
		    NULL)) != -1) {
		switch (c) {
		case 'a':
			aflag = true;
			break;
		case 'e':
			eflag = true;
			break;
		case 'R':
			load(optarg);
			break;
		case 'r':
			rejects = optarg;
			break;
		case 'S':
			summary = optarg;
			break;
		default:
			filter_option(&f, &cli, c, optarg);
		}
	}
	argc -= optind;
	argv += optind;
	summary_fd = open_side('S', summary, argc, argv);
	f.side_fd = open_side('r', rejects, argc, argv);
	f.side_name = rejects;
	if (side_is_same(f.side_fd, summary_fd))
		cli_wrong(&cli, "-r and -S are the same file");
	if (rejects) {
		f.control = control;
		f.flush = flush;
	}
	/* without rules nothing stands between the parser and the output */
	f.record = rules.n > 0 || aflag ? record : filter_pass;
	rules_stats_init(&total, &rules);
	filter_init(&f);
	filter_files(&f, argc, argv);
	status = filter_finish(&f);
	tell();
	if (summary)
		write_summary(summary_fd);
	rules_stats_release(&total, &rules);
	rules_release(&rules);
	if (rejects && close(f.side_fd) != 0)
		die_errno(EX_IOERR, "%s: close", rejects);
	out_finish();
	return run_end(status);
}
