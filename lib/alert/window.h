#ifndef ALERT_WINDOW_H
#define ALERT_WINDOW_H

#include <stdbool.h>
#include <stdint.h>

#include "core/buf.h"

/*
 * window - hours of the week that come again: "mon-fri 22:00-06:00
 * Europe/Berlin".
 *
 * Days, hours and zone may each be left out: every day, all day, UTC.  Hours
 * that pass midnight belong to the day on which they begin.
 */

struct window {
	unsigned days; /* bit 0: Sunday */
	int from,
	    to; /* minutes of the day, to 1440; from > to: over midnight */
	char zone[104];
};

/* Read it.  Returns true, or false with the reason appended to why. */
bool window_parse(struct window *w, const char *text, struct buf *why);

/* Is it on at that time, ms since 1970? */
bool window_is_on(const struct window *w, int64_t now);

/* When it next begins or ends after now, to the minute; 0: not in 8 days. */
int64_t window_change(const struct window *w, int64_t now);

#endif
