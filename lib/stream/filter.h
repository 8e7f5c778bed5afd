#ifndef STREAM_FILTER_H
#define STREAM_FILTER_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/buf.h"
#include "core/cli.h"
#include "stream/progress.h"
#include "stream/reader.h"
#include "json/value.h"

/*
 * filter - the loop of every filter: records in, callbacks, records out.
 *
 * The tool sets the first part of struct filter, calls filter_init, then
 * filter_files, then filter_finish, and returns what that returns.
 *
 * What a callback appends to worker.out goes to standard output, and
 * worker.side to side_fd, both in the order of the input, before the loop
 * waits for more of it.  Blank lines are dropped, so are a BOM at the start
 * and, with their reason told, malformed lines; a last line gets its LF; CR
 * belongs to the record.  Control lines are passed on in place, after all
 * that came before is written and flush was called.
 *
 * With jobs > 1 blocks of lines are worked on by as many threads: record,
 * malformed and control are then called for different workers at the same
 * time, for one worker in order.  All else is called by one thread at a
 * time.  A tool whose records depend on each other leaves jobs at 1.
 * Finished output waits in a ring of twice the jobs for its turn, so a
 * faster core runs ahead.
 *
 * What was read, written and malformed is added to run_counts (obs/run); a
 * tool that drops or rejects records says so by worker.n_rejected.
 *
 * Memory: a block, its output and a parser for each job, one block, and with
 * jobs > 1 the outputs in the ring.
 */

#define FILTER_SHOWN 10 /* malformed lines that are reported in full */

/* A line that parsed.  Lent to the callback. */
struct record {
	const char *text; /* without LF */
	size_t len; /* bytes in text */
	const char *name; /* of its file, for messages */
	uint64_t file; /* number of its file, from 1 */
	uint64_t line; /* number in its file, from 1 */
	uint64_t offset; /* of text in its file, bytes */
	struct jval root;
};

/* A line that did not.  Lent to the callback. */
struct badline {
	const char *text; /* NULL if it was too long to be kept */
	uint64_t len; /* bytes */
	uint64_t line, offset; /* as in struct record */
	uint64_t at; /* where in the line it breaks, bytes from 0 */
	enum jerror why;
};

struct filter;

/* Private: where the output of a block must be out before it goes on. */
struct mark {
	size_t out, side; /* lengths of the buffers there */
};

/* Private: what there is to say of a block, besides its output. */
struct tally {
	struct buf marks; /* of struct mark */
	struct badline bad[FILTER_SHOWN]; /* without their text */
	size_t n_bad; /* to report; may exceed what bad holds */
	size_t n_lost; /* of those: not taken care of */
	uint64_t n_bytes, n_records, n_malformed, n_rejected, n_out;
};

/* One thread's part. */
struct worker {
	struct filter *filter;
	unsigned index; /* from 0 to jobs - 1 */
	struct buf out, side; /* the callbacks append */
	struct buf scratch; /* the callbacks' own, never touched here */
	void *state; /* the tool's own, from start to end */
	uint64_t n_rejected; /* the callbacks add; read and cleared here */
	size_t n_held; /* bytes that settle is going to append, about */

	/* private */
	struct jdoc doc;
	struct block block;
	uint64_t turn; /* number of the block */
	struct tally tally;
};

struct filter {
	const char *name; /* of its entry in _cdo */
	unsigned jobs; /* 0 is 1 */
	size_t max_line; /* bytes, 0 is 16 MiB */
	bool strip; /* leave _cdo out of what is passed on */
	enum progress_mode progress;
	size_t gather; /* bytes that are gathered while input is ready, 0 is
			* 256 KiB */
	int side_fd; /* where worker.side goes, if anything is in it */
	const char *side_name; /* for messages */
	void *arg; /* the tool's */

	/* Any of these may be NULL. */
	void (*start)(struct worker *w); /* before the first input */
	void (*record)(struct worker *w, const struct record *r);
	void (*control)(struct worker *w, const struct record *r);
	/* Returns true if it took care of the line: it is reported, but is no
	 * trouble for the exit status. */
	bool (*malformed)(struct worker *w, const struct badline *b);
	/* What is gathered is about to go, or a control line comes: append
	 * what was held back, and clear n_held. */
	void (*settle)(struct worker *w);
	/* All that came before is written: make it last.  Called once for
	 * each control line, before it goes, and once after the rest; with
	 * one job the calls follow those of settle one to one. */
	void (*flush)(struct filter *f);
	void (*end)(struct worker *w); /* after the last; may append */

	/* Results, complete when end is called; control lines are not in. */
	uint64_t n_records, n_malformed, n_rejected;

	/* private */
	int out_fd;
	ssize_t (*read)(int, void *, size_t);
	int status;
	size_t n_bad, n_lost;
	struct worker *workers;
	struct reader in;
	const char *in_name;
	uint64_t n_files; /* begun */
	int in_errno;
	bool is_over;
	uint64_t turns_in;
	pthread_mutex_t in_lock;
	struct ring *ring;
	struct progress meter;
};

/* Options all filters share: -j only where records are independent. */
enum {
	FILTER_MAX_LINE = CLI_END,
	FILTER_STRIP,
	FILTER_PROGRESS,
	FILTER_NO_PROGRESS,
	FILTER_END
};
#define FILTER_OPTIONS \
	{"max-line", required_argument, NULL, FILTER_MAX_LINE}, \
	    {"strip", no_argument, NULL, FILTER_STRIP}, \
	    {"progress", no_argument, NULL, FILTER_PROGRESS}, \
	    {"no-progress", no_argument, NULL, FILTER_NO_PROGRESS}, \
	    CLI_OPTIONS
#define FILTER_JOBS \
	{ \
		"jobs", required_argument, NULL, 'j' \
	}

/*
 * Take one of them, or one of those that all programs share, as getopt_long
 * returned it; a wrong one ends the program, see cli_option.
 */
void filter_option(
    struct filter *f, const struct cli *cli, int option, const char *arg);

/* Set up what is private, catch signals, call start.  Cannot fail. */
void filter_init(struct filter *f);

/* Run the open descriptor fd; name is for messages.  Errors are reported. */
void filter_fd(struct filter *f, int fd, const char *name);

/* Run n files by name; none, or "-", is standard input. */
void filter_files(struct filter *f, int n, char *const *names);

/*
 * Call end, write what is left, free all.  Standard output stays open.
 * Returns the exit status: 0, the first trouble other than malformed
 * lines, those (EX_DATAERR), or 128 and the signal that ended it.
 */
int filter_finish(struct filter *f);

/* Write what was appended so far: for an end that appends much. */
void filter_drain(struct worker *w);

/* Remember a trouble for the exit status.  From any callback but record. */
void filter_fail(struct filter *f, int status);

/* Pass the record on as it came. */
void filter_pass(struct worker *w, const struct record *r);

/* Write a line of the tool's own, len bytes without LF. */
void filter_emit(struct worker *w, const char *text, size_t len);

/* Pass it on with the filter's entry, value (len bytes of JSON). */
void filter_annotate(
    struct worker *w, const struct record *r, const char *value, size_t len);

#endif
