#ifndef ALERT_VERBS_H
#define ALERT_VERBS_H

#include <stdbool.h>
#include <stdint.h>

#include "alert/heartbeat.h"
#include "alert/teller.h"
#include "stream/filter.h"

/*
 * verbs - what cdo-alert does besides reading records, verb by verb:
 * cdo-alert(1) says what.
 *
 * Each takes the options, checked, and the operands, which end with NULL;
 * writes to standard output by out, tells trouble by diag, and returns the
 * exit status.
 */

struct alert_options {
	const char *path; /* -R */
	bool json, table; /* or as standard output is */
	bool all, dead; /* list --all, outbox --dead */
	const char *by, *comment;
	int64_t for_ms, from, until; /* 0: not given */
	const char *window;
	int64_t every_ms, grace_ms; /* grace -1: not given */
	int severity;
	bool pause, remove, log;
	enum ping kind;
	int64_t exit; /* -1: not given */
	const char *run; /* --rid */
	uint64_t limit; /* of history */
	const char *ping_url; /* --ping: told after a good tick */

	/* private: what alert_open has opened */
	struct store *store;
	struct alerts alerts;
	struct teller teller;
};

/*
 * Hold records against the rules of the file at path.  f: its name and options
 * are set.
 */
int alert_records(
    const char *path, struct filter *f, int n, char *const *files);

int alert_list(struct alert_options *o, char **operands);
int alert_show(struct alert_options *o, char **operands);
int alert_history(struct alert_options *o, char **operands);
int alert_stats(struct alert_options *o, char **operands);
int alert_outbox(struct alert_options *o, char **operands);
int alert_explain(struct alert_options *o, char **operands);
int alert_check(struct alert_options *o, char **operands);
int alert_ack(struct alert_options *o, char **operands);
int alert_resolve(struct alert_options *o, char **operands);
int alert_silence(struct alert_options *o, char **operands);
int alert_unsilence(struct alert_options *o, char **operands);
int alert_expect(struct alert_options *o, char **operands);
int alert_ping(struct alert_options *o, char **operands);
int alert_watch(struct alert_options *o, char **operands);
int alert_tick(struct alert_options *o, char **operands);
int alert_flush(struct alert_options *o, char **operands);
int alert_test(struct alert_options *o, char **operands);

/* The lists that silence and expect write when nothing is given. */
int alert_silences(struct alert_options *o);
int alert_beats(struct alert_options *o);

/*
 * Private.  Open the book that -R names, or the only one that there is; sends:
 * the verb tells receivers, if there is a file.
 * Returns 0, or an EX_ status after its diagnostic; close in any case.
 */
int alert_open(struct alert_options *o, bool sends);

/* Write the events, send what is due; status: of the change.  Close. */
int alert_close(struct alert_options *o, int status);

/* Is the list for people? */
bool alert_is_table(const struct alert_options *o);

/* Write text to standard output, and free it. */
void alert_print(struct buf *text);

/* The one alert whose fingerprint begins so, or NULL with the reason. */
struct instance *alert_find(
    const struct book *b, const char *prefix, struct buf *why);

/* Who does this: --by, or the user's name. */
const char *alert_person(const struct alert_options *o);

#endif
