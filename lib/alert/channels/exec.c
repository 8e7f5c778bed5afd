/*
 * exec - run a program of ours with the notification on its standard input.
 *
 * No shell, and nothing of the data in the arguments.  What it writes to
 * standard output goes to standard error: ours is for events.
 */
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "alert/channel_settings.h"
#include "core/num.h"
#include "core/process.h"
#include "core/xmem.h"

struct exec {
	const json_t *argv_value;
	int64_t timeout_ms;
	char **argv; /* owned, as are its strings; ends with NULL */
};

static void
release(void *settings)
{
	struct exec *x = settings;

	for (size_t i = 0; x->argv && x->argv[i]; i++)
		free(x->argv[i]);
	free(x->argv);
	free(x);
}

static char **
load_argv(struct alerts *a, const struct doc_place *at, const json_t *v)
{
	struct doc_place place = {.up = at, .key = "argv"};
	size_t n = json_array_size(v);
	char **argv;

	if (n == 0 || json_string_length(json_array_get(v, 0)) == 0) {
		doc_fault(&a->doc, &place,
		    "must be an array: a program, and its arguments");
		return NULL;
	}
	argv = xcalloc(n + 1, sizeof(*argv));
	for (size_t i = 0; i < n; i++) {
		const json_t *s = json_array_get(v, i);

		argv[i] = xstrndup(json_string_value(s), json_string_length(s));
	}
	return argv;
}

static void *
load(struct alerts *a, const struct doc_place *at, const json_t *v,
    const struct channel *self)
{
	static const struct doc_member members[] = {
	    {"argv", DOC_STRINGS, offsetof(struct exec, argv_value), true,
		NULL},
	    {"timeout", DOC_DURATION, offsetof(struct exec, timeout_ms), false,
		NULL},
	    {NULL, DOC_VALUE, 0, false, NULL}};
	struct exec *x = xcalloc(1, sizeof(*x));

	(void)self;
	x->timeout_ms = CHANNEL_TIMEOUT_MS;
	if (doc_read(&a->doc, at, v, members, x) &&
	    channel_timeout(a, at, x->timeout_ms))
		x->argv = load_argv(a, at, x->argv_value);
	if (x->argv)
		return x;
	release(x);
	return NULL;
}

static enum delivery
judge(const struct exec *x, const struct process_result *r, struct buf *why)
{
	bool is_temporary = true;

	if (r->timed_out) {
		buf_adds(why, "timed out after ");
		num_add_duration(why, x->timeout_ms);
	} else if (r->signo != 0) {
		buf_addf(why, "killed by signal %d", r->signo);
	} else if (r->status != 0) {
		buf_addf(why, "exit status %d", r->status);
		is_temporary = r->status == EX_TEMPFAIL;
	} else {
		return DELIVERED;
	}
	return is_temporary ? DELIVERY_TEMPORARY : DELIVERY_PERMANENT;
}

static enum delivery
send(const void *settings, struct channel_link *link,
    const struct notification *n, struct attempt *t)
{
	const struct exec *x = settings;
	struct buf input = {0};
	struct process p = {.argv = x->argv,
	    .in = PROCESS_PIPE,
	    .out = STDERR_FILENO,
	    .err = STDERR_FILENO,
	    .own_group = true,
	    .close_fds = true,
	    .timeout_ms = x->timeout_ms};
	struct process_result r;
	int rc;

	(void)link;
	buf_add(&input, n->json.data, n->json.len);
	buf_addc(&input, '\n');
	p.input = input.data;
	p.input_len = input.len;
	rc = process_run(&p, &r);
	buf_release(&input);
	buf_addf(&t->why, "%s: ", x->argv[0]);
	if (rc == 0)
		return judge(x, &r, &t->why);
	buf_adds(&t->why, strerror(rc));
	return DELIVERY_PERMANENT;
}

const struct channel channel_exec = {.name = "exec",
    .load = load,
    .free = release,
    .send = send,
    .limits = {TEXT_BYTES, 0, 0, 0, false}};
