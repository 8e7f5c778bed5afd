/* date-time, date and time of RFC 3339, duration of its appendix A. */
#include "schema/format_private.h"

struct scan {
	const char *s, *end;
};

/* The value of the two digits at s, or a number above 99. */
static unsigned
two_digits(const char *s)
{
	unsigned tens = (unsigned char)(s[0] - '0');
	unsigned ones = (unsigned char)(s[1] - '0');

	return tens > 9 || ones > 9 ? 100 : tens * 10 + ones;
}

static unsigned
days_in_month(unsigned year, unsigned month)
{
	static const unsigned char days[] = {
	    31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	bool is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

	return month == 2 && is_leap ? 29 : days[month - 1];
}

/* full-date: the 10 bytes at s. */
static bool
is_date(const char *s)
{
	unsigned century = two_digits(s), year = two_digits(s + 2);
	unsigned month = two_digits(s + 5), day = two_digits(s + 8);

	return century < 100 && year < 100 && s[4] == '-' && s[7] == '-' &&
	       month >= 1 && month <= 12 && day >= 1 &&
	       day <= days_in_month(century * 100 + year, month);
}

/* time-offset: all that is left.  In minutes. */
static bool
is_offset(const char *s, const char *end, int *minutes)
{
	unsigned h, m;

	if (end - s == 1 && (*s == 'Z' || *s == 'z')) {
		*minutes = 0;
		return true;
	}
	if (end - s != 6 || (*s != '+' && *s != '-') || s[3] != ':')
		return false;
	h = two_digits(s + 1);
	m = two_digits(s + 4);
	*minutes = (*s == '-' ? -1 : 1) * (int)(h * 60 + m);
	return h < 24 && m < 60;
}

/*
 * full-time.  A leap second is the last one of a day in UTC (section 5.7);
 * which days have one only the Earth knows.
 */
static bool
is_time(const char *s, const char *end)
{
	unsigned h, m, second;
	int offset;

	if (end - s < 9 || s[2] != ':' || s[5] != ':')
		return false;
	h = two_digits(s);
	m = two_digits(s + 3);
	second = two_digits(s + 6);
	s += 8;
	if (*s == '.') {
		if (++s == end || !chars_is_digit(*s))
			return false;
		while (s < end && chars_is_digit(*s))
			s++;
	}
	if (h > 23 || m > 59 || second > 60 || !is_offset(s, end, &offset))
		return false;
	return second < 60 ||
	       ((int)(h * 60 + m) - offset + 2 * 1440) % 1440 == 1439;
}

bool
format_date(const char *s, size_t len)
{
	return len == 10 && is_date(s);
}

bool
format_time(const char *s, size_t len)
{
	return is_time(s, s + len);
}

bool
format_date_time(const char *s, size_t len)
{
	return len > 10 && is_date(s) && (s[10] == 'T' || s[10] == 't') &&
	       is_time(s + 11, s + len);
}

/*
 * Numbers, each with its unit out of units, from the left on.  Between the
 * first and the last none is left out.  Returns how many there were.
 */
static int
components(struct scan *c, const char *units)
{
	int n = 0;

	while (*units && c->s < c->end) {
		const char *p = c->s;

		while (p < c->end && chars_is_digit(*p))
			p++;
		if (p == c->s || p == c->end)
			break;
		while (n == 0 && *units && *units != *p)
			units++;
		if (!*units || *units != *p)
			break;
		units++;
		n++;
		c->s = p + 1;
	}
	return n;
}

bool
format_duration(const char *s, size_t len)
{
	struct scan c = {s + 1, s + len};
	int n;

	if (len == 0 || *s != 'P')
		return false;
	if (components(&c, "W") > 0)
		return c.s == c.end;
	n = components(&c, "YMD");
	if (c.s < c.end && *c.s == 'T') {
		c.s++;
		return components(&c, "HMS") > 0 && c.s == c.end;
	}
	return n > 0 && c.s == c.end;
}
