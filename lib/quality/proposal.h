#ifndef QUALITY_PROPOSAL_H
#define QUALITY_PROPOSAL_H

#include "quality/profile.h"

/*
 * proposal - what to demand of the values at one path of a profile.
 *
 * All values that were seen pass what is proposed.  A small sample must not
 * be taken for the rule, so:
 *
 * - Less than PROPOSAL_LEAST values give nothing but their types, and number
 *   for integer.  With n values that all keep a demand, fewer than 3 / n of
 *   those to come break it, 19 times of 20 (the rule of three).
 * - A range has a margin on either side: a quarter of the span below 1000
 *   numbers, a tenth from there, and at least as far again as the outermost
 *   tenth of the numbers reaches, or twice if that is more than half of the
 *   span.  It is rounded outward, and does not cross
 *   0 if no number did.  Numbers that only grow from record to record have no
 *   maximum, whole ones that are all different no range.
 * - Values are listed if they are strings, at most PROPOSAL_VALUES, each
 *   seen 3 times and all 10 times on the average.
 * - A pattern is proposed for codes (see shape_is_code) of at most
 *   PROPOSAL_SHAPES shapes, each seen 3 times, or for a well-known form that
 *   all strings have.
 * - Otherwise strings get a length of twice the longest, rounded up.
 * - Unique is what no value repeats: codes, UUIDs, and integers that grow or
 *   that would have repeated if they were random.
 * - In order are times that never fell.
 */

#define PROPOSAL_LEAST 50
#define PROPOSAL_VALUES 20
#define PROPOSAL_SHAPES 4
#define PROPOSAL_NONE UINT64_MAX

/* What may be demanded, each with its evidence. */
enum demand {
	DEMAND_REQUIRED,
	DEMAND_TYPE,
	DEMAND_MIN,
	DEMAND_MAX,
	DEMAND_MIN_LENGTH,
	DEMAND_MAX_LENGTH,
	DEMAND_PATTERN,
	DEMAND_ENUM,
	DEMAND_UNIQUE,
	DEMAND_ORDER,
	DEMAND_COUNT
};

struct proposal {
	const struct profile_path *path; /* lent */
	uint64_t n; /* values */
	uint8_t types; /* bits, 1 << enum profile_type; number holds integer;
			* null where it was seen, or where too few were */
	bool is_required; /* in every object at the path above */
	bool is_everywhere; /* in every record */
	bool is_time; /* strings are what type datetime reads */
	enum form form; /* of all strings; FORM_COUNT: none */
	struct buf min, max; /* owned; numbers as text, or empty */
	uint64_t min_length, max_length; /* or PROPOSAL_NONE */
	struct buf pattern; /* owned; or empty */
	struct top_value values[PROPOSAL_VALUES];
	size_t n_values; /* 0: no list */
	bool is_unique, is_ordered;
	/* Why, in words; owned, empty where nothing is demanded. */
	struct buf evidence[DEMAND_COUNT];
};

/* Decide for x, a path of p.  Pair with proposal_release. */
void proposal_make(
    struct proposal *q, const struct profile *p, const struct profile_path *x);

/* Free the contents.  Safe to call twice. */
void proposal_release(struct proposal *q);

/*
 * Are these objects a map: ten members and more, none of them in nine of ten
 * objects, and all of one type?  Then no member has a meaning of its own.
 */
bool proposal_is_map(const struct profile_path *x);

/* Of the module's own files: lists and patterns of strings, a range. */
void proposal_of_strings(struct proposal *q);
void proposal_of_numbers(struct proposal *q);

/* Are all types, but for null, among these bits? */
bool proposal_is_only(const struct proposal *q, unsigned types);

/* Do its numbers or times never fall from record to record? */
bool proposal_is_growing(const struct profile_path *x);

#endif
