#ifndef OBS_RUN_H
#define OBS_RUN_H

#include <stdint.h>

/*
 * run - the frame of every program: the log, and one event at the end that
 * says what the run did.
 *
 *	run_start(argv[0]);
 *	...
 *	return run_end(status);
 *
 * The event goes to the log file (level info), and to stderr under -v:
 * {"time":..,"level":"info","program":..,"event":"run","job":..,"run":..,
 * "started":..,"duration_ms":..,"exit":..,"records_in":..,...}; job and run
 * are CDO_JOB and CDO_RUN_ID where they are set.
 */

/* What was done; any part of the program may add.  Where several threads may
 * add to one at once, by run_add; the filter loop adds under its lock. */
struct run_counts {
	uint64_t records_in, records_out, rejected, malformed;
	uint64_t bytes_in, bytes_out;
	uint64_t retries, cache_hits;
	/* Calls to servers, told only if there were any: retries count, and
	 * so do redirects that were followed. */
	uint64_t calls, wire_bytes;
};

extern struct run_counts run_counts;

/* Add to one of run_counts, from any thread. */
void run_add(uint64_t *count, uint64_t n);

/* A server took so long to begin its answer.  From any thread.  The event has
 * quantiles: "latency_ms":{"p50":..,"p95":..,"p99":..}. */
void run_latency(int64_t us);

/* Name the program, open the log as CDO_LOG_FILE has it, note the time. */
void run_start(const char *argv0);

/* Log the event, once.  Returns status. */
int run_end(int status);

#endif
