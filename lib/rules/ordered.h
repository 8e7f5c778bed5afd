#ifndef RULES_ORDERED_H
#define RULES_ORDERED_H

#include "rules/private.h"

/*
 * ordered - checks for which the order of the records counts: unique, order
 * and sequence.
 *
 * They look only at records that nothing else rejected, and remember only
 * those that they do not reject themselves: what is rejected did not enter
 * the stream, and can come back after its repair.
 */

enum direction {
	DIRECTION_INCREASING,
	DIRECTION_NON_DECREASING,
	DIRECTION_DECREASING,
	DIRECTION_NON_INCREASING
};

struct ordered_rule {
	size_t *slots; /* owned; the key: unique's fields, or "by" */
	const char **names; /* owned; of these fields, as written */
	size_t n_slots;
	size_t slot; /* order, sequence: of the value */
	size_t time; /* unique: of the record's own time, or NO_SLOT */
	int64_t within_ms; /* unique; or NO_DURATION */
	uint64_t within_records; /* or NO_NUMBER */
	int direction; /* order: enum direction */
	double tolerance; /* order: by how much the value may go back; */
	int64_t tolerance_ms; /* of datetimes, or NO_DURATION */
	uint64_t step; /* sequence */
	uint64_t max_keys;
	bool is_lenient; /* its failure does not reject */
	bool redact;
	char *definition; /* owned; what a kept state depends on */
};

/* A number or a moment that was seen, and when. */
struct seen_value {
	int64_t type; /* enum jtype; J_STRING: a moment, in bits an int64_t */
	uint64_t bits; /* as on the tape */
};

/* What such a rule remembers.  One thread. */
struct ordered {
	struct keyset set; /* values: nothing, int64_t or seen_value */
	uint8_t key[SIPHASH_KEY];
	int64_t clock; /* unique: the latest time or record so far */
	bool is_full; /* and has said so */
	/* of the record at hand */
	bool has_key; /* or a field of it is missing: there is no check */
	bool is_pending; /* to be remembered unless it is rejected */
	struct hash128 hash;
	struct seen_value value;
	int64_t next_clock;
};

/* What a thread needs, one for each such rule. */
struct ordered *ordered_new(const struct rules *rules);
void ordered_free(struct ordered *all, size_t n);

/* Find out the keys of the record in the view; before ordered_check. */
void ordered_prepare(const struct rules *rules, struct rules_view *v);

/* Check the record in the view by these rules. */
void ordered_check(const struct rules *rules, struct rules_view *v);

/* Bytes of a value in its set. */
size_t ordered_value_size(const struct check_args *a);

void ordered_rule_free(struct ordered_rule *r);

#endif
