#ifndef RETRY_CODES_H
#define RETRY_CODES_H

#include <stdbool.h>

#include "core/buf.h"

/*
 * codes - exit statuses with which a command is tried again.
 *
 * Death by signal n is 128 + n.  Never among them are 0, what wrappers say of
 * themselves or of a command that cannot run (125, 126, 127), and the ends
 * that somebody at a keyboard asked for: SIGINT, SIGQUIT (130, 131).
 */

#define RETRY_CODES "69,75"

struct retry_codes {
	bool is_in[256];
};

bool retry_codes_is_never(int code);

/*
 * Read a list of codes and ranges, 69,75,100-110; any: all that may be.
 * What is never tried again is left out of a range, and refused by itself.
 * Returns true, or false with the reason appended to why.
 */
bool retry_codes_parse(
    const char *text, struct retry_codes *codes, struct buf *why);

#endif
