/* ipv4: dotted-quad of RFC 2673, 3.2.  ipv6: RFC 4291, 2.2. */
#include "schema/format_private.h"

/* 0 to 255 without leading zeros.  Returns what follows, or NULL. */
static const char *
octet(const char *s, const char *end)
{
	unsigned n = 0;
	const char *p = s;

	for (; p < end && p - s < 4 && chars_is_digit(*p); p++)
		n = n * 10 + (unsigned)(*p - '0');
	if (p == s || n > 255 || (*s == '0' && p - s > 1))
		return NULL;
	return p;
}

bool
format_ipv4(const char *s, size_t len)
{
	const char *end = s + len;

	for (int i = 0; i < 3; i++) {
		s = octet(s, end);
		if (!s || s == end || *s++ != '.')
			return false;
	}
	return octet(s, end) == end;
}

/*
 * Groups of 16 bits: one to four digits, colons between them; the last two
 * may be written as IPv4.  One run of zeros may be left out, as "::".
 */
bool
format_ipv6(const char *s, size_t len)
{
	const char *end = s + len;
	bool has_gap = false;
	int n = 0;

	if (len > 0 && *s == ':') { /* only as a part of "::" */
		if (len < 2 || s[1] != ':')
			return false;
		has_gap = true;
		s += 2;
	}
	while (s < end) {
		const char *group = s;

		while (s < end && chars_is_hex(*s))
			s++;
		if (s < end && *s == '.') {
			n += 2;
			if (!format_ipv4(group, (size_t)(end - group)))
				return false;
			break;
		}
		n++;
		if (s == group || s - group > 4)
			return false;
		if (s == end)
			break;
		if (*s++ != ':' || s == end)
			return false;
		if (*s == ':') {
			if (has_gap)
				return false;
			has_gap = true;
			s++;
		}
	}
	return has_gap ? n < 8 : n == 8;
}
