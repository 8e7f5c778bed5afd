#ifndef QUALITY_SUGGEST_H
#define QUALITY_SUGGEST_H

#include "core/buf.h"
#include "quality/profile.h"
#include "stream/filter.h"

/*
 * suggest - rules out of a profile: what to demand of records like those that
 * were seen, each demand with its evidence.  See proposal for how it decides.
 *
 * Every record of the profile passes.  The profile should be is_exact: else
 * nothing is found to be unique.
 */

/* Append a rule file, see cdo-rules(5), without the last LF.  Elements of
 * arrays and members of maps have no rules: those are for a schema. */
void suggest_rules(struct buf *b, const struct profile *p);

/* Append a JSON Schema, draft 2020-12, with the evidence as $comment;
 * likewise. */
void suggest_schema(struct buf *b, const struct profile *p);

/* Append the profile as profile_write does, and in its last member,
 * "suggested", the rule file; all on one line. */
void suggest_profile(struct buf *b, const struct profile *p);

/*
 * Set the callbacks of a filter that reads records and writes in the end what
 * one of these two makes of them.  Control lines do not pass.  One job.
 */
void suggest_filter(
    struct filter *f, void (*write)(struct buf *, const struct profile *));

#endif
