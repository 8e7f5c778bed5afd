#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stddef.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/num.h"
#include "core/process.h"
#include "core/timestamp.h"

#define GRACE_MS 5000
#define NAP_MS 25 /* between looks at a child without pipes, at most */
#define FD_END 65536 /* without /dev/fd those from here on stay open */

extern char **environ;

enum phase { RUNNING, TERMINATED, KILLED };

struct run {
	const struct process *p;
	struct process_result result;
	pid_t pid;
	int ends[3]; /* ours, of the pipes to 0, 1, 2; or -1 */
	size_t n_written; /* of the input */
	int64_t deadline_ms; /* of the phase; INT64_MAX: none */
	int64_t tick_ms; /* of the next tick; INT64_MAX: none */
	int nap_ms;
	enum phase phase;
};

/* A copy of fd that is in nobody's way and dies with exec; or -1. */
static int
move_up(int fd)
{
	return fcntl(fd, F_DUPFD_CLOEXEC, 3);
}

static void
close_end(int *end)
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
		close_end(&fd);
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
spawn(struct run *run, const int theirs[3])
{
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attr;
	int rc;

	rc = posix_spawn_file_actions_init(&actions);
	if (rc != 0)
		return rc;
	rc = posix_spawnattr_init(&attr);
	if (rc != 0)
		goto out;
	rc = set_attributes(&attr, run->p->own_group);
	for (int i = 0; i < 3 && rc == 0; i++)
		rc = posix_spawn_file_actions_adddup2(&actions, theirs[i], i);
	if (run->p->close_fds)
		close_on_exec();
	if (rc == 0)
		rc = posix_spawnp(&run->pid, run->p->argv[0], &actions, &attr,
		    run->p->argv, environ);
	posix_spawnattr_destroy(&attr);
out:
	posix_spawn_file_actions_destroy(&actions);
	return rc;
}

static int
start(struct run *run)
{
	const int wanted[3] = {run->p->in, run->p->out, run->p->err};
	int theirs[3] = {-1, -1, -1}, rc = 0;

	for (int i = 0; i < 3 && rc == 0; i++)
		rc = open_stream(i, wanted[i], &theirs[i], &run->ends[i]);
	if (rc == 0)
		rc = spawn(run, theirs);
	for (int i = 0; i < 3; i++) {
		close_end(&theirs[i]);
		if (rc != 0)
			close_end(&run->ends[i]);
	}
	return rc;
}

/* write(2) without SIGPIPE: it is held back, and taken if it came. */
static ssize_t
write_quietly(int fd, const void *data, size_t len)
{
	sigset_t sigpipe, old, pending;
	bool was_pending;
	int saved, signo;
	ssize_t n;

	sigemptyset(&sigpipe);
	sigaddset(&sigpipe, SIGPIPE);
	sigpending(&pending);
	was_pending = sigismember(&pending, SIGPIPE);
	pthread_sigmask(SIG_BLOCK, &sigpipe, &old);
	n = write(fd, data, len);
	saved = errno;
	sigpending(&pending);
	if (n < 0 && !was_pending && sigismember(&pending, SIGPIPE))
		sigwait(&sigpipe, &signo);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	errno = saved;
	return n;
}

static bool
is_passing(int error)
{
	return error == EAGAIN || error == EWOULDBLOCK || error == EINTR;
}

static void
feed(struct run *run)
{
	const char *data = run->p->input;
	size_t left = run->p->input_len - run->n_written;
	ssize_t n = 0;

	if (left > 0)
		n = write_quietly(run->ends[0], data + run->n_written, left);
	if (n > 0)
		run->n_written += (size_t)n;
	if ((n < 0 && !is_passing(errno)) ||
	    run->n_written == run->p->input_len)
		close_end(&run->ends[0]);
}

static void
drink(struct run *run, int stream)
{
	char data[16384];
	ssize_t n = read(run->ends[stream], data, sizeof(data));

	if (n > 0 && run->p->on_data)
		run->p->on_data(run->p->arg, stream, data, (size_t)n);
	if (n == 0 || (n < 0 && !is_passing(errno)))
		close_end(&run->ends[stream]);
}

static void
signal_child(const struct run *run, int signo)
{
	kill(run->p->own_group ? -run->pid : run->pid, signo);
}

/* Go on to the next phase, which is shorter. */
static void
end_phase(struct run *run, int64_t now)
{
	int64_t grace = run->p->grace_ms ? run->p->grace_ms : GRACE_MS;

	signal_child(run, run->phase == RUNNING ? SIGTERM : SIGKILL);
	run->deadline_ms = run->phase == RUNNING ? now + grace : INT64_MAX;
	run->phase = run->phase == RUNNING ? TERMINATED : KILLED;
}

/* How long poll may wait, in milliseconds. */
static int
patience(struct run *run, int64_t now)
{
	int64_t next =
	    run->tick_ms < run->deadline_ms ? run->tick_ms : run->deadline_ms;
	int64_t left = next - now;
	bool has_output = run->ends[1] >= 0 || run->ends[2] >= 0;

	if (!has_output || run->phase == KILLED) {
		/* nothing will tell that it has ended */
		run->nap_ms = run->nap_ms < NAP_MS ? run->nap_ms + 1 : NAP_MS;
		left = left < run->nap_ms ? left : run->nap_ms;
	} else if (next == INT64_MAX) {
		return -1;
	}
	if (left < 0)
		return 0;
	return left < 1000000 ? (int)left : 1000000;
}

/* Wait for something to happen, and deal with it. */
static void
turn(struct run *run)
{
	bool listens = run->p->stop_fd > 0 && run->phase == RUNNING;
	struct pollfd fds[4] = {
	    {.fd = run->ends[0], .events = POLLOUT},
	    {.fd = run->ends[1], .events = POLLIN},
	    {.fd = run->ends[2], .events = POLLIN},
	    {.fd = listens ? run->p->stop_fd : -1, .events = POLLIN},
	};
	int64_t now = timestamp_monotonic();

	if (poll(fds, 4, patience(run, now)) < 0)
		return;
	if (fds[0].revents)
		feed(run);
	for (int i = 1; i < 3; i++)
		if (fds[i].revents)
			drink(run, i);
	now = timestamp_monotonic();
	if (now >= run->tick_ms) {
		run->p->on_tick(run->p->arg);
		now = timestamp_monotonic();
		run->tick_ms = now + run->p->tick_ms;
	}
	if (fds[3].revents)
		run->result.stopped = true;
	else if (now >= run->deadline_ms && run->phase == RUNNING)
		run->result.timed_out = true;
	if (fds[3].revents || now >= run->deadline_ms)
		end_phase(run, now);
}

/* Has the child ended, and is there nothing more to come from it?  It stays
 * a zombie, so that its group keeps its number. */
static bool
is_over(const struct run *run)
{
	siginfo_t info = {.si_pid = 0};

	if (run->phase != KILLED && (run->ends[1] >= 0 || run->ends[2] >= 0))
		return false;
	return waitid(P_PID, (id_t)run->pid, &info,
		   WEXITED | WNOHANG | WNOWAIT) != 0 ||
	       info.si_pid != 0;
}

/* Where our parent ignored SIGCHLD, children leave no status behind. */
static void
want_status(void)
{
	struct sigaction sa;

	if (sigaction(SIGCHLD, NULL, &sa) == 0 && sa.sa_handler == SIG_IGN)
		signal(SIGCHLD, SIG_DFL);
}

int
process_run(const struct process *p, struct process_result *r)
{
	struct run run = {.p = p,
	    .ends = {-1, -1, -1},
	    .deadline_ms = INT64_MAX,
	    .tick_ms = INT64_MAX};
	int rc, status = 0;

	want_status();
	rc = start(&run);
	if (rc != 0)
		return rc;
	if (p->timeout_ms > 0)
		run.deadline_ms = timestamp_monotonic() + p->timeout_ms;
	if (p->tick_ms > 0)
		run.tick_ms = timestamp_monotonic() + p->tick_ms;
	while (!is_over(&run))
		turn(&run);
	if (run.phase == TERMINATED) /* those that it left behind */
		signal_child(&run, SIGKILL);
	for (int i = 0; i < 3; i++)
		close_end(&run.ends[i]);
	while (waitpid(run.pid, &status, 0) < 0 && errno == EINTR)
		;
	if (WIFSIGNALED(status))
		run.result.signo = WTERMSIG(status);
	else
		run.result.status = WEXITSTATUS(status);
	*r = run.result;
	return 0;
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
