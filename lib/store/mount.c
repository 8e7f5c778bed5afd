#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>

#include "store/mount.h"

#define FUSE 0x65735546

/* f_type of statfs(2), where locks are another host's business. */
static const uint32_t network[] = {
    0x00006969, /* NFS */
    0x0000517b, /* SMB */
    0x0000564c, /* NCP */
    0x00c36400, /* Ceph */
    0x01021997, /* 9P */
    0x01161970, /* GFS2 */
    0x0bd00bd0, /* Lustre */
    0x47504653, /* GPFS */
    0x5346414f, /* AFS */
    0x6b414653, /* AFS by the kernel's own client */
    0x73757245, /* Coda */
    0x7461636f, /* OCFS2 */
    0xfe534d42, /* SMB 2 */
    0xff534d42, /* CIFS */
};

/* What is behind FUSE only its name says. */
static const char *const remote[] = {"afp", "blobfuse", "blobfuse2", "ceph",
    "ceph-fuse", "curlftpfs", "davfs", "davfs2", "gcsfuse", "glusterfs",
    "goofys", "hdfs", "juicefs", "mount-s3", "rclone", "s3fs", "seaweedfs",
    "smbnetfs", "sshfs"};

bool
mount_is_remote_fuse(const char *type, size_t len)
{
	if (len < 5 || memcmp(type, "fuse.", 5) != 0)
		return false;
	for (size_t i = 0; i < sizeof(remote) / sizeof(*remote); i++)
		if (strlen(remote[i]) == len - 5 &&
		    memcmp(remote[i], type + 5, len - 5) == 0)
			return true;
	return false;
}

/* Is the device, "8:1", mounted as one of those? */
static bool
is_remote(dev_t dev)
{
	FILE *f = fopen("/proc/self/mountinfo", "re");
	char *line = NULL, want[32], id[32];
	const char *type;
	size_t cap = 0;
	bool found = false;

	if (!f)
		return false;
	snprintf(want, sizeof(want), "%u:%u", major(dev), minor(dev));
	/* 36 35 98:0 /root /where options [more] - type source options */
	while (!found && getline(&line, &cap, f) > 0) {
		type = strstr(line, " - ");
		if (type && sscanf(line, "%*s %*s %31s", id) == 1 &&
		    strcmp(id, want) == 0)
			found = mount_is_remote_fuse(
			    type + 3, strcspn(type + 3, " \n"));
	}
	free(line);
	fclose(f);
	return found;
}

int
mount_is_network(int fd)
{
	struct statfs fs;
	struct stat st;

	if (fstatfs(fd, &fs) != 0)
		return -1;
	for (size_t i = 0; i < sizeof(network) / sizeof(*network); i++)
		if ((uint32_t)fs.f_type == network[i])
			return 1;
	if ((uint32_t)fs.f_type != FUSE)
		return 0;
	return fstat(fd, &st) != 0 ? -1 : is_remote(st.st_dev);
}
