#ifndef STREAM_SIDE_H
#define STREAM_SIDE_H

#include <stdbool.h>

/*
 * side - files that are written besides standard output.
 */

/* Remember that the file at path holds rules: side_open will not empty it.
 * Not for threads at once. */
void side_keep(const char *path);

/*
 * Create path, or empty the file that is there, as > of the shell does; but
 * not if it is standard output or one of the n inputs by name (none of them,
 * or "-", is standard input), which would be lost.
 * Returns a descriptor, or -1 after a diagnostic.
 */
int side_open(const char *path, int n, char *const *inputs);

/* Are both descriptors open on the same plain file? */
bool side_is_same(int a, int b);

/*
 * Have what was written to fd last through a crash, if it is a file that can.
 * Failing is the end, as in out.
 */
void side_sync(int fd, const char *name);

#endif
