#ifndef ALERT_INSTANCE_H
#define ALERT_INSTANCE_H

#include <stdbool.h>
#include <stdint.h>

#include "alert/flap.h"
#include "alert/labels.h"
#include "core/sha256.h"
#include "state/state.h"

/*
 * instance - one alert of a rule: a set of labels, and what is known of it.
 *
 *	quiet -> pending -> firing -> resolved
 *
 * It is a machine (state/state.h): records, the clock and people move it, by
 * pure functions.  What is shown is cut to the limits below, so one takes
 * some 30 KiB at most.
 * If the clock goes back, moments that then lie in the future count as now.
 */

#define ALERT_NAME_MAX 128 /* room for a name of a rule, and its NUL */
#define ALERT_LABEL_MAX 1024 /* bytes of a label's value that are shown */
#define ALERT_TITLE_MAX 1024 /* bytes */
#define ALERT_BODY_MAX 4096 /* bytes */
#define ALERT_RECORD_MAX 16384 /* bytes; longer records are left out */
#define ALERT_PERSON_MAX 128 /* room for who did it, and its NUL */
#define ALERT_COMMENT_MAX 1024 /* bytes */

enum instance_state {
	INSTANCE_QUIET, /* nothing is wrong, but somebody has to remember */
	INSTANCE_PENDING,
	INSTANCE_FIRING,
	INSTANCE_RESOLVED /* the receivers may have to be told */
};

extern const char *const instance_states[]; /* "quiet" ..., then NULL */

/* Why it is as it is. */
enum instance_cause {
	INSTANCE_RECORD,
	INSTANCE_NO_DATA, /* nothing came for too long */
	INSTANCE_ERROR, /* the rule fails on the records */
	INSTANCE_TIMEOUT, /* nothing came, so it was resolved */
	INSTANCE_BY_HAND,
	INSTANCE_RULE_GONE,
	INSTANCE_MANY, /* it stands for those that had no room */
	INSTANCE_BEAT /* a job did not report */
};

extern const char *const instance_causes[]; /* "" ..., then NULL */

struct instance {
	char fingerprint[SHA256_HEX]; /* of the labels, uncut, and the rule */
	char rule[ALERT_NAME_MAX];
	struct buf labels; /* JSON, without rule and severity */
	int64_t state, cause;
	int64_t severity; /* the highest since it fires */
	int64_t count; /* records in a row for which the rule held */
	int64_t pending_at, starts_at, ends_at; /* once it came to it */
	int64_t seen_at; /* the last record with these labels */
	int64_t clear_at; /* no longer holds since then; 0: it does */
	struct buf title, body; /* JSON strings */
	struct buf record; /* JSON; the one that made it fire */
	char ack_by[ALERT_PERSON_MAX]; /* "": nobody has taken it on */
	struct buf ack_comment; /* a JSON string */
	int64_t ack_until;
	int64_t ack_is_told;
	int64_t is_silenced; /* as was last told by an event */
	struct state_list changes; /* between firing and not */

	/* what is not kept */
	struct labels parsed; /* owned; of labels */
	bool is_muted, is_inhibited; /* as of the last settling */
	bool is_needed; /* a receiver has still to hear of it */
};

extern const struct state_kind instance_kind;

/* What the rule says of time; 0: nothing, unless said otherwise. */
enum no_data { NO_DATA_OK, NO_DATA_ALERT, NO_DATA_KEEP };

struct instance_rule {
	int64_t for_count; /* records in a row to fire, at least 1 */
	int64_t for_ms;
	int64_t keep_firing_ms;
	int64_t resolve_after_ms; /* so long without a record ... */
	enum no_data no_data; /* ... and then? */
	struct flap_rule flap;
};

enum outcome {
	OUTCOME_HOLDS,
	OUTCOME_BETWEEN, /* neither, because of "until" */
	OUTCOME_CLEAR
};

/* Records in a row with the same outcome. */
struct observation {
	enum outcome outcome;
	enum instance_cause cause; /* of OUTCOME_HOLDS */
	int64_t n;
	uint64_t turn; /* orders them in a batch */
	int64_t first_at, last_at;
	int64_t severity; /* the highest */
	struct buf title, body, record; /* JSON, owned; of one of them */
};

/* What has happened: bits. */
enum {
	INSTANCE_FIRED = 1,
	INSTANCE_ENDED = 2,
	INSTANCE_ROSE = 4, /* in severity */
	INSTANCE_UNACKED = 8
};

/* Read what the alert keeps in one line, or value, of the store. */
bool instance_read(
    struct instance *i, const char *text, size_t len, struct buf *why);
void instance_release(struct instance *i);

/* The records' outcome.  Returns what has happened. */
unsigned instance_observe(struct instance *i, const struct instance_rule *rule,
    const struct observation *o);

/* Time has passed. */
unsigned instance_tick(
    struct instance *i, const struct instance_rule *rule, int64_t now);

/* Let it fire, or end, for a reason of our own. */
unsigned instance_fire(struct instance *i, const struct instance_rule *rule,
    enum instance_cause cause, int64_t now);
unsigned instance_end(struct instance *i, const struct instance_rule *rule,
    enum instance_cause cause, int64_t now);

/* Somebody takes it on.  Returns false if it does not fire. */
bool instance_ack(struct instance *i, const char *by, const char *comment,
    int64_t until, int64_t now);

bool instance_is_acked(const struct instance *i);
bool instance_is_flapping(
    const struct instance *i, const struct instance_rule *rule, int64_t now);

/* Nothing in it is worth keeping? */
bool instance_is_over(
    const struct instance *i, const struct instance_rule *rule, int64_t now);

/* When time alone will move it next; STORE_NEVER: never. */
int64_t instance_due(
    const struct instance *i, const struct instance_rule *rule);

/* The first 8 bytes of the fingerprint, as a number. */
int64_t instance_hash(const struct instance *i);

/* The value of a label, rule and severity included; "" if it has none.
 * len: out; the value may hold NUL.  Lent. */
const char *instance_label(
    const struct instance *i, const char *name, size_t *len);

#endif
