#include <string.h>

#include "core/diag.h"
#include "core/random.h"
#include "retry/gate.h"
#include "state/budget.h"

#define PROBE_MS 60000 /* of a probe that is not renewed */

/* One transaction on both machines. */
struct step {
	struct gate *gate;
	enum breaker_outcome outcome;
	int64_t cost;
	bool is_retry; /* cost is to be taken, not given back */
	double random;
	enum gate_verdict verdict;
	bool is_probe;
	struct buf why;
};

void
gate_init(struct gate *g, struct store *s, const char *name)
{
	*g = (struct gate){.store = s, .name = name};
	holder_self(g->self);
	if (!name)
		return;
	buf_adds(&g->breaker, breaker_kind.name);
	state_add_key(&g->breaker, name);
	buf_addc(&g->breaker, '\0');
	buf_adds(&g->budget, budget_kind.name);
	state_add_key(&g->budget, name);
	buf_addc(&g->budget, '\0');
}

/* Run a step.  Returns whether the store did it. */
static bool
run(struct gate *g, int (*work)(struct store_txn *, void *), struct step *step)
{
	const char *const watch[] = {g->breaker.data, g->budget.data, NULL};
	int status;

	if (!g->name || g->is_broken)
		return false;
	step->gate = g;
	status = store_do(g->store, STORE_STATE, watch, work, step);
	if (status != 0) {
		diag_warn("%.*s; going on without the breaker %s",
		    step->why.len ? (int)step->why.len : 1024,
		    step->why.len ? step->why.data : store_why(g->store),
		    g->name);
		g->is_broken = true;
	}
	buf_release(&step->why);
	return status == 0;
}

static int
ask(struct store_txn *t, void *arg)
{
	struct step *step = arg;
	struct gate *g = step->gate;
	struct breaker_answer answer;
	struct breaker b;
	bool is_dead;
	long pid;
	int status;

	step->why.len = 0;
	status = state_get(t, &breaker_kind, g->breaker.data, &b, &step->why);
	if (status != 0)
		return status;
	is_dead = b.probe[0] && holder_is_dead(b.probe, &pid);
	answer = breaker_ask(
	    &b, &breaker_rules, g->self, PROBE_MS, is_dead, store_now(t));
	step->verdict =
	    answer.verdict == BREAKER_REFUSE ? GATE_CLOSED : GATE_GO;
	step->is_probe = answer.verdict == BREAKER_PROBE;
	g->until = answer.until;
	if (step->is_probe) /* all else is the same when it is read again */
		state_set(t, &breaker_kind, g->breaker.data, &b);
	return 0;
}

enum gate_verdict
gate_ask(struct gate *g)
{
	struct step step = {.verdict = GATE_GO};

	g->is_probe = run(g, ask, &step) && step.is_probe;
	return step.verdict;
}

void
gate_renew(struct gate *g)
{
	struct step step = {.verdict = GATE_GO};

	if (g->is_probe)
		run(g, ask, &step);
}

static int
tell(struct store_txn *t, void *arg)
{
	struct step *step = arg;
	struct gate *g = step->gate;
	int64_t now = store_now(t);
	struct budget budget;
	struct breaker b;
	bool has_opened;
	int status;

	step->why.len = 0;
	status = state_get(t, &breaker_kind, g->breaker.data, &b, &step->why);
	if (status == 0)
		status = state_get(
		    t, &budget_kind, g->budget.data, &budget, &step->why);
	if (status != 0)
		return status;
	has_opened = breaker_tell(
	    &b, &breaker_rules, g->self, step->outcome, step->random, now);
	g->until = b.until;
	step->verdict = has_opened ? GATE_CLOSED : GATE_GO;
	if (step->outcome == BREAKER_SUCCESS)
		budget_give(&budget, step->cost, now);
	else if (step->is_retry && !has_opened &&
		 !budget_take(&budget, step->cost, now))
		step->verdict = GATE_SPENT;
	state_set(t, &breaker_kind, g->breaker.data, &b);
	state_set(t, &budget_kind, g->budget.data, &budget);
	return 0;
}

void
gate_tell(struct gate *g, enum breaker_outcome outcome, int64_t cost)
{
	uint64_t seed = random_seed();
	struct step step = {
	    .outcome = outcome, .cost = cost, .random = random_unit(&seed)};

	if (outcome != BREAKER_NEITHER || g->is_probe)
		run(g, tell, &step);
	g->is_probe = false;
}

enum gate_verdict
gate_fail(struct gate *g, int64_t cost)
{
	uint64_t seed = random_seed();
	struct step step = {.outcome = BREAKER_FAILURE,
	    .cost = cost,
	    .is_retry = cost > 0,
	    .random = random_unit(&seed)};

	g->is_probe = false;
	run(g, tell, &step);
	return step.verdict;
}

void
gate_release(struct gate *g)
{
	buf_release(&g->breaker);
	buf_release(&g->budget);
}
