#ifndef STORE_MOUNT_H
#define STORE_MOUNT_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Is the open file on a file system of other hosts, where locks are not, or
 * not for certain, those of all?  Returns 1, 0, or -1 and errno.
 */
int mount_is_network(int fd);

/* Is that what a FUSE file system of other hosts is called in
 * /proc/self/mountinfo: fuse.sshfs, fuse.rclone? */
bool mount_is_remote_fuse(const char *type, size_t len);

#endif
