#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "stream/temp.h"

int
temp_open(struct buf *what)
{
	const char *dir = getenv("TMPDIR");
	struct buf path = {0};
	int fd, errnum;

	buf_addf(&path, "%s/cdo-XXXXXX", dir && *dir ? dir : "/tmp");
	fd = mkstemp(path.data);
	errnum = errno;
	if (fd >= 0) {
		unlink(path.data);
		fcntl(fd, F_SETFD, FD_CLOEXEC);
	} else {
		buf_addf(
		    what, "%s: create (TMPDIR names the folder)", path.data);
	}
	buf_release(&path);
	errno = errnum;
	return fd;
}
