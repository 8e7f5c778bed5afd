/* The starting half of process. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <spawn.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/num.h"
#include "core/process_private.h"

#define FD_END 65536 /* without /dev/fd those from here on stay open */

extern char **environ;

/* A copy of fd that is in nobody's way and dies with exec; or -1. */
static int
move_up(int fd)
{
	return fcntl(fd, F_DUPFD_CLOEXEC, 3);
}

void
process_close(int *end)
{
	if (*end >= 0)
		close(*end);
	*end = -1;
}

/* Make a pipe for stream i: *theirs and *ours, or -1.  Returns 0 or errno. */
static int
open_pipe(int i, int *theirs, int *ours)
{
	int ends[2], rc = 0;

	if (pipe(ends) != 0)
		return errno;
	*theirs = move_up(ends[i == 0 ? 0 : 1]);
	*ours = move_up(ends[i == 0 ? 1 : 0]);
	if (*theirs < 0 || *ours < 0 || fcntl(*ours, F_SETFL, O_NONBLOCK) != 0)
		rc = errno;
	close(ends[0]);
	close(ends[1]);
	return rc;
}

/* Open what stream i of the child shall be.  Returns 0 or errno. */
static int
open_stream(int i, int wanted, int *theirs, int *ours)
{
	int fd;

	if (wanted == PROCESS_PIPE)
		return open_pipe(i, theirs, ours);
	*theirs = wanted == PROCESS_NULL ? -1 : move_up(wanted);
	if (*theirs < 0) { /* a descriptor that is not open means the same */
		fd = open("/dev/null", O_RDWR);
		*theirs = fd < 0 ? -1 : move_up(fd);
		process_close(&fd);
	}
	return *theirs < 0 ? errno : 0;
}

static void
set_close_on_exec(int fd)
{
	int flags = fcntl(fd, F_GETFD);

	if (flags >= 0 && !(flags & FD_CLOEXEC))
		fcntl(fd, F_SETFD, flags | FD_CLOEXEC);
}

/* Let nothing of ours but 0, 1 and 2 survive exec.  The list of what is open
 * is a hundred times faster than trying all numbers. */
static void
close_on_exec(void)
{
	DIR *list = opendir("/dev/fd");
	struct dirent *entry;
	long end = list ? 0 : sysconf(_SC_OPEN_MAX);
	uint64_t fd;

	if (end < 0 || end > FD_END)
		end = FD_END;
	for (int i = 3; i < end; i++)
		set_close_on_exec(i);
	while (list && (entry = readdir(list)) != NULL)
		if (num_uint(entry->d_name, 3, INT_MAX, &fd) == 0)
			set_close_on_exec((int)fd);
	if (list)
		closedir(list);
}

/* What the child of fork_child needs. */
struct birth {
	const struct process *p;
	const int *theirs;
	pid_t parent;
	int tell; /* takes errno, and closes with exec */
};

/* The child's part: never returns. */
static void
live(const struct birth *b)
{
	sigset_t none;
	int errnum = 0;

	if (prctl(PR_SET_PDEATHSIG, SIGTERM) != 0)
		errnum = errno;
	if (getppid() != b->parent) /* it died before */
		_exit(127);
	if (b->p->own_group)
		setpgid(0, 0);
	signal(SIGPIPE, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	for (int i = 0; i < 3 && errnum == 0; i++)
		if (dup2(b->theirs[i], i) < 0)
			errnum = errno;
	if (errnum == 0) {
		execvp(b->p->argv[0], b->p->argv);
		errnum = errno;
	}
	if (write(b->tell, &errnum, sizeof(errnum)) < 0) {
		/* nobody is left to be told */
	}
	_exit(127);
}

/* posix_spawn has no word for PR_SET_PDEATHSIG.  Returns 0 or errno. */
static int
fork_child(struct process_run *run, const int theirs[3])
{
	struct birth b = {run->p, theirs, getpid(), -1};
	int ours = -1, errnum = 0, flags;
	ssize_t n;

	errnum = open_pipe(1, &b.tell, &ours);
	if (errnum == 0 && (flags = fcntl(ours, F_GETFL)) >= 0)
		fcntl(ours, F_SETFL, flags & ~O_NONBLOCK);
	if (errnum == 0)
		run->pid = fork();
	if (errnum == 0 && run->pid == 0)
		live(&b);
	if (errnum == 0 && run->pid < 0)
		errnum = errno;
	process_close(&b.tell);
	if (errnum == 0) {
		do
			n = read(ours, &errnum, sizeof(errnum));
		while (n < 0 && errno == EINTR);
		if (n != sizeof(errnum))
			errnum = 0;
		else
			waitpid(run->pid, NULL, 0);
	}
	process_close(&ours);
	return errnum;
}

static int
set_attributes(posix_spawnattr_t *attr, bool own_group)
{
	short flags = POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK;
	sigset_t none, defaults;
	int rc;

	sigemptyset(&none);
	sigemptyset(&defaults);
	sigaddset(&defaults, SIGPIPE);
	if (own_group)
		flags |= POSIX_SPAWN_SETPGROUP; /* 0, from the start: its own */
	rc = posix_spawnattr_setsigmask(attr, &none);
	if (rc == 0)
		rc = posix_spawnattr_setsigdefault(attr, &defaults);
	if (rc == 0)
		rc = posix_spawnattr_setflags(attr, flags);
	return rc;
}

/* Start the child on its ends of the streams.  Returns 0 or errno. */
static int
spawn(struct process_run *run, const int theirs[3])
{
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attr;
	int rc;

	if (run->p->close_fds)
		close_on_exec();
	if (run->p->dies_with_us)
		return fork_child(run, theirs);
	rc = posix_spawn_file_actions_init(&actions);
	if (rc != 0)
		return rc;
	rc = posix_spawnattr_init(&attr);
	if (rc != 0)
		goto out;
	rc = set_attributes(&attr, run->p->own_group);
	for (int i = 0; i < 3 && rc == 0; i++)
		rc = posix_spawn_file_actions_adddup2(&actions, theirs[i], i);
	if (rc == 0)
		rc = posix_spawnp(&run->pid, run->p->argv[0], &actions, &attr,
		    run->p->argv, environ);
	posix_spawnattr_destroy(&attr);
out:
	posix_spawn_file_actions_destroy(&actions);
	return rc;
}

int
process_start(struct process_run *run)
{
	const int wanted[3] = {run->p->in, run->p->out, run->p->err};
	int theirs[3] = {-1, -1, -1}, rc = 0;

	for (int i = 0; i < 3 && rc == 0; i++)
		rc = open_stream(i, wanted[i], &theirs[i], &run->ends[i]);
	if (rc == 0)
		rc = spawn(run, theirs);
	for (int i = 0; i < 3; i++) {
		process_close(&theirs[i]);
		if (rc != 0)
			process_close(&run->ends[i]);
	}
	return rc;
}

/* The child's part: never returns. */
static void
become(const char *path, char *const *argv)
{
	sigset_t none;
	int fd;

	setsid();
	fd = open("/dev/null", O_RDWR);
	for (int i = 0; i < 3; i++)
		if (fd < 0 || dup2(fd, i) < 0)
			_exit(127);
	if (fd > 2)
		close(fd);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	signal(SIGPIPE, SIG_DFL);
	execv(path, argv);
	_exit(127);
}

int
process_detach(const char *path, char *const *argv)
{
	pid_t pid;

	close_on_exec();
	pid = fork();
	if (pid == 0)
		become(path, argv);
	return pid < 0 ? errno : 0;
}
