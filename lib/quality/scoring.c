#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "core/diag.h"
#include "core/xmem.h"
#include "quality/annotated.h"
#include "quality/page.h"
#include "quality/report.h"
#include "quality/scoring.h"
#include "quality/summary_read.h"
#include "json/parse.h"

#define PARTIAL 3 /* exit status: some could not be counted as they should */

/* What one thread has of its own. */
struct state {
	struct rules_view view;
	struct annotated annotated;
	struct pool pool; /* of the records, if there is no need of groups */
	uint64_t n_below; /* records */
	struct buf error; /* of a check that failed, */
	struct jdoc doc; /* and the same parsed */
};

/* Must records be counted in the order in which they come? */
static bool
is_ordered(const struct scoring *s)
{
	return s->window > 0 || s->window_ms > 0 || s->groups.labels.n > 0 ||
	       s->is_merge || s->profiles || !s->rules ||
	       rules_is_ordered(s->rules);
}

static bool
counts(const struct scoring *s)
{
	return s->is_summary || s->report;
}

static void
start(struct worker *w)
{
	struct scoring *s = w->filter->arg;
	struct state *state = xcalloc(1, sizeof(*state));

	if (s->rules)
		rules_view_init(&state->view, s->rules);
	pool_init(&state->pool, &s->rosters);
	jdoc_init(&state->doc);
	w->state = state;
}

/* What became of the record's checks.  Lent till the next record. */
static struct outcomes
judge(struct worker *w, const struct record *r)
{
	struct scoring *s = w->filter->arg;
	struct state *state = w->state;
	const struct rules_view *v = &state->view;

	if (!s->rules) {
		if (!annotated_read(&state->annotated, &s->rosters, r->root))
			scoring_fault(s, w, r,
			    "_cdo.validate is not as cdo-validate -a writes "
			    "it");
		s->n_assessed += state->annotated.outcomes.roster != NULL;
		return state->annotated.outcomes;
	}
	rules_check(s->rules, &state->view, r->root);
	return (struct outcomes){.roster = s->roster,
	    .outcomes = v->outcomes,
	    .grades = v->grades,
	    .n_failed = v->n_failed,
	    .worst = v->worst};
}

/* The value at which the check failed, as cdo-validate would tell it, which
 * knows what is to be kept secret.  Lent till the next one. */
static struct jval
value_of(const struct scoring *s, struct state *state, size_t check)
{
	struct rules_room room = {1, 0};

	if (!s->rules)
		return state->annotated.values[check];
	state->error.len = 0;
	rules_write_errors(s->rules, &state->view, check, &room, &state->error);
	buf_reserve(&state->error, JDOC_PADDING);
	if (jdoc_parse(&state->doc, state->error.data, state->error.len) !=
	    JERR_NONE)
		return (struct jval){NULL, 0};
	return jval_get(jval_root(&state->doc), "value", strlen("value"));
}

/* Keep an example of each check that failed, as long as there are few. */
static void
gather(const struct scoring *s, struct state *state, struct pool *t,
    const struct outcomes *o, const struct record *r)
{
	struct evidence *e;

	if (o->n_failed == 0)
		return;
	e = pool_set(t, o->roster)->evidence;
	for (size_t i = 0; i < o->roster->n; i++)
		if (o->outcomes[i] == OUTCOME_FAILED &&
		    evidence_is_wanted(&e[i]))
			report_value(
			    evidence_add(&e[i], r->file, r->name, r->line),
			    value_of(s, state, i));
}

/* The pool for the record; NULL: nobody asks. */
static struct pool *
find_tally(struct scoring *s, struct worker *w, struct jval root)
{
	struct state *state = w->state;

	if (!counts(s))
		return NULL;
	if (!is_ordered(s))
		return &state->pool;
	if (scoring_is_next(s, root)) {
		scoring_close(s, w);
		scoring_is_next(s, root); /* opens it */
	}
	s->at.n++;
	return groups_find(&s->groups, root);
}

static void
record(struct worker *w, const struct record *r)
{
	struct scoring *s = w->filter->arg;
	struct state *state = w->state;
	struct outcomes o = judge(w, r);
	struct quality q = pool_quality_of(&o);
	double score =
	    quality_cap(quality_score(&q, s->weights), o.n_failed, o.worst);
	struct pool *t = find_tally(s, w, r->root);
	bool is_below;

	if (s->profiles)
		profile_add(&s->profile, r->root);
	if (t) {
		pool_add(t, &o, score);
		gather(s, state, t, &o, r);
	}
	if (s->is_summary)
		return;
	w->scratch.len = 0;
	if (s->is_penalty)
		score = report_penalty(&w->scratch, &o);
	else
		report_record(&w->scratch, &o, &q, score);
	is_below =
	    quality_round(score, 2) < s->least; /* not if there is none */
	if (is_below && !s->tells_status) {
		w->n_rejected++;
		return;
	}
	state->n_below += is_below;
	filter_annotate(w, r, w->scratch.data, w->scratch.len);
}

/* Add a summary to those before. */
static void
merge(struct worker *w, const struct record *r)
{
	struct scoring *s = w->filter->arg;
	struct pool *t = groups_find_label(
	    &s->groups, jval_get(r->root, "group", strlen("group")));
	struct buf why = {0};
	double weights[DIMENSION_COUNT];

	if (!summary_read(t, r->root, s->at.n++, &why)) {
		buf_addc(&why, '\0');
		scoring_fault(s, w, r, why.data);
		buf_release(&why);
		groups_forget_empty(&s->groups);
		return;
	}
	if (!s->has_weights && summary_weights(r->root, weights)) {
		memcpy(s->weights, weights, sizeof(weights));
		s->has_weights = true;
	}
	if (jval_type(jval_get(r->root, "profile", strlen("profile"))) !=
	    J_ABSENT) {
		if (summary_read_profile(&s->profile, r->root, &why)) {
			s->has_profile = true;
		} else {
			buf_addc(&why, '\0');
			scoring_fault(s, w, r, why.data);
		}
	}
	buf_release(&why);
}

static bool
malformed(struct worker *w, const struct badline *b)
{
	struct scoring *s = w->filter->arg;
	struct state *state = w->state;
	struct pool *t;

	if (!counts(s) || s->is_merge)
		return false;
	t = is_ordered(s) ? groups_find(&s->groups, (struct jval){NULL, 0})
			  : &state->pool;
	t->n_malformed++;
	if (evidence_is_wanted(&t->malformed))
		evidence_add(&t->malformed, w->filter->n_files,
		    w->filter->in_name, b->line);
	return false;
}

/* Checkpoints are about records, of which none passes. */
static void
control(struct worker *w, const struct record *r)
{
	(void)w;
	(void)r;
}

/* Add what the thread has; the last one writes the summary. */
static void
end(struct worker *w)
{
	struct scoring *s = w->filter->arg;
	struct state *state = w->state;
	bool is_last = w->index + 1 == w->filter->jobs;

	if (s->rules && rules_is_full(s->rules, &state->view))
		filter_fail(w->filter, PARTIAL);
	if (counts(s) && !is_ordered(s))
		pool_merge(groups_find(&s->groups, (struct jval){NULL, 0}),
		    &state->pool);
	s->n_below += state->n_below;
	pool_release(&state->pool);
	annotated_release(&state->annotated);
	buf_release(&state->error);
	jdoc_release(&state->doc);
	if (s->rules)
		rules_view_release(&state->view);
	free(state);
	if (!is_last || !(counts(s) || s->is_merge))
		return;
	if (s->groups.labels.n == 0 && s->groups.by_key.n == 0 &&
	    !s->groups.others && s->window == 0 && s->window_ms == 0)
		groups_find_label(&s->groups, (struct jval){NULL, 0});
	scoring_close(s, w);
}

/* What is left to be said. */
static int
conclude(struct scoring *s, uint64_t n_records, int status)
{
	if (s->groups.is_full) {
		diag_warn("there are more than %zu groups: further ones are "
			  "counted as the group null (--max-groups)",
		    s->groups.max);
		status = status ? status : PARTIAL;
	}
	if (s->n_timeless > 0)
		diag_warn("%" PRIu64 " records have no time: each was counted "
			  "where it came",
		    s->n_timeless);
	if (!s->rules && !s->profiles && !s->is_merge && n_records > 0 &&
	    s->n_assessed == 0)
		diag_warn("nothing was assessed: there are no rules (-R), and "
			  "no record was checked by cdo-validate -a before");
	if (s->report && !page_write(s->report, &s->summaries, s->n_more))
		status = EX_CANTCREAT;
	if (status == 0 && s->tells_status && s->n_below > 0)
		status = 1;
	return status;
}

int
scoring_run(struct scoring *s, struct filter *f, int n, char *const *files)
{
	int status;

	f->name = "score";
	f->arg = s;
	f->start = start;
	f->record = s->is_merge ? merge : record;
	f->malformed = malformed;
	if (s->is_summary || s->is_merge)
		f->control = control;
	f->end = end;
	s->groups.rosters = &s->rosters;
	if (is_ordered(s))
		f->jobs = 1;
	if (s->rules) {
		marks_init(&s->marks, s->rules);
		s->roster = roster_of_rules(&s->rosters, &s->marks, s->rules);
	}
	if (s->profiles || s->is_merge)
		profile_init(&s->profile, true);
	s->has_profile = s->profiles;
	filter_init(f);
	filter_files(f, n, files);
	status = filter_finish(f);
	return conclude(s, f->n_records, status);
}

void
scoring_release(struct scoring *s)
{
	groups_release(&s->groups);
	rosters_release(&s->rosters);
	marks_release(&s->marks);
	if (s->profiles || s->is_merge)
		profile_release(&s->profile);
	buf_release(&s->summaries);
	jpath_release(&s->time);
}
