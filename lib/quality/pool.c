#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/xmem.h"
#include "quality/pool.h"

void
pool_init(struct pool *t, struct rosters *rosters)
{
	*t = (struct pool){.rosters = rosters};
}

void
pool_release(struct pool *t)
{
	for (size_t i = 0; i < t->n_sets; i++) {
		for (size_t j = 0;
		     t->sets[i].evidence && j < t->rosters->all[i]->n; j++)
			evidence_release(&t->sets[i].evidence[j]);
		free(t->sets[i].evidence);
		free(t->sets[i].counts);
	}
	free(t->sets);
	evidence_release(&t->malformed);
	t->sets = NULL;
	t->n_sets = 0;
}

struct pool_set *
pool_set(struct pool *t, const struct roster *roster)
{
	struct pool_set *set;

	if (roster->number >= t->n_sets) {
		size_t n = roster->number + 1;

		t->sets = xrealloc(t->sets, n, sizeof(*t->sets));
		memset(
		    t->sets + t->n_sets, 0, (n - t->n_sets) * sizeof(*t->sets));
		t->n_sets = n;
	}
	set = &t->sets[roster->number];
	if (!set->counts) {
		set->counts = xcalloc(roster->n, sizeof(*set->counts));
		set->evidence = xcalloc(roster->n, sizeof(*set->evidence));
	}
	return set;
}

/* What a check lost in one record, in 1/QUALITY_WHOLE. */
static unsigned
lost(const struct outcomes *o, size_t i)
{
	if (o->outcomes[i] == OUTCOME_PASSED)
		return QUALITY_WHOLE - o->grades[i];
	return o->outcomes[i] == OUTCOME_FAILED ? QUALITY_WHOLE : 0;
}

struct quality
pool_quality_of(const struct outcomes *o)
{
	struct quality q = {{0}, {0}};
	const struct roster_check *c;

	for (size_t i = 0; o->roster && i < o->roster->n; i++) {
		c = &o->roster->checks[i];
		quality_add(&q, c->severity, c->dimension,
		    o->outcomes[i] != OUTCOME_SKIPPED, lost(o, i));
	}
	return q;
}

void
pool_add(struct pool *t, const struct outcomes *o, double score)
{
	struct pool_count *c;

	t->n_records++;
	c = o->roster ? pool_set(t, o->roster)->counts : NULL;
	for (size_t i = 0; c && i < o->roster->n; i++) {
		c[i].made += o->outcomes[i] != OUTCOME_SKIPPED;
		c[i].failed += o->outcomes[i] == OUTCOME_FAILED;
		c[i].lost += lost(o, i);
	}
	if (isnan(score))
		t->n_unassessed++;
	else if (score >= 100)
		t->bars[POOL_BARS - 1]++;
	else
		t->bars[(size_t)(score * POOL_BARS / 100)]++;
}

/* Add the counts of one set; roster: of it, where it comes from. */
static bool
merge_set(struct pool *t, const struct roster *roster, struct pool_set *from)
{
	struct roster *to = roster_get(t->rosters, roster->id, roster->n);
	struct pool_set *set;

	if (!to)
		return false;
	set = pool_set(t, to);
	for (size_t i = 0; i < to->n; i++) {
		if (to != roster)
			roster_learn(&to->checks[i], &roster->checks[i]);
		set->counts[i].made += from->counts[i].made;
		set->counts[i].failed += from->counts[i].failed;
		set->counts[i].lost += from->counts[i].lost;
		if (from->evidence[i].n > 0)
			evidence_merge(&set->evidence[i], &from->evidence[i]);
	}
	return true;
}

bool
pool_merge(struct pool *t, struct pool *from)
{
	bool is_whole = true;

	for (size_t i = 0; i < from->n_sets; i++)
		if (from->sets[i].counts &&
		    !merge_set(t, from->rosters->all[i], &from->sets[i]))
			is_whole = false;
	for (size_t i = 0; i < POOL_BARS; i++)
		t->bars[i] += from->bars[i];
	t->n_records += from->n_records;
	t->n_unassessed += from->n_unassessed;
	t->n_malformed += from->n_malformed;
	evidence_merge(&t->malformed, &from->malformed);
	return is_whole;
}

/* Lines that count as checks of validity, because some are malformed; others:
 * there are such checks besides. */
static struct pool_count
lines(const struct pool *t, bool others)
{
	uint64_t passed = !others && t->n_malformed > 0 ? t->n_records : 0;

	return (struct pool_count){passed + t->n_malformed, t->n_malformed,
	    QUALITY_WHOLE * t->n_malformed};
}

struct quality
pool_quality(const struct pool *t)
{
	struct quality q = {{0}, {0}};
	struct pool_count more;

	for (size_t i = 0; i < t->n_sets; i++) {
		const struct pool_count *n = t->sets[i].counts;
		const struct roster *r = t->rosters->all[i];

		for (size_t j = 0; n && j < r->n; j++)
			quality_add(&q, r->checks[j].severity,
			    r->checks[j].dimension, n[j].made, n[j].lost);
	}
	more = lines(t, q.made[DIMENSION_VALIDITY] > 0);
	quality_add(
	    &q, SEVERITY_ERROR, DIMENSION_VALIDITY, more.made, more.lost);
	return q;
}

struct pool_count
pool_dimension(const struct pool *t, enum dimension d)
{
	struct pool_count sum = {0, 0, 0}, more = {0, 0, 0};

	for (size_t i = 0; i < t->n_sets; i++) {
		const struct pool_count *n = t->sets[i].counts;
		const struct roster *r = t->rosters->all[i];

		for (size_t j = 0; n && j < r->n; j++) {
			const struct roster_check *c = &r->checks[j];

			if (c->dimension != d ||
			    quality_of_severity(c->severity) == 0)
				continue;
			sum.made += n[j].made;
			sum.failed += n[j].failed;
			sum.lost += n[j].lost;
		}
	}
	if (d == DIMENSION_VALIDITY)
		more = lines(t, sum.made > 0);
	return (struct pool_count){sum.made + more.made,
	    sum.failed + more.failed, sum.lost + more.lost};
}

/* The score in dimension d of the field of that number. */
static double
field_score(const struct roster *r, const struct pool_count *n,
    enum dimension d, size_t field_number)
{
	struct quality q = {{0}, {0}};

	for (size_t i = 0; i < r->n; i++) {
		const struct roster_check *c = &r->checks[i];

		if (c->dimension == d && c->field_number == field_number)
			quality_add(&q, c->severity, d, n[i].made, n[i].lost);
	}
	return quality_dimension(&q, d);
}

const struct roster_check *
pool_worst(const struct pool *t, enum dimension d, double *score)
{
	const struct roster_check *worst = NULL;
	double lowest = 100;

	for (size_t i = 0; i < t->n_sets; i++) {
		const struct pool_count *n = t->sets[i].counts;
		const struct roster *r = t->rosters->all[i];

		for (size_t j = 0; n && j < r->n; j++) {
			const struct roster_check *c = &r->checks[j];
			double s;

			if (c->dimension != d || n[j].lost == 0)
				continue;
			s = field_score(r, n, d, c->field_number);
			if (s < lowest) { /* false for NaN */
				worst = c;
				lowest = s;
			}
		}
	}
	if (worst)
		*score = lowest;
	return worst;
}
