#include <fcntl.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sysexits.h>
#include <unistd.h>

#include "core/buf.h"
#include "core/diag.h"
#include "core/histogram.h"
#include "core/num.h"
#include "core/timestamp.h"
#include "obs/log.h"
#include "obs/run.h"

#define LOG_SIZE ((uint64_t)10 << 20)
#define LOG_KEEP 5

struct run_counts run_counts;

static struct histogram latencies; /* in microseconds */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int64_t started, started_monotonic;
static bool is_over;

static const struct count {
	const char *name, *words; /* words: for people; NULL: not for them */
	const uint64_t *n;
} counts[] = {
    {"records_in", "in", &run_counts.records_in},
    {"records_out", "out", &run_counts.records_out},
    {"rejected", "rejected", &run_counts.rejected},
    {"malformed", "malformed", &run_counts.malformed},
    {"bytes_in", NULL, &run_counts.bytes_in},
    {"bytes_out", NULL, &run_counts.bytes_out},
    {"retries", "retries", &run_counts.retries},
    {"cache_hits", "cache hits", &run_counts.cache_hits},
};

#define N_COUNTS (sizeof(counts) / sizeof(*counts))

static void
wrong_variable(const char *name, const char *value, const char *want)
{
	diag_warn("%s: %s: not %s; taking the default", name, value, want);
}

static enum diag_level
level_of_file(void)
{
	const char *s = getenv("CDO_LOG_LEVEL");

	for (int level = DIAG_DEBUG; s && level <= DIAG_ERROR; level++)
		if (strcmp(s, diag_level_name((enum diag_level)level)) == 0)
			return (enum diag_level)level;
	if (s)
		wrong_variable(
		    "CDO_LOG_LEVEL", s, "debug, info, warning or error");
	return DIAG_INFO;
}

static void
open_log(void)
{
	struct log_options o = {.path = getenv("CDO_LOG_FILE"),
	    .max_size = LOG_SIZE,
	    .keep = LOG_KEEP};
	const char *size = getenv("CDO_LOG_MAX_SIZE");
	const char *keep = getenv("CDO_LOG_KEEP");
	uint64_t n = LOG_KEEP;

	if (!o.path || !*o.path)
		return;
	o.least = level_of_file();
	if (size && num_size(size, 0, UINT64_MAX, &o.max_size) != 0)
		wrong_variable("CDO_LOG_MAX_SIZE", size, "a size");
	if (keep && num_uint(keep, 1, 1000, &n) != 0)
		wrong_variable("CDO_LOG_KEEP", keep, "a number from 1 to 1000");
	o.keep = (unsigned)n;
	log_open(&o);
}

/*
 * Where a standard stream is closed, the next file that is opened would take
 * its place, and get our records.  What stands there instead cannot be used:
 * reading 0 and writing 1 still fail with EBADF; messages go nowhere.
 */
static void
hold_streams(void)
{
	static const int modes[] = {O_WRONLY, O_RDONLY, O_RDWR};

	for (int fd = 0; fd <= 2; fd++)
		if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", modes[fd]) < 0)
			die_errno(EX_OSERR, "/dev/null: open");
}

void
run_start(const char *argv0)
{
	const char *now = getenv("CDO_NOW");
	int64_t ms;

	diag_init(argv0);
	hold_streams();
	started = timestamp_now();
	started_monotonic = timestamp_monotonic();
	open_log();
	if (now && !timestamp_parse(now, strlen(now), &ms))
		wrong_variable("CDO_NOW", now, "an RFC 3339 date-time");
	diag_set_end(run_end);
}

static int64_t
peak_kib(void)
{
	struct rusage u;

	return getrusage(RUSAGE_SELF, &u) == 0 ? (int64_t)u.ru_maxrss : 0;
}

void
run_add(uint64_t *count, uint64_t n)
{
	pthread_mutex_lock(&lock);
	*count += n;
	pthread_mutex_unlock(&lock);
}

void
run_latency(int64_t us)
{
	pthread_mutex_lock(&lock);
	histogram_add(&latencies, us > 0 ? (uint64_t)us : 0);
	pthread_mutex_unlock(&lock);
}

static void
add_calls(struct buf *b)
{
	static const struct {
		const char *name;
		double p;
	} quantiles[] = {{"p50", 0.5}, {"p95", 0.95}, {"p99", 0.99}};

	if (run_counts.calls == 0)
		return;
	buf_addf(b, ",\"calls\":%" PRIu64 ",\"wire_bytes\":%" PRIu64,
	    run_counts.calls, run_counts.wire_bytes);
	for (size_t i = 0; latencies.n > 0 && i < 3; i++)
		buf_addf(b, "%s\"%s\":%.3f%s",
		    i == 0 ? ",\"latency_ms\":{" : ",", quantiles[i].name,
		    (double)histogram_quantile(&latencies, quantiles[i].p) /
			1000,
		    i == 2 ? "}" : "");
}

static void
add_event(struct buf *b, int status, int64_t took_ms)
{
	char start[TIMESTAMP_SIZE];

	timestamp_format(started, start);
	log_begin(b, DIAG_INFO);
	buf_addf(b,
	    ",\"event\":\"run\",\"started\":\"%s\",\"duration_ms\":%" PRId64
	    ",\"exit\":%d",
	    start, took_ms, status);
	for (size_t i = 0; i < N_COUNTS; i++)
		buf_addf(b, ",\"%s\":%" PRIu64, counts[i].name, *counts[i].n);
	add_calls(b);
	buf_addf(b, ",\"peak_kib\":%" PRId64 "}\n", peak_kib());
}

static void
add_words(struct buf *b, int status, int64_t took_ms)
{
	const char *comma = "";

	buf_adds(b, "run: ");
	for (size_t i = 0; i < N_COUNTS; i++) {
		/* in and out always, the others when there were any */
		if (!counts[i].words || (i > 1 && *counts[i].n == 0))
			continue;
		buf_addf(b, "%s%" PRIu64 " %s", comma, *counts[i].n,
		    counts[i].words);
		comma = ", ";
	}
	buf_adds(b, " in ");
	num_add_duration(b, took_ms);
	buf_addf(b, ", exit %d", status);
	buf_addc(b, '\0');
}

int
run_end(int status)
{
	int64_t took_ms = timestamp_monotonic() - started_monotonic;
	struct buf line = {0}, words = {0};

	if (is_over)
		return status;
	is_over = true;
	add_event(&line, status, took_ms);
	add_words(&words, status, took_ms);
	log_line(DIAG_INFO, line.data, line.len);
	buf_addc(&line, '\0');
	diag_event(DIAG_INFO, words.data, line.data);
	buf_release(&line);
	buf_release(&words);
	log_close();
	return status;
}
