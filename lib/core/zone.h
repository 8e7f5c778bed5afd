#ifndef CORE_ZONE_H
#define CORE_ZONE_H

#include <stdbool.h>
#include <stdint.h>

/*
 * zone - local time in a time zone of the system's data base (tzdata).
 *
 * The C library reads the data, and it has one zone a process: TZ is set for
 * the call and put back.  Not while other threads run.
 */

/* Is there a zone of that name, "Europe/Berlin"?  "UTC" always is. */
bool zone_is_known(const char *name);

struct zone_time {
	int weekday; /* 0: Sunday */
	int minute; /* of the day, 0 to 1439 */
};

/* What the clocks there show at ms since 1970. */
struct zone_time zone_at(const char *name, int64_t ms);

#endif
