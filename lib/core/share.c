#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "config.h"
#include "core/buf.h"
#include "core/share.h"
#include "core/xmem.h"

static bool
is_file(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && !S_ISDIR(st.st_mode);
}

/* The file DIR/KIND/NAME, with one of the endings. */
static char *
look_in(const char *dir, const char *kind, const char *name)
{
	struct buf b = {0};
	size_t stem;

	if (!dir)
		return NULL;
	buf_addf(&b, "%s/%s/%s", dir, kind, name);
	stem = b.len;
	for (int ending = 0; ending < 3; ending++) {
		b.len = stem;
		if (ending == 1)
			buf_adds(&b, ".json");
		if (ending == 2)
			buf_addf(&b, ".%s.json", kind);
		buf_addc(&b, '\0');
		if (is_file(b.data))
			return b.data;
	}
	buf_release(&b);
	return NULL;
}

char *
share_find(const char *kind, const char *name)
{
	const char *share = getenv("CDO_SHARE");
	char *path;

	if (strcmp(name, "-") == 0 || is_file(name))
		return xstrndup(name, strlen(name));
	if (*name == '\0' || strchr(name, '/'))
		return NULL;
	path = look_in(getenv("CDO_HOME"), kind, name);
	if (!path)
		path = look_in(share ? share : CDO_SHAREDIR, kind, name);
	return path;
}
