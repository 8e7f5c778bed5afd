#ifndef SOURCE_COMPOSE_H
#define SOURCE_COMPOSE_H

#include "http/http.h"
#include "source/definition.h"

/*
 * compose - a request out of a definition, the values of its variables, and
 * what the pages want.
 */

/* What the paginator and the cursor add. */
struct extra {
	const char *name;
	enum page_place in;
	struct buf text; /* owned */
};

#define COMPOSE_EXTRAS 4

struct composed {
	struct buf url; /* a string */
	struct buf body; /* to be sent if it is not empty */
	char **headers; /* owned, each one too; ends with NULL */
	size_t n_headers;
	const char *method; /* lent by the definition, or static */
};

struct compose {
	const struct definition *d;
	const json_t *vars;
	const char *url; /* of a next page; or NULL: the definition's */
	const struct extra *extras;
	size_t n_extras;
	const char *const *headers; /* more of them; ends with NULL; or NULL */
	bool is_shown; /* references in the place of secrets */
};

/*
 * Compose.  c is to be released in any case.
 * Returns 0; or EX_USAGE or EX_DATAERR with the reason appended to why.
 */
int compose(struct composed *c, const struct compose *how, struct buf *why);

/* Free the contents.  Safe to call twice. */
void composed_release(struct composed *c);

#endif
