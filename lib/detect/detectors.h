#ifndef DETECT_DETECTORS_H
#define DETECT_DETECTORS_H

#include <stddef.h>

#include "core/map.h"
#include "detect/detector.h"

/*
 * detectors - detectors by key, at most max of them: the one that was not
 * asked for longest makes room for a new one.
 */
struct detectors {
	const struct detect_method *method; /* lent; set these three */
	const struct detect_options *options; /* lent */
	size_t max; /* 1 or more */
	size_t n_forgotten; /* those that made room */
	struct map map; /* private */
	struct detectors_entry *newest, *oldest; /* private */
};

/* The detector of the key of len bytes, made if it is new. */
struct detector *detectors_get(
    struct detectors *all, const void *key, size_t len);

/* Is there one of that key? */
bool detectors_has(const struct detectors *all, const void *key, size_t len);

/* Call each for all of them, the one that was not asked for longest first. */
void detectors_each(const struct detectors *all,
    void (*each)(void *arg, const char *key, size_t len, struct detector *d),
    void *arg);

/* Free the contents.  Safe to call twice. */
void detectors_release(struct detectors *all);

#endif
