#ifndef DETECT_SEASON_H
#define DETECT_SEASON_H

#include <stdbool.h>
#include <stdint.h>

#include "detect/detect.h"
#include "detect/level.h"

/*
 * season - what is usual at each time of a period: of the day, of the week.
 *
 * A period has slots, of 5 minutes each in days and weeks; a slot has the
 * mean of the values at that time in the periods before, in which the late
 * ones weigh more.  Days and weeks begin by UTC, weeks on Thursdays; only
 * that they return matters.  Memory: 16 bytes a slot, SEASON_SLOTS at most.
 */

#define SEASON_DAY ((int64_t)86400000)
#define SEASON_WEEK (7 * SEASON_DAY)
#define SEASON_SLOTS 2016

struct season {
	int64_t period_ms;
	size_t n_slots;
	double weight; /* of the newest period */
	struct level *slots; /* owned */
};

/* weight: of a value in the mean of its slot. */
void season_init(struct season *s, int64_t period_ms, double weight);

/* The slot of that time. */
struct level *season_at(const struct season *s, int64_t ms);

void season_pack(struct season *s, struct pack *p, const char *name);
void season_release(struct season *s);

#endif
