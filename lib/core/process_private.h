#ifndef CORE_PROCESS_PRIVATE_H
#define CORE_PROCESS_PRIVATE_H

#include <sys/types.h>

#include "core/process.h"

/* What the files of core/process share. */

enum process_phase { PROCESS_RUNNING, PROCESS_TERMINATED, PROCESS_KILLED };

struct process_run {
	const struct process *p;
	struct process_result result;
	pid_t pid;
	int ends[3]; /* ours, of the pipes to 0, 1, 2; or -1 */
	size_t n_written; /* of the input */
	int64_t deadline_ms; /* of the phase; INT64_MAX: none */
	int64_t tick_ms; /* of the next tick; INT64_MAX: none */
	int nap_ms;
	enum process_phase phase;
	bool has_terminal; /* the child's group is the terminal's now */
	bool is_denied; /* it waits for the terminal, which it cannot get */
};

/* Close *end unless it is -1, which it is then. */
void process_close(int *end);

/* Start the child.  Returns 0 or errno. */
int process_start(struct process_run *run);

/* Send a signal to the child, or to its group. */
void process_signal(const struct process_run *run, int signo);

/* The child was stopped by signo: see process.tty. */
void process_stopped(struct process_run *run, int signo);

/* Take the terminal back, if the child's group has it. */
void process_take_terminal(struct process_run *run);

#endif
