#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/buf.h"
#include "core/timestamp.h"
#include "core/xmem.h"
#include "obs/log.h"

static struct {
	char *path; /* NULL: no log */
	char *lock_path;
	enum diag_level least;
	uint64_t max_size;
	unsigned keep;
	int fd;
	bool is_broken; /* said so already */
} file = {.fd = -1};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* of file */

/* Once: the log is no reason to stop working. */
static void
complain(const char *what)
{
	int errnum = errno;

	if (file.is_broken)
		return;
	file.is_broken = true;
	diag_set_log(NULL);
	diag_warn("%s: %s: %s; going on without a log", file.path, what,
	    strerror(errnum));
}

static int
reopen(void)
{
	if (file.fd >= 0)
		close(file.fd);
	/* nobody may read the other end of a pipe: then do not wait for it */
	file.fd = open(file.path,
	    O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NONBLOCK, 0640);
	return file.fd < 0 ? -1 : 0;
}

/* Does the path still lead to what we have open?  st: of that, if so. */
static bool
is_current(struct stat *st)
{
	struct stat named;

	return file.fd >= 0 && fstat(file.fd, st) == 0 &&
	       stat(file.path, &named) == 0 && named.st_ino == st->st_ino &&
	       named.st_dev == st->st_dev;
}

/* FILE.2 to FILE.3, FILE.1 to FILE.2, FILE to FILE.1. */
static int
shift(void)
{
	struct buf from = {0}, to = {0};
	int rc = 0;

	for (unsigned i = file.keep; i > 0 && rc == 0; i--) {
		from.len = to.len = 0;
		buf_adds(&from, file.path);
		if (i > 1)
			buf_addf(&from, ".%u", i - 1);
		buf_addc(&from, '\0');
		buf_addf(&to, "%s.%u", file.path, i);
		buf_addc(&to, '\0');
		if (rename(from.data, to.data) != 0 && errno != ENOENT)
			rc = -1;
	}
	buf_release(&from);
	buf_release(&to);
	return rc;
}

/* Under the lock only one process turns the files, the others see it done. */
static int
rotate(size_t more)
{
	int turn = open(file.lock_path, O_RDWR | O_CREAT | O_CLOEXEC, 0640);
	struct stat st;
	int rc = 0;

	if (turn < 0)
		return -1;
	while (flock(turn, LOCK_EX) != 0)
		if (errno != EINTR) {
			close(turn);
			return -1;
		}
	if (is_current(&st) && (uint64_t)st.st_size + more > file.max_size)
		rc = shift();
	if (rc == 0)
		rc = reopen();
	close(turn);
	return rc;
}

/* See that fd is the file of that name, with room for n more bytes. */
static int
prepare(size_t n)
{
	struct stat st;

	while (!is_current(&st))
		if (reopen() != 0)
			return -1;
	if (file.max_size > 0 && st.st_size > 0 &&
	    (uint64_t)st.st_size + n > file.max_size)
		return rotate(n);
	return 0;
}

/* Append a line; the caller has the lock. */
static void
append(const char *line, size_t len)
{
	ssize_t n;

	if (prepare(len) != 0) {
		complain("open");
		return;
	}
	do
		n = write(file.fd, line, len);
	while (n < 0 && errno == EINTR);
	if (n != (ssize_t)len) {
		if (n >= 0)
			errno = ENOSPC; /* a part of a line went out */
		complain("write");
	}
}

void
log_line(enum diag_level level, const char *line, size_t len)
{
	pthread_mutex_lock(&lock);
	if (file.path && !file.is_broken && level >= file.least)
		append(line, len);
	pthread_mutex_unlock(&lock);
}

/* CDO_JOB and CDO_RUN_ID, which cdo-run or the user sets. */
static void
add_context(struct buf *b)
{
	const char *job = getenv("CDO_JOB"), *run = getenv("CDO_RUN_ID");

	if (job) {
		buf_adds(b, ",\"job\":");
		buf_add_quoted(b, job, strlen(job));
	}
	if (run) {
		buf_adds(b, ",\"run\":");
		buf_add_quoted(b, run, strlen(run));
	}
}

void
log_begin(struct buf *b, enum diag_level level)
{
	char now[TIMESTAMP_SIZE];

	timestamp_format(timestamp_now(), now);
	buf_addf(b, "{\"time\":\"%s\",\"level\":\"%s\",\"program\":", now,
	    diag_level_name(level));
	buf_add_quoted(b, diag_prog(), strlen(diag_prog()));
	buf_addf(b, ",\"pid\":%ld", (long)getpid());
	add_context(b);
}

static void
log_text(enum diag_level level, const char *text, size_t len)
{
	struct buf b = {0};

	if (level < file.least)
		return;
	log_begin(&b, level);
	buf_adds(&b, ",\"message\":");
	buf_add_quoted(&b, text, len);
	buf_adds(&b, "}\n");
	log_line(level, b.data, b.len);
	buf_release(&b);
}

int
log_open(const struct log_options *o)
{
	struct buf name = {0};

	log_close();
	buf_addf(&name, "%s.lock", o->path);
	file.path = xstrndup(o->path, strlen(o->path));
	file.lock_path = xstrndup(name.data, name.len);
	file.least = o->least;
	file.max_size = o->max_size;
	file.keep = o->keep ? o->keep : 1;
	file.is_broken = false;
	buf_release(&name);
	if (reopen() != 0) {
		complain("open");
		return -1;
	}
	diag_set_log(log_text);
	return 0;
}

void
log_close(void)
{
	diag_set_log(NULL);
	pthread_mutex_lock(&lock);
	if (file.fd >= 0)
		close(file.fd);
	file.fd = -1;
	free(file.path);
	free(file.lock_path);
	file.path = file.lock_path = NULL;
	pthread_mutex_unlock(&lock);
}
