#ifndef DETECT_RECENT_H
#define DETECT_RECENT_H

#include "detect/detect.h"
#include "detect/window.h"

/*
 * recent - the model of the methods that look at the last values in their
 * order of size; the functions are those of struct detect_method.
 */

struct recent {
	const struct detect_options *options; /* lent */
	struct window window;
};

void *recent_new(const struct detect_options *o);
void recent_free(void *model);
void recent_update(void *model, const struct detect_input *in, bool is_odd);
void recent_pack(void *model, struct pack *p);

#endif
