/* refs - URLs and where they are on this machine; names of drafts. */
#include <stdlib.h>
#include <string.h>

#include "core/buf.h"
#include "core/xmem.h"
#include "schema/refs.h"

struct ref {
	char *url, *path; /* owned */
};

struct schema_refs {
	struct ref *list; /* owned */
	size_t n;
};

struct schema_refs *
schema_refs_new(void)
{
	return xcalloc(1, sizeof(struct schema_refs));
}

void
schema_refs_free(struct schema_refs *refs)
{
	for (size_t i = 0; refs && i < refs->n; i++) {
		free(refs->list[i].url);
		free(refs->list[i].path);
	}
	if (refs)
		free(refs->list);
	free(refs);
}

int
schema_refs_add(struct schema_refs *refs, const char *mapping)
{
	const char *equals = strchr(mapping, '=');
	/* a query may have one too: that before a path is the last */
	const char *next = equals;
	size_t len;

	while (next && (next = strchr(next + 1, '=')) != NULL)
		if (strchr(mapping, '?') && strchr(mapping, '?') < equals)
			equals = next;
	if (!equals || equals == mapping || equals[1] == '\0')
		return -1;
	len = (size_t)(equals - mapping);
	while (len > 0 && mapping[len - 1] == '#')
		len--;
	refs->list = xrealloc(refs->list, refs->n + 1, sizeof(*refs->list));
	refs->list[refs->n++] = (struct ref){
	    xstrndup(mapping, len), xstrndup(equals + 1, strlen(equals + 1))};
	return 0;
}

/* How many bytes of uri the mapping covers; 0: it is not about it. */
static size_t
covers(const struct ref *r, const char *uri)
{
	size_t len = strlen(r->url);

	if (strncmp(uri, r->url, len) != 0)
		return 0;
	return uri[len] == '\0' || (len > 0 && r->url[len - 1] == '/') ? len
								       : 0;
}

char *
refs_find(const struct schema_refs *refs, const char *uri)
{
	const struct ref *best = NULL;
	size_t most = 0, len;
	struct buf path = {0};

	for (size_t i = 0; refs && i < refs->n; i++) {
		size_t n = covers(&refs->list[i], uri);

		if (n > most) {
			most = n;
			best = &refs->list[i];
		}
	}
	if (!best)
		return NULL;
	len = strlen(best->path);
	buf_add(&path, best->path, len);
	if (uri[most] != '\0' && best->path[len - 1] != '/')
		buf_addc(&path, '/');
	buf_add(&path, uri + most, strlen(uri + most) + 1);
	return path.data;
}

int
schema_draft_find(const char *name, enum schema_draft *draft)
{
	static const char *const names[] = {
	    [SCHEMA_2020_12] = "2020-12",
	    [SCHEMA_2019_09] = "2019-09",
	    [SCHEMA_07] = "7",
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (strcmp(name, names[i]) == 0) {
			*draft = (enum schema_draft)i;
			return 0;
		}
	return -1;
}
