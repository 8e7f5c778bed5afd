#include <string.h>

#include "store/glob.h"

/*
 * Match c with the class that begins behind the bracket at p; returns where
 * the class ends, or NULL if c is not in it.  One that is not closed ends
 * with the pattern.
 */
static const char *
match_class(const char *p, const char *end, char c)
{
	bool is_not = p < end && *p == '^', is_in = false;
	unsigned char low, high, u = (unsigned char)c;

	for (p += is_not; p < end && *p != ']'; p++) {
		if (*p == '\\' && p + 1 < end)
			p++;
		low = high = (unsigned char)*p;
		if (end - p > 2 && p[1] == '-' && p[2] != ']') {
			high = (unsigned char)p[2];
			p += 2;
		}
		if (low > high) {
			unsigned char swap = low;

			low = high;
			high = swap;
		}
		is_in |= u >= low && u <= high;
	}
	if (is_in == is_not)
		return NULL;
	return p < end ? p + 1 : p;
}

/* Match c with what stands at p, no star; returns what follows, or NULL. */
static const char *
match_one(const char *p, const char *end, char c)
{
	if (*p == '?')
		return p + 1;
	if (*p == '[')
		return match_class(p + 1, end, c);
	if (*p == '\\' && p + 1 < end)
		p++;
	return *p == c ? p + 1 : NULL;
}

bool
glob_match(const char *pattern, size_t len, const char *s, size_t n)
{
	const char *p = pattern, *end = pattern + len, *stop = s + n;
	const char *star = NULL, *from = NULL, *next;

	/* only the last star can have been too short */
	while (s < stop) {
		if (p < end && *p == '*') {
			star = ++p;
			from = s;
			continue;
		}
		next = p < end ? match_one(p, end, *s) : NULL;
		if (next) {
			p = next;
			s++;
		} else if (star) {
			p = star;
			s = ++from;
		} else {
			return false;
		}
	}
	while (p < end && *p == '*')
		p++;
	return p == end;
}

size_t
glob_prefix(const char *pattern, size_t len)
{
	size_t n = 0;

	while (n < len && !strchr("*?[\\", pattern[n]))
		n++;
	return n;
}
