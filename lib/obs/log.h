#ifndef OBS_LOG_H
#define OBS_LOG_H

#include <stddef.h>
#include <stdint.h>

#include "core/buf.h"
#include "core/diag.h"

/*
 * log - the log file: every message as one JSON object a line.
 *
 * Lines are appended in single writes, so many processes may share a file.
 * Before a line would take it over max_size, the file is renamed to FILE.1,
 * that one to FILE.2 and so on up to keep, under a lock on FILE.lock; a
 * process that still has the old file open notices before its next line.  So
 * nothing is lost or cut; other ways of rotating (logrotate) work as well.
 * A log that cannot be written is one warning, never the end of the program.
 */

struct log_options {
	const char *path; /* lent */
	enum diag_level least;
	uint64_t max_size; /* bytes; 0: never rotate */
	unsigned keep; /* rotated files kept, at least 1 */
};

/* Start to log.  Returns 0, or -1 after a warning. */
int log_open(const struct log_options *o);

/* Append what every event begins with, {"time":..,"level":..,"program":..,
 * "pid":.. and job and run where CDO_JOB and CDO_RUN_ID are set; the rest of
 * the object is the caller's. */
void log_begin(struct buf *b, enum diag_level level);

/* Append a line of len bytes, ended by LF.  For events; messages come by
 * themselves. */
void log_line(enum diag_level level, const char *line, size_t len);

void log_close(void);

#endif
