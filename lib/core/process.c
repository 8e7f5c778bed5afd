/* The running half of process. */
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stddef.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/process_private.h"
#include "core/timestamp.h"

#define GRACE_MS 5000
#define NAP_MS 25 /* between looks at a child without pipes, at most */
#define STOP_NAP_MS 100 /* at one that may stop for want of the terminal */

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
feed(struct process_run *run)
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
		process_close(&run->ends[0]);
}

static void
drink(struct process_run *run, int stream)
{
	char data[16384];
	ssize_t n = read(run->ends[stream], data, sizeof(data));

	if (n > 0 && run->p->on_data)
		run->p->on_data(run->p->arg, stream, data, (size_t)n);
	if (n == 0 || (n < 0 && !is_passing(errno)))
		process_close(&run->ends[stream]);
}

void
process_signal(const struct process_run *run, int signo)
{
	kill(run->p->own_group ? -run->pid : run->pid, signo);
}

/* Go on to the next phase, which is shorter. */
static void
end_phase(struct process_run *run, int64_t now)
{
	int64_t grace = run->p->grace_ms ? run->p->grace_ms : GRACE_MS;

	if (run->phase != PROCESS_RUNNING) {
		process_signal(run, SIGKILL);
		run->deadline_ms = INT64_MAX;
		run->phase = PROCESS_KILLED;
		return;
	}
	process_signal(run, run->result.stopped && run->p->stop_signo
				? run->p->stop_signo()
				: SIGTERM);
	process_signal(run, SIGCONT); /* a stopped one could not take it */
	run->deadline_ms = now + grace;
	run->phase = PROCESS_TERMINATED;
}

/* How long poll may wait, in milliseconds. */
static int
patience(struct process_run *run, int64_t now)
{
	int64_t next =
	    run->tick_ms < run->deadline_ms ? run->tick_ms : run->deadline_ms;
	int64_t left = next - now;
	bool has_output = run->ends[1] >= 0 || run->ends[2] >= 0;

	if (!has_output || run->phase == PROCESS_KILLED) {
		/* nothing will tell that it has ended */
		run->nap_ms = run->nap_ms < NAP_MS ? run->nap_ms + 1 : NAP_MS;
		left = left < run->nap_ms ? left : run->nap_ms;
	} else if (run->p->tty > 0) {
		left = left < STOP_NAP_MS ? left : STOP_NAP_MS;
	} else if (next == INT64_MAX) {
		return -1;
	}
	if (left < 0)
		return 0;
	return left < 1000000 ? (int)left : 1000000;
}

/* Note why it must end now, if it must.  Returns whether. */
static bool
must_end(struct process_run *run, bool is_stopped, int64_t now)
{
	struct process_result *r = &run->result;

	if (run->phase != PROCESS_RUNNING)
		return now >= run->deadline_ms;
	if (is_stopped)
		r->stopped = true;
	else if (run->p->enough && *run->p->enough)
		r->had_enough = true;
	else if (run->is_denied)
		r->no_terminal = true;
	else if (now >= run->deadline_ms)
		r->timed_out = true;
	return r->stopped || r->had_enough || r->no_terminal || r->timed_out;
}

/* Wait for something to happen, and deal with it. */
static void
turn(struct process_run *run)
{
	bool listens = run->p->stop_fd > 0 && run->phase == PROCESS_RUNNING;
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
	if (must_end(run, fds[3].revents != 0, now))
		end_phase(run, now);
}

/* Has the child ended, and is there nothing more to come from it?  It stays
 * a zombie, so that its group keeps its number. */
static bool
is_over(struct process_run *run)
{
	siginfo_t info = {.si_pid = 0};
	id_t id = (id_t)run->pid;

	if (run->p->tty > 0 &&
	    waitid(P_PID, id, &info, WSTOPPED | WNOHANG) == 0 &&
	    info.si_pid != 0)
		process_stopped(run, info.si_status);
	info.si_pid = 0;
	if (run->phase != PROCESS_KILLED &&
	    (run->ends[1] >= 0 || run->ends[2] >= 0))
		return false;
	return waitid(P_PID, id, &info, WEXITED | WNOHANG | WNOWAIT) != 0 ||
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
	struct process_run run = {.p = p,
	    .ends = {-1, -1, -1},
	    .deadline_ms = INT64_MAX,
	    .tick_ms = INT64_MAX};
	int rc, status = 0;

	want_status();
	rc = process_start(&run);
	if (rc != 0)
		return rc;
	if (p->timeout_ms > 0)
		run.deadline_ms = timestamp_monotonic() + p->timeout_ms;
	if (p->tick_ms > 0)
		run.tick_ms = timestamp_monotonic() + p->tick_ms;
	while (!is_over(&run))
		turn(&run);
	if (run.phase == PROCESS_TERMINATED) /* those that it left behind */
		process_signal(&run, SIGKILL);
	process_take_terminal(&run);
	for (int i = 0; i < 3; i++)
		process_close(&run.ends[i]);
	while (waitpid(run.pid, &status, 0) < 0 && errno == EINTR)
		;
	if (WIFSIGNALED(status))
		run.result.signo = WTERMSIG(status);
	else
		run.result.status = WEXITSTATUS(status);
	*r = run.result;
	return 0;
}
