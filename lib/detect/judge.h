#ifndef DETECT_JUDGE_H
#define DETECT_JUDGE_H

#include <stdbool.h>
#include <stddef.h>

#include "detect/annotate.h"
#include "detect/detectors.h"
#include "detect/features.h"
#include "detect/models.h"
#include "detect/plot.h"
#include "detect/saved.h"
#include "stream/filter.h"
#include "json/fields.h"

/*
 * judge - the filter of cdo-detect: records in, rows of their numbers judged,
 * records with the verdicts out.
 *
 * With a method that streams, a record is judged by those before it and goes
 * out at once; what is learned is kept, with state, at control lines, each
 * minute, and by judge_save.  With a method of batch.h all records are gathered
 * first; or each is judged by what such a method learned from others.
 */

struct judge {
	/* set these; {0} but for them */
	struct detect_row row; /* method, threshold; the rest by add_field */
	const struct detect_method *method; /* or, if NULL, by models */
	const struct models *models; /* or, if NULL, by gather.method; lent */
	struct detect_options options; /* of method, but for columns */
	struct detectors detectors; /* max */
	struct gather gather; /* what is to be set there, but for columns */
	struct jpath key; /* if key_name; owned */
	const char *key_name; /* as written, lent; or NULL */
	const char *state; /* name to keep what is learned; or NULL */
	size_t window; /* of gather.method: 0, or by features; see there */
	const char *fit; /* file to write what was learned to, or NULL; lent */
	struct plot *plot; /* draw there what is judged; or NULL; lent */
	bool only; /* write the anomalies alone */
	bool explain; /* with a method of batch.h: the anomalies */

	size_t time_slot; /* private: in the view, if options.has_time */
	const char *time_name; /* private */
	struct fields fields; /* private, owned */
	struct fields_view view; /* private, owned */
	size_t *slots; /* private, owned: of each column in the view */
	const char **names; /* private, owned */
	bool *seen; /* private, owned: a number in each of the fields */
	bool seen_time; /* private */
	struct saved_terms terms; /* private */
	struct saved *saved; /* private, owned; NULL: nothing is kept */
	bool has_news; /* private: not saved yet */
	bool is_due; /* private: a control line came since */
	int64_t saved_ms; /* private: when, by timestamp_monotonic */
	bool any; /* private: record */
	struct detect_part *parts; /* private, owned: room for row.parts */
	char **part_names; /* private, owned: of features */
	struct features **windows; /* private, owned: of each group */
	size_t n_windows; /* private */
	struct map series; /* private: the same by key, for models */
	double *wide, *room; /* private, owned: a row of features; scaled */
	size_t cdo; /* private: slot of ._cdo, when all are gathered */
	size_t at; /* private: records written, when all were gathered */
	size_t n_drawn; /* private: records */
	struct buf drawn_name; /* private, owned: of a series */
};

/* Judge the number at the path, too.  name: as written, lent. */
void judge_add_field(struct judge *j, const struct jpath *p, const char *name);

/* Take the time of a record from there.  name: as written, lent. */
void judge_set_time(struct judge *j, const struct jpath *p, const char *name);

/* All is set: let f, whose arg is j, call us.  j outlives it. */
void judge_start(struct judge *j, struct filter *f);

/*
 * Load what was learned before, if state is set, after judge_start.
 * Returns 0, or an EX_ status after its diagnostic.
 */
int judge_load(struct judge *j);

/*
 * Keep what was learned since it was kept last, if state is set: when all is
 * over.  Returns 0, or an EX_ status after its diagnostic.
 */
int judge_save(struct judge *j);

/* Warn of fields, or a time, that no record has: a misspelt path would else
 * look like data without anomalies. */
void judge_tell_unseen(const struct judge *j);

void judge_release(struct judge *j);

#endif
