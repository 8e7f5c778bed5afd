#ifndef CORE_PROCESS_H
#define CORE_PROCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * process - run one program by its argv, without a shell.
 *
 * The child starts with SIGPIPE and SIGCHLD at their defaults, which we take
 * for SIGCHLD too if it was ignored, and no signal blocked;
 * environment, working directory and signals that we ignore are as they are.
 * It is found along PATH if its name has no slash.  A child that reads no
 * more raises no SIGPIPE here.
 *
 *	struct process p = {.argv = argv, PROCESS_INHERIT};
 */

#define PROCESS_INHERIT .in = 0, .out = 1, .err = 2

/* What a stream of the child is: one of these, or a descriptor of ours (if
 * that is not open, /dev/null). */
enum {
	PROCESS_NULL = -1, /* /dev/null */
	PROCESS_PIPE = -2 /* in: from input; out, err: to on_data */
};

/* Everything is lent. */
struct process {
	char *const *argv; /* ends with NULL; at least the name */
	int in, out, err;
	const void *input; /* for in = PROCESS_PIPE, input_len bytes; a child
			    * that does not read it all is no error */
	size_t input_len;

	/* Takes what the child writes to stream 1 or 2, as it comes. */
	void (*on_data)(void *arg, int stream, const char *data, size_t len);
	void *arg;

	/*
	 * Make the child the leader of a process group, and signal all of it.
	 * Children that read from a terminal are stopped then, but for tty.
	 */
	bool own_group;
	/*
	 * The controlling terminal, opened; 0: none.  A group of its own that
	 * is stopped because it wants the terminal gets it while it runs, if
	 * we are in the foreground or are put there, and is ended if not.
	 */
	int tty;
	/* Have the kernel send it SIGTERM when we die, however that comes; for
	 * processes with one thread. */
	bool dies_with_us;
	bool close_fds; /* give it nothing beyond 0, 1 and 2; what is open
			 * here closes with every exec from then on */

	int64_t timeout_ms; /* then SIGTERM; 0: none */
	int64_t grace_ms; /* then SIGKILL; 0: 5000 */
	int stop_fd; /* readable: SIGTERM as well; 0: none (stream/stop) */
	int (*stop_signo)(void); /* what is sent then; NULL: SIGTERM */
	const bool *enough; /* true: SIGTERM as well; looked at after each
			     * on_data and on_tick; NULL: none */

	/* Called each tick_ms while it runs, or a little later; 0: not. */
	int64_t tick_ms;
	void (*on_tick)(void *arg);
};

struct process_result {
	int status; /* exit status, 0 to 255, if signo is 0 */
	int signo; /* that killed it, or 0 */
	bool timed_out; /* we sent the signal, after the time */
	bool stopped; /* we sent it, because of stop_fd */
	bool had_enough; /* because of enough */
	bool no_terminal; /* because it wanted the terminal: see tty */
};

/*
 * Run it and wait for its end, and for the end of the streams that are pipes:
 * a grandchild that holds one is waited for, as a shell would, but not beyond
 * the SIGKILL.
 * Returns 0 with *r filled; or errno with *r untouched, if it could not be
 * started: ENOENT, EACCES ...
 */
int process_run(const struct process *p, struct process_result *r);

/*
 * Start one that nobody waits for: in a session of its own, its streams
 * /dev/null, without any other descriptor, so that no pipe waits for it.
 * path: of the program; argv[0] is what it is called.
 * Returns 0 or errno; what happens to it later nobody is told.
 */
int process_detach(const char *path, char *const *argv);

#endif
