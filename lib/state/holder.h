#ifndef STATE_HOLDER_H
#define STATE_HOLDER_H

#include <stdbool.h>
#include <stddef.h>

/*
 * holder - which process holds a lease: "PID START", START being the time at
 * which it started, in ticks since the boot, for pids are used again.
 */

#define HOLDER_SIZE 48 /* room for a holder, and its NUL */

/* This process.  Returns the length. */
size_t holder_self(char out[HOLDER_SIZE]);

/* Does the process that the len bytes at s name still run on this host?
 * *pid is set if they name one. */
bool holder_lives(const char *s, size_t len, long *pid);

#endif
