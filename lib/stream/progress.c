#include <inttypes.h>
#include <unistd.h>

#include "core/buf.h"
#include "core/diag.h"
#include "core/num.h"
#include "core/timestamp.h"
#include "stream/progress.h"

#define FIRST_MS 500
#define TERMINAL_MS 200
#define PLAIN_MS 10000

void
progress_start(struct progress *p, enum progress_mode mode)
{
	*p = (struct progress){.is_terminal = isatty(STDERR_FILENO) != 0};
	p->is_on = mode == PROGRESS_ON ||
		   (mode == PROGRESS_AUTO && p->is_terminal &&
		       !isatty(STDIN_FILENO) && !isatty(STDOUT_FILENO));
	if (!p->is_on)
		return;
	p->started = timestamp_monotonic();
	p->due = p->started + (p->is_terminal ? FIRST_MS : PLAIN_MS);
}

void
progress_total(struct progress *p, uint64_t bytes)
{
	p->total = bytes;
}

/* 812, 81.2k, 1.2M, 31G */
static void
add_count(struct buf *b, uint64_t n)
{
	static const char units[] = "kMGTPE";
	double x = (double)n;
	int unit = -1;

	while (x >= 999.5) {
		x /= 1000;
		unit++;
	}
	if (unit < 0)
		buf_addf(b, "%" PRIu64, n);
	else
		buf_addf(b, "%.3g%c", x, units[unit]);
}

static void
add_line(struct buf *b, const struct progress *p, uint64_t records,
    uint64_t bytes, uint64_t rejected)
{
	int64_t ms = timestamp_monotonic() - p->started;
	double left_ms;

	add_count(b, records);
	buf_adds(b, " records, ");
	add_count(b, ms > 0 ? bytes * 1000 / (uint64_t)ms : 0);
	buf_adds(b, "B/s");
	if (rejected > 0) {
		buf_adds(b, ", ");
		add_count(b, rejected);
		buf_adds(b, " rejected");
	}
	if (p->total > 0 && bytes > 0 && bytes < p->total) {
		left_ms =
		    (double)ms * (double)(p->total - bytes) / (double)bytes;
		buf_addf(b, ", %d%%, ", (int)(bytes * 100 / p->total));
		num_add_duration(b, (int64_t)left_ms / 1000 * 1000 + 1000);
		buf_adds(b, " left");
	}
	buf_addc(b, '\0');
}

static void
show(struct progress *p, uint64_t records, uint64_t bytes, uint64_t rejected)
{
	struct buf b = {0};

	add_line(&b, p, records, bytes, rejected);
	diag_status(b.data);
	buf_release(&b);
}

void
progress_show(
    struct progress *p, uint64_t records, uint64_t bytes, uint64_t rejected)
{
	int64_t now;

	if (!p->is_on)
		return;
	now = timestamp_monotonic();
	if (now < p->due)
		return;
	p->due = now + (p->is_terminal ? TERMINAL_MS : PLAIN_MS);
	show(p, records, bytes, rejected);
}

void
progress_end(
    struct progress *p, uint64_t records, uint64_t bytes, uint64_t rejected)
{
	if (!p->is_on)
		return;
	p->total = 0;
	if (p->is_terminal)
		diag_status(NULL);
	else
		show(p, records, bytes, rejected);
}
