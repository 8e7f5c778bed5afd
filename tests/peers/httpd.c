/*
 * httpd - a small HTTP server for tests and the demo, on a free port of
 * 127.0.0.1, which it prints first.  It ends with TERM, with its parent, or
 * after --timeout: nothing is left behind.
 *
 *	/PATH                a file below --root, its type told by its suffix;
 *	                     PATH~N where there is one, for the Nth request
 *	/api/NAME            a --table, by pages (page or offset, per_page)
 *	/api/NAME.FORMAT     all of it as json (an array), ndjson or csv
 *	/hook...             POST: the body becomes a line of --hooks
 *	/echo                what was asked, as JSON
 *	/count?path=/PATH    how many requests there were for it
 *
 * --log writes what was asked, as /echo would tell it, a line each.
 *
 * Any request may spoil its own answer: httpd_reply.c has the parameters.
 */
#include <arpa/inet.h>
#include <fcntl.h>
#include <getopt.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>
#include <unistd.h>

#include "core/diag.h"
#include "core/num.h"
#include "core/xmem.h"
#include "httpd.h"
#include "stream/stop.h"

static struct site site = {.hooks = -1, .hook_headers = -1, .log = -1};
static uint64_t timeout_s = 300;

static enum MHD_Result
on_request(void *cls, struct MHD_Connection *connection, const char *url,
    const char *method, const char *version, const char *data, size_t *len,
    void **state)
{
	struct request *q = *state;

	(void)cls;
	(void)version;
	if (!q) {
		q = xcalloc(1, sizeof(*q));
		*state = q;
		return MHD_YES;
	}
	if (*len > 0) {
		buf_add(&q->body, data, *len);
		*len = 0;
		return MHD_YES;
	}
	q->connection = connection;
	q->method = method;
	q->path = url;
	return site_serve(&site, q);
}

static void
on_end(void *cls, struct MHD_Connection *connection, void **state,
    enum MHD_RequestTerminationCode why)
{
	struct request *q = *state;

	(void)cls;
	(void)connection;
	(void)why;
	if (q)
		buf_release(&q->body);
	free(q);
	*state = NULL;
}

static struct MHD_Daemon *
start(void)
{
	struct sockaddr_in address = {
	    .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	unsigned flags =
	    MHD_USE_THREAD_PER_CONNECTION | MHD_USE_INTERNAL_POLLING_THREAD;
	struct MHD_Daemon *daemon = MHD_start_daemon(flags, 0, NULL, NULL,
	    on_request, NULL, MHD_OPTION_SOCK_ADDR, &address,
	    MHD_OPTION_NOTIFY_COMPLETED, on_end, NULL, MHD_OPTION_END);

	if (!daemon)
		die_errno(EX_OSERR, "127.0.0.1: listen");
	printf("%u\n",
	    (unsigned)MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_BIND_PORT)
		->port);
	if (fflush(stdout) != 0)
		die_errno(EX_IOERR, "<stdout>: write");
	return daemon;
}

/* Wait for a signal, the end of the parent or of the time. */
static void
wait_for_end(pid_t parent)
{
	struct pollfd p = {.fd = stop_fd(), .events = POLLIN};

	for (uint64_t ms = 0; ms < timeout_s * 1000; ms += 100)
		if (poll(&p, 1, 100) > 0 || getppid() != parent)
			break;
	if (!stop_signal())
		raise(SIGTERM); /* wakes the threads that sleep */
}

static int
append_to(const char *path)
{
	int fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0666);

	if (fd < 0)
		die_errno(EX_CANTCREAT, "%s: open", path);
	return fd;
}

static void
add_table(const char *spec)
{
	site.tables =
	    xrealloc(site.tables, site.n_tables + 1, sizeof(*site.tables));
	if (!table_load(&site.tables[site.n_tables], spec))
		exit(EX_NOINPUT);
	site.n_tables++;
}

static const char usage[] =
    "usage: httpd [--root dir] [--table name=file.csv] [--faults share]\n"
    "             [--seed n] [--hooks file] [--hook-headers file]\n"
    "             [--log file] [--timeout seconds]\n";

_Noreturn static void
wrong_call(void)
{
	fputs(usage, stderr);
	exit(EX_USAGE);
}

static void
take_option(int c, const char *arg)
{
	switch (c) {
	case 'r':
		site.root = arg;
		break;
	case 't':
		add_table(arg);
		break;
	case 'f':
		if (num_double(arg, &site.faults) != 0 || site.faults < 0 ||
		    site.faults > 1)
			die(EX_USAGE, "--faults %s: not from 0 to 1", arg);
		break;
	case 's':
		if (num_uint(arg, 0, UINT64_MAX, &site.seed) != 0)
			die(EX_USAGE, "--seed %s: not a number", arg);
		break;
	case 'k':
		site.hooks = append_to(arg);
		break;
	case 'K':
		site.hook_headers = append_to(arg);
		break;
	case 'l':
		site.log = append_to(arg);
		break;
	case 'T':
		if (num_uint(arg, 1, 86400, &timeout_s) != 0)
			die(EX_USAGE, "--timeout %s: not from 1 to 86400", arg);
		break;
	default:
		wrong_call();
	}
}

int
main(int argc, char *argv[])
{
	static const struct option options[] = {
	    {"root", required_argument, NULL, 'r'},
	    {"table", required_argument, NULL, 't'},
	    {"faults", required_argument, NULL, 'f'},
	    {"seed", required_argument, NULL, 's'},
	    {"hooks", required_argument, NULL, 'k'},
	    {"hook-headers", required_argument, NULL, 'K'},
	    {"log", required_argument, NULL, 'l'},
	    {"timeout", required_argument, NULL, 'T'},
	    {NULL, 0, NULL, 0},
	};
	pid_t parent = getppid();
	struct MHD_Daemon *daemon;
	int c;

	diag_init(argv[0]);
	while ((c = getopt_long(argc, argv, "", options, NULL)) != -1)
		take_option(c, optarg);
	if (optind < argc)
		wrong_call();
	if (stop_init() != 0)
		die_errno(EX_OSERR, "signals");
	daemon = start();
	wait_for_end(parent);
	MHD_stop_daemon(daemon);
	for (size_t i = 0; i < site.n_tables; i++)
		table_release(&site.tables[i]);
	free(site.tables);
	site_forget();
	return 0;
}
