#ifndef CORE_REPLACE_H
#define CORE_REPLACE_H

#include <stddef.h>
#include <sys/types.h>

/*
 * replace - write a file in one go: whoever reads it, also after a crash,
 * finds the old one or the new one, whole.
 */

/*
 * Have len bytes at data be the file at path, with that mode, less the umask.
 * They go to a file beside it, whose name begins with a dot, which is synced
 * and renamed.  A symbolic link is followed; what is there and no plain file,
 * such as a terminal, is written to.
 * Returns 0, or errno with the old file untouched.
 */
int replace_file(const char *path, const void *data, size_t len, mode_t mode);

#endif
