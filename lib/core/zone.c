#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "core/xmem.h"
#include "core/zone.h"

#define ZONES "/usr/share/zoneinfo/"

bool
zone_is_known(const char *name)
{
	char path[256];

	if (strcmp(name, "UTC") == 0)
		return true;
	for (const char *p = name; *p; p++)
		if (!strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwx"
			    "yz0123456789_+-/",
			*p))
			return false;
	if (*name == '\0' || *name == '/' || strlen(name) > 100)
		return false;
	snprintf(path, sizeof(path), ZONES "%s", name);
	return access(path, R_OK) == 0;
}

struct zone_time
zone_at(const char *name, int64_t ms)
{
	const char *before = getenv("TZ");
	char *kept = before ? xstrndup(before, strlen(before)) : NULL;
	time_t t = (time_t)(ms / 1000 - (ms % 1000 < 0));
	struct tm tm = {0};

	setenv("TZ", name, 1);
	tzset();
	localtime_r(&t, &tm);
	if (kept)
		setenv("TZ", kept, 1);
	else
		unsetenv("TZ");
	tzset();
	free(kept);
	return (struct zone_time){tm.tm_wday, tm.tm_hour * 60 + tm.tm_min};
}
