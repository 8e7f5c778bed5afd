#ifndef SOURCE_SIM_H
#define SOURCE_SIM_H

#include <stddef.h>
#include <stdint.h>

#include "core/buf.h"

/*
 * sim - made-up records, the same ones everywhere for the same parameters.
 * Private to source.
 *
 * Everything is computed in integers, so that no compiler or libm can make
 * a difference.  Faults are drawn from a stream of their own: the records
 * that have none are the same at any rate of faults.
 */

enum { SIM_MEMBERS = 16, SIM_CITIES = 8, SIM_TARGETS = 8 };

enum sim_type { SIM_TEXT, SIM_NUMBER, SIM_DATE };

struct sim_member {
	const char *name; /* static */
	enum sim_type type;
	size_t from, to; /* its JSON in sim.text */
};

struct sim {
	/* parameters */
	uint64_t n, seed;
	uint64_t faults; /* share of records, in millionths */
	int64_t start_ms, step_ms;

	uint64_t data, dice; /* the two streams of random numbers */
	int64_t walks[SIM_CITIES][2]; /* temperature, pressure */
	int64_t rates[SIM_TARGETS]; /* in units of 0.0001 */

	/* the record at hand */
	struct sim_member members[SIM_MEMBERS];
	size_t n_members;
	struct buf text;
};

/* Uniform from low to high. */
int64_t sim_range(uint64_t *state, int64_t low, int64_t high);

/* About normal around 0, never beyond 2 * spread (Irwin-Hall, n = 4). */
int64_t sim_noise(uint64_t *state, int64_t spread);

/* Add a member.  digits: how many of value's are behind the point. */
void sim_text(struct sim *s, const char *name, const char *text);
void sim_number(struct sim *s, const char *name, int64_t value, int digits);
void sim_date(struct sim *s, const char *name, int64_t ms);

/* Compose record i, from 0. */
void sim_weather(struct sim *s, uint64_t i);
void sim_currency(struct sim *s, uint64_t i);
void sim_github(struct sim *s, uint64_t i);

#endif
