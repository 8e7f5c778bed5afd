#ifndef ALERT_TAKE_H
#define ALERT_TAKE_H

#include <stdbool.h>
#include <stdint.h>

#include "alert/alerts.h"
#include "alert/book.h"
#include "alert/sender.h"

/*
 * take - from the outbox to jobs and back: who may send now, and what follows
 * from how it went.
 */

/*
 * Take the entries that are due, for this process.  Those whose time is over
 * are dead first.  Returns a list of jobs.
 */
struct job *take_jobs(
    struct book *b, const struct alerts *a, bool at_once, int64_t now);

/*
 * Keep what became of a job, and say it in events.
 * Returns true if an entry is dead now.
 */
bool take_mark(struct book *b, const struct alerts *a, const struct job *job,
    uint64_t dice, int64_t now);

#endif
