#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/timestamp.h"

#define DAY_MS ((int64_t)86400000)
#define LOWEST_MS ((int64_t)-62167219200000) /* 0000-01-01T00:00:00Z */
#define HIGHEST_MS ((int64_t)253402300799999) /* 9999-12-31T23:59:59.999Z */

/*
 * Days since 1970-01-01 of the proleptic Gregorian calendar, and back.  Years
 * start in March here, so that the leap day is a year's last: then the days
 * before month m are (153 m + 2) / 5.
 */

static int64_t
days_from_date(int64_t year, int month, int day)
{
	int64_t y = month > 2 ? year : year - 1;
	int64_t era = (y >= 0 ? y : y - 399) / 400, of_era = y - era * 400;
	int64_t of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;

	return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 +
	       of_year - 719468;
}

static void
date_from_days(int64_t days, int *year, int *month, int *day)
{
	int64_t z = days + 719468;
	int64_t era = (z >= 0 ? z : z - 146096) / 146097,
		doe = z - era * 146097;
	int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	int64_t m = (5 * doy + 2) / 153;

	*day = (int)(doy - (153 * m + 2) / 5 + 1);
	*month = (int)(m < 10 ? m + 3 : m - 9);
	*year = (int)(yoe + era * 400 + (*month <= 2));
}

static int
days_in_month(int year, int month)
{
	static const int days[] = {
	    31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

	return days[month - 1] + (month == 2 && leap);
}

struct scan {
	const char *s, *end;
};

/* Exactly n digits, from low to high. */
static bool
number(struct scan *c, int n, int low, int high, int *out)
{
	int v = 0;

	if (c->end - c->s < n)
		return false;
	for (; n > 0; n--, c->s++) {
		if (*c->s < '0' || *c->s > '9')
			return false;
		v = v * 10 + (*c->s - '0');
	}
	*out = v;
	return v >= low && v <= high;
}

static bool
one_of(struct scan *c, const char *set)
{
	if (c->s == c->end)
		return false;
	for (; *set; set++)
		if (*c->s == *set) {
			c->s++;
			return true;
		}
	return false;
}

/* .123456: the first three digits count. */
static bool
fraction(struct scan *c, int *ms)
{
	int unit = 100;

	*ms = 0;
	if (!one_of(c, "."))
		return true;
	if (c->s == c->end || *c->s < '0' || *c->s > '9')
		return false;
	for (; c->s < c->end && *c->s >= '0' && *c->s <= '9'; c->s++) {
		*ms += (*c->s - '0') * unit;
		unit /= 10;
	}
	return true;
}

/* Z, +hh:mm, -hh:mm or nothing, in minutes. */
static bool
offset(struct scan *c, int *minutes)
{
	int h, m;
	bool minus;

	*minutes = 0;
	if (c->s == c->end || one_of(c, "Zz"))
		return true;
	minus = *c->s == '-';
	if (!one_of(c, "+-") || !number(c, 2, 0, 23, &h) || !one_of(c, ":") ||
	    !number(c, 2, 0, 59, &m))
		return false;
	*minutes = (minus ? -1 : 1) * (h * 60 + m);
	return true;
}

bool
timestamp_parse(const char *s, size_t len, int64_t *ms)
{
	struct scan c = {s, s + len};
	int year, month, day, h = 0, min = 0, sec = 0, frac = 0, off = 0;
	int64_t t;

	if (!number(&c, 4, 0, 9999, &year) || !one_of(&c, "-") ||
	    !number(&c, 2, 1, 12, &month) || !one_of(&c, "-") ||
	    !number(&c, 2, 1, days_in_month(year, month), &day))
		return false;
	if (c.s < c.end &&
	    (!one_of(&c, "Tt ") || !number(&c, 2, 0, 23, &h) ||
		!one_of(&c, ":") || !number(&c, 2, 0, 59, &min) ||
		!one_of(&c, ":") || !number(&c, 2, 0, 60, &sec) ||
		!fraction(&c, &frac) || !offset(&c, &off)))
		return false;
	t = ((int64_t)h * 60 + min - off) * 60000 + sec * 1000 + frac;
	/* a leap second is the last of a day, UTC */
	if (c.s != c.end || (sec == 60 && (t - frac) % DAY_MS != 0))
		return false;
	*ms = days_from_date(year, month, day) * DAY_MS + t;
	return true;
}

size_t
timestamp_format(int64_t ms, char *out)
{
	int64_t days, rest;
	int year, month, day, n;

	if (ms < LOWEST_MS)
		ms = LOWEST_MS;
	if (ms > HIGHEST_MS)
		ms = HIGHEST_MS;
	days = (ms >= 0 ? ms : ms - DAY_MS + 1) / DAY_MS;
	rest = ms - days * DAY_MS;
	date_from_days(days, &year, &month, &day);
	n = snprintf(out, TIMESTAMP_SIZE, "%04d-%02d-%02dT%02d:%02d:%02d", year,
	    month, day, (int)(rest / 3600000), (int)(rest / 60000 % 60),
	    (int)(rest / 1000 % 60));
	if (rest % 1000)
		n += snprintf(out + n, TIMESTAMP_SIZE - (size_t)n, ".%03d",
		    (int)(rest % 1000));
	out[n++] = 'Z';
	out[n] = '\0';
	return (size_t)n;
}

static int64_t
read_clock(clockid_t id)
{
	struct timespec t = {0};

	clock_gettime(id, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static bool
fixed(int64_t *ms)
{
	const char *set = getenv("CDO_NOW");

	return set && timestamp_parse(set, strlen(set), ms);
}

bool
timestamp_is_fixed(void)
{
	int64_t ms;

	return fixed(&ms);
}

int64_t
timestamp_now(void)
{
	int64_t ms;

	return fixed(&ms) ? ms : read_clock(CLOCK_REALTIME);
}

int64_t
timestamp_monotonic(void)
{
	return read_clock(CLOCK_MONOTONIC);
}
