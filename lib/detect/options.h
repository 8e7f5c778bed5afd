#ifndef DETECT_OPTIONS_H
#define DETECT_OPTIONS_H

#include <stdbool.h>

#include "core/cli.h"
#include "detect/judge.h"

/*
 * options - what the options of cdo-detect say, in the order in which they
 * come; then, when all are there, whether they go together.
 *
 * What is wrong ends the program by cli_wrong.
 */

/* Those that are numbers first. */
enum options_number {
	OPTION_WINDOW = FILTER_END,
	OPTION_THRESHOLD,
	OPTION_CONTAMINATION,
	OPTION_MAX_KEYS,
	OPTION_NEIGHBOURS,
	OPTION_TREES,
	OPTION_SAMPLE,
	OPTION_EPS,
	OPTION_SEED,
	OPTION_QUANTILE,
	OPTION_NU,
	OPTION_TOLERANCE,
	OPTION_NUMBERS_END,
	OPTION_ONLY = OPTION_NUMBERS_END,
	OPTION_BATCH,
	OPTION_SCALE,
	OPTION_EXPLAIN,
	OPTION_LIST,
	OPTION_PERIOD,
	OPTION_DIRECTION,
	OPTION_COOLDOWN,
	OPTION_STATE,
	OPTION_FIT,
	OPTION_MODEL,
	OPTION_RETRAIN,
	OPTION_PLOT
};

struct options {
	const struct cli *cli; /* set these two; {0} but for them */
	struct judge *judge;
	const char *method; /* -m, or NULL */
	bool whole; /* --batch */
	const char *state; /* --state, or NULL */
	const char *cooldown, *direction, *period; /* as written, or NULL */
	const char *model; /* --model, or NULL */
	int64_t retrain_ms; /* --retrain; 0: always */
	/* Of --model, or of --fit if it is young enough; to be released when
	 * judge was. */
	struct models models;
};

/* Take a letter or an OPTION_, and its argument, lent; others are f's. */
void options_take(
    struct options *o, struct filter *f, int option, const char *arg);

/* All are there: choose the method, and set judge and f up for it. */
void options_end(struct options *o, struct filter *f);

#endif
