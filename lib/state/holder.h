#ifndef STATE_HOLDER_H
#define STATE_HOLDER_H

#include <stdbool.h>
#include <stddef.h>

/*
 * holder - which process holds a lease: "PID START HOST SPACE".
 *
 * START is when it started, in ticks since the boot, for pids are used again.
 * HOST is of the boot of its kernel, SPACE of its table of processes, which
 * containers have their own: only where both are ours can be told whether it
 * still runs.
 */

#define HOLDER_SIZE 96 /* room for a holder, and its NUL */

/* This process.  Returns the length. */
size_t holder_self(char out[HOLDER_SIZE]);

/* Is it certain that the process has ended?  *pid is set if it names one. */
bool holder_is_dead(const char *holder, long *pid);

#endif
