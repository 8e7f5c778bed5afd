/* core/process against real children: sh, cat, sleep. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/buf.h"
#include "core/process.h"
#include "core/timestamp.h"
#include "unit.h"

static struct buf got[3]; /* what came from stream 1 and 2 */

static void
on_data(void *arg, int stream, const char *data, size_t len)
{
	(void)arg;
	buf_add(&got[stream], data, len);
}

/* A shell's command, with all streams on pipes. */
static struct process
shell(char *argv[4], const char *command)
{
	static char sh[] = "sh", c[] = "-c";

	argv[0] = sh;
	argv[1] = c;
	argv[2] = (char *)command; /* exec does not write to it */
	argv[3] = NULL;
	got[1].len = got[2].len = 0;
	return (struct process){.argv = argv,
	    .in = PROCESS_PIPE,
	    .out = PROCESS_PIPE,
	    .err = PROCESS_PIPE,
	    .on_data = on_data,
	    .own_group = true,
	    .timeout_ms = 20000};
}

static struct process_result
run(const struct process *p)
{
	struct process_result r = {.status = -1};

	ok(process_run(p, &r) == 0);
	return r;
}

static void
test_streams(void)
{
	static char big[3000000];
	char *argv[4];
	struct process p;
	struct process_result r;

	test("process: streams are told apart, the exit status comes back");
	p = shell(argv, "read x; echo \"out $x\"; echo err >&2; exit 7");
	p.input = "$(hi)\n";
	p.input_len = 6;
	r = run(&p);
	ok(r.status == 7 && r.signo == 0 && !r.timed_out && !r.stopped);
	ok(is(got[1].data, got[1].len, "out $(hi)\n"));
	ok(is(got[2].data, got[2].len, "err\n"));

	test("process: megabytes go through a child without a deadlock");
	memset(big, 'x', sizeof(big));
	p = shell(argv, "cat");
	p.input = big;
	p.input_len = sizeof(big);
	ok(run(&p).status == 0);
	ok(got[1].len == sizeof(big));
	ok(got[1].len == sizeof(big) &&
	    memcmp(got[1].data, big, sizeof(big)) == 0);

	test("process: a child that does not read is no error, no SIGPIPE");
	p = shell(argv, "exec <&-; echo done");
	p.input = big;
	p.input_len = sizeof(big);
	ok(run(&p).status == 0);
	ok(is(got[1].data, got[1].len, "done\n"));

	test("process: no input is an empty one, /dev/null or the given file");
	p = shell(argv, "cat; echo end");
	p.input = NULL;
	ok(run(&p).status == 0);
	ok(is(got[1].data, got[1].len, "end\n"));
	p = shell(argv, "cat; echo end");
	p.in = PROCESS_NULL;
	ok(run(&p).status == 0);
	ok(is(got[1].data, got[1].len, "end\n"));

	test("process: a stream may be another descriptor");
	p = shell(argv, "echo out; echo err >&2");
	p.out = PROCESS_NULL;
	ok(run(&p).status == 0);
	ok(got[1].len == 0 && is(got[2].data, got[2].len, "err\n"));
}

static void
test_swap(void)
{
	char *argv[4], text[16];
	int ends[2], saved[2] = {dup(1), dup(2)};
	struct process p = shell(argv, "echo out; echo err >&2");
	struct process_result r;
	ssize_t n;

	test("process: standard output and error can change places");
	if (pipe(ends) != 0)
		abort();
	fflush(stdout);
	dup2(ends[1], 2);
	p.out = 2;
	p.err = PROCESS_NULL;
	r = run(&p);
	dup2(saved[1], 2);
	n = read(ends[0], text, sizeof(text));
	ok(r.status == 0 && n == 4 && memcmp(text, "out\n", 4) == 0);
	for (int i = 0; i < 2; i++) {
		close(ends[i]);
		close(saved[i]);
	}
}

static void
test_failures(void)
{
	static char none[] = "cdo-no-such-program", dir[] = "/etc/passwd";
	char *argv[4], *missing[] = {none, NULL}, *not_run[] = {dir, NULL};
	struct process p = {.argv = missing, PROCESS_INHERIT};
	struct process_result r = {.status = 42};

	test("process: what cannot be started is errno");
	ok(process_run(&p, &r) == ENOENT && r.status == 42);
	p.argv = not_run;
	ok(process_run(&p, &r) == EACCES && r.status == 42);

	test("process: death by a signal is told");
	p = shell(argv, "kill -USR1 $$");
	r = run(&p);
	ok(r.signo == SIGUSR1 && r.status == 0 && !r.timed_out);
}

/* The process id that the child printed is gone within 5 seconds. */
static bool
is_gone(const struct buf *b)
{
	long pid = b->len > 0 ? strtol(b->data, NULL, 10) : 0;

	for (int i = 0; i < 500 && pid > 0; i++) {
		if (kill((pid_t)pid, 0) != 0)
			return errno == ESRCH;
		poll(NULL, 0, 10);
	}
	return false;
}

static void
test_times(void)
{
	char *argv[4];
	struct process p;
	struct process_result r;
	int64_t start = timestamp_monotonic();

	test("process: a timeout ends the whole group");
	p = shell(argv, "sleep 100 & echo $!; wait");
	p.timeout_ms = 200;
	r = run(&p);
	ok(r.timed_out && r.signo == SIGTERM);
	buf_addc(&got[1], '\0');
	ok(is_gone(&got[1]));

	test("process: a child that ignores SIGTERM gets SIGKILL");
	p = shell(argv, "trap '' TERM; echo; while :; do sleep 1; done");
	p.timeout_ms = 200;
	p.grace_ms = 100;
	r = run(&p);
	ok(r.timed_out && r.signo == SIGKILL);

	test("process: the same without pipes");
	p.in = p.out = p.err = PROCESS_NULL;
	r = run(&p);
	ok(r.timed_out && r.signo == SIGKILL);
	ok(timestamp_monotonic() - start < 20000);

	test("process: who left the group and holds a pipe is not waited for");
	p = shell(argv, "setsid sleep 30 & echo $!; trap '' TERM; wait");
	p.timeout_ms = 500;
	p.grace_ms = 100;
	r = run(&p);
	ok(r.timed_out && timestamp_monotonic() - start < 20000);
	buf_addc(&got[1], '\0');
	kill((pid_t)strtol(got[1].data, NULL, 10), SIGKILL);
}

static void
test_ignored(void)
{
	char *argv[4];
	struct process p = shell(argv, "exit 3");

	test("process: the status comes back where SIGCHLD was ignored");
	signal(SIGCHLD, SIG_IGN);
	ok(run(&p).status == 3);
	signal(SIGCHLD, SIG_DFL);
}

static void
test_stop(void)
{
	char *argv[4];
	int ends[2];
	struct process p;
	struct process_result r;

	test("process: stop_fd ends the child");
	if (pipe(ends) != 0 || write(ends[1], "", 1) != 1)
		abort();
	p = shell(argv, "sleep 100");
	p.stop_fd = ends[0];
	r = run(&p);
	ok(r.stopped && !r.timed_out && r.signo == SIGTERM);

	test("process: descriptors of ours stay out with close_fds only");
	p = shell(argv, "{ true <&9; } 2>/dev/null && echo open; :");
	dup2(ends[0], 9);
	ok(run(&p).status == 0);
	ok(is(got[1].data, got[1].len, "open\n"));
	p = shell(argv, "{ true <&9; } 2>/dev/null && echo open; :");
	p.close_fds = true;
	ok(run(&p).status == 0);
	ok(got[1].len == 0);
	close(9);
	close(ends[0]);
	close(ends[1]);
}

static int
interrupt(void)
{
	return SIGINT;
}

static bool has_enough;

static void
take_enough(void *arg, int stream, const char *data, size_t len)
{
	on_data(arg, stream, data, len);
	has_enough = got[1].len > 100000;
}

static void
test_ends(void)
{
	char *argv[4];
	int ends[2];
	struct process p;
	struct process_result r;

	test("process: the signal that stops it may be another one");
	if (pipe(ends) != 0 || write(ends[1], "", 1) != 1)
		abort();
	p = shell(argv, "trap 'exit 5' INT; sleep 100 & wait");
	p.stop_fd = ends[0];
	p.stop_signo = interrupt;
	p.timeout_ms = 5000;
	r = run(&p);
	/* or it came before the trap */
	ok(r.stopped && (r.status == 5 || r.signo == SIGINT));
	close(ends[0]);
	close(ends[1]);

	test("process: it ends when there is enough");
	p = shell(argv, "yes");
	p.on_data = take_enough;
	p.enough = &has_enough;
	r = run(&p);
	ok(r.had_enough && !r.timed_out && r.signo == SIGTERM);
	ok(got[1].len > 100000);
}

/* Run the shell's command in a process that is then killed. */
static void
run_in_victim(const char *command)
{
	char *argv[4], text[32] = "";
	int ends[2];
	struct process p;
	pid_t pid;

	if (pipe(ends) != 0)
		abort();
	fflush(stdout);
	p = shell(argv, command);
	p.out = ends[1];
	p.dies_with_us = true;
	pid = fork();
	if (pid == 0) {
		close(ends[0]);
		run(&p);
		_exit(0);
	}
	ok(read(ends[0], text, sizeof(text) - 1) > 0);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	buf_adds(&got[1], text);
	buf_addc(&got[1], '\0');
	close(ends[0]);
	close(ends[1]);
}

static void
test_death(void)
{
	static char none[] = "cdo-no-such-program";
	char *argv[4], *missing[] = {none, NULL};
	struct process p = {
	    .argv = missing, PROCESS_INHERIT, .dies_with_us = true};
	struct process_result r;

	test("process: who is to die with us does, even of SIGKILL");
	run_in_victim("echo $$; exec sleep 100");
	ok(is_gone(&got[1]));

	test("process: such a one is started as any other");
	ok(process_run(&p, &r) == ENOENT);
	p = shell(argv, "cat; echo err >&2; exit 7");
	p.dies_with_us = true;
	p.input = "hi\n";
	p.input_len = 3;
	r = run(&p);
	ok(r.status == 7 && is(got[1].data, got[1].len, "hi\n"));
	ok(is(got[2].data, got[2].len, "err\n"));
	p = shell(argv, "ls /proc/self/fd | tr '\\n' ' '");
	p.dies_with_us = p.close_fds = true;
	ok(run(&p).status == 0);
	ok(is(got[1].data, got[1].len, "0 1 2 3 "));
}

static void
test_leaks(void)
{
	char *argv[4];
	struct process p = shell(argv, "exit 0");
	int before = dup(0);

	test("process: no descriptor is left open");
	close(before);
	for (int i = 0; i < 20; i++) {
		p.dies_with_us = i % 2 == 0;
		run(&p);
	}
	ok(dup(0) == before);
	close(before);
}

static int n_ticks;

static void
count_tick(void *arg)
{
	(void)arg;
	n_ticks++;
}

static void
test_ticks(void)
{
	char *argv[4];
	struct process p = shell(argv, "sleep 0.3");

	test("process: ticks come while it runs, with and without its output");
	p.tick_ms = 50;
	p.on_tick = count_tick;
	ok(run(&p).status == 0);
	ok(n_ticks >= 1);
	n_ticks = 0;
	p.out = p.err = PROCESS_NULL;
	ok(run(&p).status == 0);
	ok(n_ticks >= 1);
}

int
main(void)
{
	test_ticks();
	test_streams();
	test_swap();
	test_failures();
	test_times();
	test_ignored();
	test_stop();
	test_ends();
	test_death();
	test_leaks();
	for (int i = 0; i < 3; i++)
		buf_release(&got[i]);
	return done();
}
