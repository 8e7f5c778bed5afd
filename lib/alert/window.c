#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "alert/window.h"
#include "core/zone.h"

#define DAY 1440 /* minutes */
#define MINUTE_MS INT64_C(60000)

static const char names[][4] = {
    "sun", "mon", "tue", "wed", "thu", "fri", "sat"};

static int
find_day(const char *s)
{
	for (int i = 0; i < 7; i++)
		if (strncmp(s, names[i], 3) == 0)
			return i;
	return -1;
}

/* "mon-fri,sun": returns whether all of it is days. */
static bool
read_days(const char *s, unsigned *days)
{
	*days = 0;
	for (;;) {
		int from = find_day(s), to = from;

		if (from < 0)
			return false;
		s += 3;
		if (*s == '-') {
			to = find_day(s + 1);
			if (to < 0)
				return false;
			s += 4;
		}
		for (int day = from;; day = (day + 1) % 7) {
			*days |= 1u << day;
			if (day == to)
				break;
		}
		if (*s == '\0')
			return true;
		if (*s++ != ',')
			return false;
	}
}

static bool
read_time(const char *s, int *minute)
{
	if (!isdigit((unsigned char)s[0]) || !isdigit((unsigned char)s[1]) ||
	    s[2] != ':' || !isdigit((unsigned char)s[3]) ||
	    !isdigit((unsigned char)s[4]) || s[3] > '5')
		return false;
	*minute = ((s[0] - '0') * 10 + s[1] - '0') * 60 + (s[3] - '0') * 10 +
		  s[4] - '0';
	return *minute <= DAY;
}

static bool
read_hours(const char *s, int *from, int *to)
{
	return strlen(s) == 11 && read_time(s, from) && s[5] == '-' &&
	       read_time(s + 6, to) && *from < DAY && *from != *to;
}

/* One word; returns the reason, or NULL. */
static const char *
read_word(struct window *w, const char *word)
{
	if (isdigit((unsigned char)word[0]))
		return read_hours(word, &w->from, &w->to)
			   ? NULL
			   : "hours are like 22:00-06:00";
	if (islower((unsigned char)word[0]))
		return read_days(word, &w->days) ? NULL
						 : "days are like mon-fri,sun";
	if (!zone_is_known(word))
		return "no time zone that this system knows";
	snprintf(w->zone, sizeof(w->zone), "%s", word);
	return NULL;
}

bool
window_parse(struct window *w, const char *text, struct buf *why)
{
	char word[104];
	const char *fault = *text ? NULL : "is empty";

	*w = (struct window){.days = 0x7F, .to = DAY, .zone = "UTC"};
	while (*text && !fault) {
		size_t len = strcspn(text, " ");

		snprintf(word, sizeof(word), "%.*s", (int)len, text);
		fault = len < sizeof(word) ? read_word(w, word) : "too long";
		if (fault)
			buf_addf(why, "%s: ", word);
		text += len + strspn(text + len, " ");
	}
	if (fault)
		buf_adds(why, fault);
	return !fault;
}

bool
window_is_on(const struct window *w, int64_t now)
{
	struct zone_time t = zone_at(w->zone, now);
	bool today = w->days >> t.weekday & 1;
	bool yesterday = w->days >> ((t.weekday + 6) % 7) & 1;

	if (w->from < w->to)
		return today && t.minute >= w->from && t.minute < w->to;
	return (today && t.minute >= w->from) ||
	       (yesterday && t.minute < w->to);
}

int64_t
window_change(const struct window *w, int64_t now)
{
	bool is_on = window_is_on(w, now);
	int64_t at = now - now % MINUTE_MS;

	for (int i = 0; i < 8 * DAY; i++) {
		at += MINUTE_MS;
		if (window_is_on(w, at) != is_on)
			return at;
	}
	return 0;
}
