#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/diag.h"
#include "core/process.h"
#include "retry/attempt.h"
#include "stream/out.h"
#include "stream/stop.h"

#define LINE_MAX_SIZE ((size_t)64 << 10) /* of stderr; longer ones are cut */

/* Tell what failed of ours. */
static void
tell_trouble(const struct attempt *a, const char *where, int errnum)
{
	diag_error("%s: %.*s%s%s", where, (int)a->trouble.len, a->trouble.data,
	    errnum == EOVERFLOW ? "; see --max-hold" : ": ",
	    errnum == EOVERFLOW ? "" : strerror(errnum));
}

/* Read all of the input.  Returns 0 or our exit status. */
static int
spool(struct attempt *a)
{
	int errnum = hold_read(&a->input, STDIN_FILENO, stop_fd(), &a->trouble);

	if (errnum == EBADF && a->input.len == 0) { /* it is closed */
		a->passes_input = true;
		return 0;
	}
	if (stop_signal() != 0)
		return 128 + stop_signal();
	if (errnum == 0)
		return 0;
	tell_trouble(a, "<stdin>", errnum);
	return RETRY_FAILED;
}

int
attempt_init(struct attempt *a, const struct retry *r, struct gate *gate)
{
	int tty = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);

	*a = (struct attempt){.r = r,
	    .gate = gate,
	    .tty = tty > 0 ? tty : 0,
	    .input.max = r->max_hold,
	    .output.max = r->max_hold};
	a->passes_input = r->input == RETRY_PASS ||
			  (r->input == RETRY_SPOOL && isatty(STDIN_FILENO));
	if (a->passes_input || r->input == RETRY_NONE)
		return 0;
	return spool(a);
}

/* Write a line of stderr, its LF included, with what it is of before it. */
static void
write_line(struct attempt *a, const char *line, size_t len)
{
	struct buf b = {0};

	buf_addf(&b, "%s[%" PRIu64 "]: ", a->r->argv[0], a->n);
	buf_add(&b, line, len);
	if (len == 0 || line[len - 1] != '\n')
		buf_addc(&b, '\n');
	out_write(STDERR_FILENO, "<stderr>", b.data, b.len);
	buf_release(&b);
}

static void
prefix_lines(struct attempt *a, const char *data, size_t len)
{
	struct buf *b = &a->line;
	size_t done = 0;

	buf_add(b, data, len);
	while (done < b->len) {
		const char *from = b->data + done;
		const char *lf = memchr(from, '\n', b->len - done);
		size_t n = lf ? (size_t)(lf - from) + 1 : b->len - done;

		if (!lf && n < LINE_MAX_SIZE)
			break;
		write_line(a, from, n);
		done += n;
	}
	memmove(b->data, b->data + done, b->len - done);
	b->len -= done;
}

static void
on_data(void *arg, int stream, const char *data, size_t len)
{
	struct attempt *a = arg;

	if (stream == 2) {
		prefix_lines(a, data, len);
	} else if (a->r->output == RETRY_STREAM) {
		a->has_begun = true;
		out_write(STDOUT_FILENO, "<stdout>", data, len);
	} else if (!a->enough) {
		a->errnum = hold_add(&a->output, data, len, &a->trouble);
		a->enough = a->errnum != 0;
	}
}

static void
on_tick(void *arg)
{
	struct attempt *a = arg;

	gate_renew(a->gate);
}

/* It did not start. */
static void
fail_to_start(struct attempt *a, const char *name, int errnum)
{
	diag_error("%s: %s", name, strerror(errnum));
	a->end = ATTEMPT_BROKEN;
	a->status = errnum == ENOENT ? RETRY_NOT_FOUND : RETRY_CANNOT_RUN;
}

/* What became of it. */
static void
judge(struct attempt *a, const char *name, const struct process_result *r)
{
	a->signo = r->signo;
	a->status = r->signo != 0 ? 128 + r->signo : r->status;
	a->end = ATTEMPT_ENDED;
	if (r->stopped) {
		a->end = ATTEMPT_STOPPED;
		a->status = 128 + stop_signal();
	} else if (r->timed_out) {
		a->end = ATTEMPT_TIMED_OUT;
		a->status = RETRY_TIMED_OUT;
	} else if (a->enough || r->no_terminal) {
		a->end = ATTEMPT_BROKEN;
		a->status = RETRY_FAILED;
	}
	if (a->enough)
		tell_trouble(a, name, a->errnum);
	else if (r->no_terminal)
		diag_error("%s: it wants the terminal, but runs in the "
			   "background",
		    name);
}

void
attempt_run(
    struct attempt *a, char *const *argv, uint64_t n, int64_t timeout_ms)
{
	bool is_spooled = !a->passes_input && a->r->input == RETRY_SPOOL;
	struct process p = {.argv = argv,
	    .in = a->passes_input ? STDIN_FILENO : PROCESS_NULL,
	    .out = PROCESS_PIPE,
	    .err = a->r->has_prefix ? PROCESS_PIPE : STDERR_FILENO,
	    .on_data = on_data,
	    .arg = a,
	    .own_group = true,
	    .dies_with_us = true,
	    .tty = a->tty,
	    .timeout_ms = timeout_ms,
	    .grace_ms = a->r->grace_ms,
	    .stop_fd = stop_fd(),
	    .stop_signo = stop_signal,
	    .enough = &a->enough,
	    .tick_ms = GATE_RENEW_MS,
	    .on_tick = on_tick};
	struct process_result result = {.status = RETRY_FAILED};
	int file = -1, errnum;

	hold_clear(&a->output);
	a->trouble.len = 0;
	a->enough = false;
	a->n = n;
	if (is_spooled && hold_data(&a->input)) {
		p.in = PROCESS_PIPE;
		p.input = hold_data(&a->input);
		p.input_len = (size_t)a->input.len;
	} else if (is_spooled) {
		p.in = file = hold_open(&a->input);
	}
	errnum = is_spooled && !p.input && file < 0 ? errno
						    : process_run(&p, &result);
	if (file >= 0)
		close(file);
	if (a->line.len > 0)
		write_line(a, a->line.data, a->line.len);
	a->line.len = 0;
	if (errnum != 0)
		fail_to_start(a, argv[0], errnum);
	else
		judge(a, argv[0], &result);
}

int
attempt_emit(struct attempt *a)
{
	int errnum = hold_write(&a->output, STDOUT_FILENO, "<stdout>");

	if (errnum == 0)
		return 0;
	diag_error("temporary file: read: %s", strerror(errnum));
	return RETRY_FAILED;
}

void
attempt_release(struct attempt *a)
{
	hold_release(&a->input);
	hold_release(&a->output);
	buf_release(&a->line);
	buf_release(&a->trouble);
	if (a->tty > 0)
		close(a->tty);
}
