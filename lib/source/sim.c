#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sysexits.h>

#include "core/cli.h"
#include "core/diag.h"
#include "core/num.h"
#include "core/random.h"
#include "core/timestamp.h"
#include "core/xmem.h"
#include "source/sim.h"
#include "source/task.h"
#include "stream/stop.h"
#include "json/write.h"

#define START_MS INT64_C(1767225600000) /* 2026-01-01T00:00:00Z */
#define STEP_MS INT64_C(3600000)
#define MOST UINT64_C(1000000000000)
#define END_MS INT64_C(253402300799999) /* the end of the year 9999 */
#define LONGEST_MS (INT64_C(366) * 86400000) /* a step */

static const char *const kinds[] = {"weather", "currency", "github", NULL};
static const char *const params[] = {
    "n", "seed", "faults", "start", "step", NULL};
static void (*const makers[])(struct sim *, uint64_t) = {
    sim_weather, sim_currency, sim_github};

int64_t
sim_range(uint64_t *state, int64_t low, int64_t high)
{
	return low + (int64_t)(random_next(state) % (uint64_t)(high - low + 1));
}

int64_t
sim_noise(uint64_t *state, int64_t spread)
{
	int64_t sum = 0;

	for (int i = 0; i < 4; i++)
		sum += sim_range(state, -spread, spread);
	return sum / 2;
}

static size_t
add_member(struct sim *s, const char *name, enum sim_type type)
{
	s->members[s->n_members] =
	    (struct sim_member){name, type, s->text.len, 0};
	return s->n_members++;
}

void
sim_text(struct sim *s, const char *name, const char *text)
{
	size_t i = add_member(s, name, SIM_TEXT);

	jwrite_string(&s->text, text, strlen(text));
	s->members[i].to = s->text.len;
}

void
sim_number(struct sim *s, const char *name, int64_t value, int digits)
{
	size_t i = add_member(s, name, SIM_NUMBER);
	int64_t unit = 1, size = value < 0 ? -value : value;

	for (int k = 0; k < digits; k++)
		unit *= 10;
	if (value < 0)
		buf_addc(&s->text, '-');
	jwrite_int(&s->text, size / unit);
	if (digits > 0)
		buf_addf(&s->text, ".%0*d", digits, (int)(size % unit));
	s->members[i].to = s->text.len;
}

void
sim_date(struct sim *s, const char *name, int64_t ms)
{
	size_t i = add_member(s, name, SIM_DATE);
	char text[TIMESTAMP_SIZE];

	jwrite_string(&s->text, text, timestamp_format(ms, text));
	s->members[i].to = s->text.len;
}

/* Let a member of this type have another value. */
static void
replace(struct sim *s, enum sim_type type, const char *value)
{
	size_t i;

	do
		i = random_next(&s->dice) % s->n_members;
	while (s->members[i].type != type);
	s->members[i].from = s->text.len;
	buf_adds(&s->text, value);
	s->members[i].to = s->text.len;
}

static void
leave_out(struct sim *s)
{
	size_t i = 1 + random_next(&s->dice) % (s->n_members - 1);

	s->n_members--;
	memmove(&s->members[i], &s->members[i + 1],
	    (s->n_members - i) * sizeof(*s->members));
}

static void
write_record(struct buf *out, const struct sim *s)
{
	for (size_t i = 0; i < s->n_members; i++) {
		const struct sim_member *m = &s->members[i];

		buf_addf(out, "%c\"%s\":", i == 0 ? '{' : ',', m->name);
		buf_add(out, s->text.data + m->from, m->to - m->from);
	}
	buf_addc(out, '}');
}

/* Append the record at hand to out, with a fault if the dice say so. */
static void
finish_record(struct buf *out, struct sim *s)
{
	bool is_faulty = random_next(&s->dice) % 1000000 < s->faults;
	uint64_t fault = is_faulty ? random_next(&s->dice) % 5 : 5;
	size_t start = out->len;

	if (fault == 0)
		leave_out(s);
	else if (fault == 1)
		replace(s, SIM_NUMBER, "\"n/a\"");
	else if (fault == 2)
		replace(s, SIM_NUMBER, "-9999");
	else if (fault == 3)
		replace(s, SIM_DATE, "\"2026-13-45T25:61:00Z\"");
	write_record(out, s);
	if (fault == 4) /* cut the line */
		out->len -= 1 + random_next(&s->dice) % (out->len - start - 2);
}

/* Which name is it?  -1, and why is told, if none. */
static int
find(const char *const *names, const char *what, const char *word,
    struct buf *why)
{
	for (int i = 0; names[i]; i++)
		if (strcmp(names[i], word) == 0)
			return i;
	buf_addf(why, "%s: unknown %s", word, what);
	cli_hint(why, word, names);
	return -1;
}

static const char *
set(struct sim *s, int param, const char *value)
{
	double share;
	int64_t ms;

	switch (param) {
	case 0:
		return num_uint(value, 0, MOST, &s->n) == 0
			   ? NULL
			   : "not a number up to 10^12";
	case 1:
		return num_uint(value, 0, UINT64_MAX, &s->seed) == 0
			   ? NULL
			   : "not a whole number";
	case 2:
		if (num_double(value, &share) != 0 || share < 0 || share > 1)
			return "not a share from 0 to 1";
		s->faults = (uint64_t)llround(share * 1e6);
		return NULL;
	case 3:
		return timestamp_parse(value, strlen(value), &s->start_ms)
			   ? NULL
			   : "not a time like 2026-01-31T00:00:00Z";
	default:
		if (num_duration(value, &ms) != 0 || ms < 0 || ms > LONGEST_MS)
			return "not a duration like 10m, up to a year";
		s->step_ms = ms;
		return NULL;
	}
}

/* NAME=VALUE, which is changed. */
static bool
parse_param(struct sim *s, char *text, struct buf *why)
{
	char *eq = strchr(text, '=');
	const char *fault;
	int i;

	if (!eq) {
		buf_addf(why, "%s: not NAME=VALUE", text);
		return false;
	}
	*eq = '\0';
	i = find(params, "parameter", text, why);
	if (i < 0)
		return false;
	fault = set(s, i, eq + 1);
	if (fault)
		buf_addf(why, "%s: %s: %s", text, eq + 1, fault);
	return !fault;
}

/* Read sim:KIND?NAME=VALUE&...  Returns the kind, or -1 and why. */
static int
parse(struct sim *s, const char *url, struct buf *why)
{
	char *text = xstrndup(url + 4, strlen(url + 4));
	char *query = strchr(text, '?'), *next;
	int kind;

	*s = (struct sim){
	    .n = 100, .seed = 1, .start_ms = START_MS, .step_ms = STEP_MS};
	if (query)
		*query++ = '\0';
	kind = find(kinds, "simulator", text, why);
	for (; kind >= 0 && query && *query; query = next) {
		next = strchr(query, '&');
		if (next)
			*next++ = '\0';
		if (!parse_param(s, query, why))
			kind = -1;
	}
	if (kind >= 0 && s->step_ms > 0 &&
	    s->n > (uint64_t)((END_MS - s->start_ms) / s->step_ms)) {
		buf_adds(why, "it would go on beyond the year 9999");
		kind = -1;
	}
	free(text);
	s->data = s->seed;
	s->dice = ~s->seed;
	return kind;
}

bool
source_check_sim(const char *url, struct buf *why)
{
	struct buf reason = {0};
	struct sim s;
	bool good = parse(&s, url, &reason) >= 0;

	if (!good)
		buf_addf(why, "%s: %.*s", url, (int)reason.len, reason.data);
	buf_release(&reason);
	return good;
}

enum page_end
page_from_sim(struct stream *st, int *status)
{
	struct emit *e = &st->w->emit;
	struct buf line = {0};
	struct sim s;
	int kind = parse(&s, st->request.url.data, &line);
	bool more = kind >= 0, is_plain = !e->expression && !e->see;

	page_start(st, "");
	if (kind < 0) {
		diag_error("%s: %.*s", e->name, (int)line.len, line.data);
		*status = EX_USAGE;
	}
	e->has_left = true; /* nothing can fail: there is no need to hold */
	for (uint64_t i = 0; kind >= 0 && i < s.n && more && !stop_signal();
	     i++) {
		struct piece p = {.number = i + 1};

		line.len = 0;
		makers[kind](&s, i);
		finish_record(&line, &s);
		if (is_plain && !e->annotation) {
			buf_addc(&line, '\n');
			more = emit_raw(e, line.data, line.len);
			continue;
		}
		buf_reserve(&line, JDOC_PADDING);
		p.text = line.data;
		p.len = line.len;
		more = emit_value(e, &p);
	}
	buf_release(&line);
	buf_release(&s.text);
	if (kind < 0)
		return PAGE_LOST;
	return more ? PAGE_CAME : PAGE_STOPPED;
}
