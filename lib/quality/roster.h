#ifndef QUALITY_ROSTER_H
#define QUALITY_ROSTER_H

#include <stddef.h>
#include <stdint.h>

#include "core/map.h"
#include "rules/marks.h"
#include "rules/rules.h"

/*
 * roster - the checks that are counted: those of rules, or those of which
 * annotations and summaries tell, where names come to light little by little.
 */

struct roster_check {
	enum severity severity;
	enum dimension dimension;
	size_t field_number; /* checks of one field have the same */
	/* As in struct check, but owned, and NULL as long as nobody told. */
	char *rule, *field, *pointer, *keyword, *message, *text;
};

/* One set of checks. */
struct roster {
	char id[MARKS_ID]; /* see rules/marks */
	struct roster_check *checks; /* owned */
	size_t n;
	size_t number; /* in its rosters, from 0 */
};

/* All sets that were met.  {0} is none. */
struct rosters {
	struct roster **all; /* owned, so are they */
	size_t n;
	size_t n_checks; /* private: of all sets */
	struct map by_id; /* private */
};

#define ROSTERS_MAX 1000 /* sets; further ones are not counted */
#define ROSTERS_CHECKS 100000 /* of all sets but the first; likewise */

/* The set of that id, made of n checks without names if it is new; NULL if it
 * has another number of them, or there are too many sets. */
struct roster *roster_get(struct rosters *r, const char *id, size_t n);

/* The set of these rules; marks: of them. */
struct roster *roster_of_rules(
    struct rosters *r, const struct marks *marks, const struct rules *rules);

/* Take over what is known of a check, where to knows nothing. */
void roster_learn(struct roster_check *to, const struct roster_check *from);

/* Release what is known of a check. */
void roster_forget(struct roster_check *c);

void rosters_release(struct rosters *r);

#endif
