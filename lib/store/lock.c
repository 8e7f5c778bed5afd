/* A wait in the kernel's queue, which is fair, but not for ever.
 * For gettid and SIGEV_THREAD_ID:
 * NOLINTNEXTLINE(bugprone-reserved-identifier) */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

#include "core/timestamp.h"
#include "store/dir.h"
#include "stream/stop.h"

#ifndef sigev_notify_thread_id
#define sigev_notify_thread_id _sigev_un._tid
#endif

/* The signal is there to interrupt flock. */
static void
on_alarm(int signo)
{
	(void)signo;
}

/*
 * Have SIGALRM interrupt this thread in wait_ms, and from then on every 10 ms:
 * the first one may come before flock sleeps.
 */
static int
start_timer(timer_t *timer, int64_t wait_ms)
{
	struct sigaction sa = {.sa_handler = on_alarm};
	struct sigevent ev = {
	    .sigev_notify = SIGEV_THREAD_ID, .sigev_signo = SIGALRM};
	struct itimerspec when = {.it_interval = {0, 10000000}};

	ev.sigev_notify_thread_id = gettid();
	when.it_value.tv_sec = (time_t)(wait_ms / 1000);
	when.it_value.tv_nsec = (long)(wait_ms % 1000 * 1000000);
	sigemptyset(&sa.sa_mask);
	if (sigaction(SIGALRM, &sa, NULL) != 0 ||
	    timer_create(CLOCK_MONOTONIC, &ev, timer) != 0)
		return -1;
	return timer_settime(*timer, 0, &when, NULL);
}

/* Wait while the timer runs. */
static int
wait_for_lock(int fd, int64_t deadline)
{
	while (flock(fd, LOCK_EX) != 0) {
		if (errno != EINTR || stop_signal() != 0)
			return -1;
		if (timestamp_monotonic() >= deadline) {
			errno = EWOULDBLOCK;
			return -1;
		}
	}
	return 0;
}

int
lock_file(int fd, int64_t wait_ms)
{
	int64_t deadline = timestamp_monotonic() + wait_ms;
	sigset_t alarm_only, mask;
	timer_t timer;
	int status, errnum;

	if (flock(fd, LOCK_EX | LOCK_NB) == 0)
		return 0;
	if (errno != EWOULDBLOCK || wait_ms <= 0 ||
	    start_timer(&timer, wait_ms) != 0)
		return -1;
	sigemptyset(&alarm_only);
	sigaddset(&alarm_only, SIGALRM);
	pthread_sigmask(SIG_UNBLOCK, &alarm_only, &mask);
	status = wait_for_lock(fd, deadline);
	errnum = errno;
	timer_delete(timer);
	pthread_sigmask(SIG_SETMASK, &mask, NULL);
	errno = errnum;
	return status;
}
