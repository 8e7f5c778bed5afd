/*
 * cdo-score - how good is the data, by rules, from 0 to 100.
 *
 * in:  records
 * out: the records with _cdo.score; with --summary or --profile, one object
 *      instead
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/cli.h"
#include "core/num.h"
#include "core/xmem.h"
#include "obs/run.h"
#include "quality/report.h"
#include "quality/suggest.h"
#include "stream/filter.h"
#include "stream/out.h"

static struct rules rules; /* -R */
static double least = -1; /* --min; below 0: keep all */
static bool summary, penalty;
static bool profiles; /* --profile */
static struct profile profile;

static uint64_t file; /* number of the one at hand */
static const char **files; /* their names; owned */
static struct pool pool; /* of all threads, when they are done */
static struct evidence evidence; /* likewise */

/* What one thread has of its own. */
struct state {
	struct rules_view view;
	struct pool pool;
	struct evidence evidence;
};

static const struct cli cli = {
    .usage = "cdo-score [-R rules]... [-j jobs] [--min score] [--penalty]"
	     " [--summary | --profile] [file ...]\n",
    .help = "  -R, --rules file   score by these rules; again for more\n"
	    "  -j, --jobs jobs    work with this many threads\n"
	    "      --min score    leave out records below this score\n"
	    "      --penalty      score 100 - 20 errors - 5 warnings\n"
	    "      --summary      write one object about all records\n"
	    "      --profile      the same, with what stands at each path\n",
    .is_filter = true,
};

static void
start(struct worker *w)
{
	struct state *s = xcalloc(1, sizeof(*s));

	rules_view_init(&s->view, &rules);
	pool_init(&s->pool, &rules);
	evidence_init(&s->evidence, rules.n + 1);
	w->state = s;
}

/* Keep an example of each check that failed, as long as there are few. */
static void
gather(struct state *s, uint64_t line)
{
	for (size_t i = 0; s->view.n_failed > 0 && i < rules.n; i++)
		if (s->view.outcomes[i] == OUTCOME_FAILED &&
		    evidence_is_wanted(&s->evidence, i))
			report_value(evidence_add(&s->evidence, i, file, line),
			    s->view.fields.values[rules.checks[i].slot]);
}

static void
record(struct worker *w, const struct record *r)
{
	struct state *s = w->state;
	struct quality q;
	double score;

	rules_check(&rules, &s->view, r->root);
	q = quality_of_record(rules.checks, rules.n, s->view.outcomes);
	score = quality_cap(quality_score(&q, quality_weights),
	    s->view.n_failed, s->view.worst);
	if (profiles)
		profile_add(&profile, r->root);
	if (summary) {
		pool_add(&s->pool, s->view.outcomes, score);
		gather(s, r->line);
		return;
	}
	w->scratch.len = 0;
	if (penalty)
		score = report_penalty(&w->scratch, &rules, &s->view);
	else
		report_record(&w->scratch, &rules, &s->view, &q, score);
	if (quality_round(score, 2) < least) /* false if there is none */
		w->n_rejected++;
	else
		filter_annotate(w, r, w->scratch.data, w->scratch.len);
}

static bool
malformed(struct worker *w, const struct badline *b)
{
	struct state *s = w->state;

	s->pool.n_malformed++;
	if (evidence_is_wanted(&s->evidence, rules.n))
		evidence_add(&s->evidence, rules.n, file, b->line);
	return false;
}

/* Add what the thread has; the last one writes the summary. */
static void
end(struct worker *w)
{
	struct state *s = w->state;
	struct report report = {&pool, quality_weights, &evidence, files};

	if (rules_is_full(&rules, &s->view))
		filter_fail(w->filter, 3);
	pool_merge(&pool, &s->pool);
	evidence_merge(&evidence, &s->evidence);
	rules_view_release(&s->view);
	pool_release(&s->pool);
	evidence_release(&s->evidence);
	free(s);
	if (!summary || w->index + 1 < w->filter->jobs)
		return;
	w->scratch.len = 0;
	report_summary(&w->scratch, &report);
	if (profiles) {
		w->scratch.len--; /* the brace */
		buf_adds(&w->scratch, ",\"profile\":");
		suggest_profile(&w->scratch, &profile);
		buf_addc(&w->scratch, '}');
	}
	filter_emit(w, w->scratch.data, w->scratch.len);
}

static void
set_least(const char *text)
{
	if (num_double(text, &least) != 0 || least < 0 || least > 100)
		cli_wrong(&cli, "--min: %s: not a number from 0 to 100", text);
}

static void
release(void)
{
	pool_release(&pool);
	evidence_release(&evidence);
	rules_release(&rules);
	profile_release(&profile);
	free(files);
}

/* One at a time, so that records know theirs. */
static void
run(struct filter *f, int n, char **names)
{
	char dash[] = "-", *standard[] = {dash};

	if (n == 0) {
		n = 1;
		names = standard;
	}
	files = xcalloc((size_t)n, sizeof(*files));
	for (int i = 0; i < n; i++) {
		file = (uint64_t)i;
		files[i] = strcmp(names[i], "-") == 0 ? "<stdin>" : names[i];
		filter_files(f, 1, &names[i]);
	}
}

enum { LEAST = FILTER_END, PENALTY, SUMMARY, PROFILE };
static const struct option options[] = {
    {"rules", required_argument, NULL, 'R'},
    {"min", required_argument, NULL, LEAST},
    {"penalty", no_argument, NULL, PENALTY},
    {"summary", no_argument, NULL, SUMMARY},
    {"profile", no_argument, NULL, PROFILE},
    FILTER_JOBS,
    FILTER_OPTIONS,
    {NULL, 0, NULL, 0},
};

/* Returns 0, or what is wrong with the rules. */
static int
take_option(struct filter *f, int c, const char *arg)
{
	switch (c) {
	case 'R':
		return rules_load(&rules, arg);
	case LEAST:
		set_least(arg);
		break;
	case PENALTY:
		penalty = true;
		break;
	case PROFILE:
		summary = profiles = true;
		break;
	case SUMMARY:
		summary = true;
		break;
	default:
		filter_option(f, &cli, c, arg);
	}
	return 0;
}

int
main(int argc, char *argv[])
{
	struct filter f = {.name = "score",
	    .start = start,
	    .record = record,
	    .malformed = malformed,
	    .end = end};
	int c, rc, status = 0;

	run_start(argv[0]);
	while ((c = cli_next(&cli, argc, argv, "R:j:" CLI_LETTERS, options)) !=
	       -1) {
		rc = take_option(&f, c, optarg);
		status = status ? status : rc;
	}
	if (summary && (penalty || least >= 0))
		cli_wrong(&cli,
		    "%s writes no records: it does not go with "
		    "--min or --penalty",
		    profiles ? "--profile" : "--summary");
	if (rules_is_ordered(&rules) || profiles)
		f.jobs = 1;
	if (status == 0) {
		pool_init(&pool, &rules);
		evidence_init(&evidence, rules.n + 1);
		if (profiles)
			profile_init(&profile, true);
		filter_init(&f);
		run(&f, argc - optind, argv + optind);
		status = filter_finish(&f);
	}
	release();
	out_finish();
	return run_end(status);
}
