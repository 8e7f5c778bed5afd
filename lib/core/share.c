#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

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
	for (int ending = 0; ending < 4; ending++) {
		b.len = stem;
		if (ending == 1)
			buf_adds(&b, ".json");
		if (ending == 2)
			buf_addf(&b, ".%s.json", kind);
		if (ending == 3) /* weather.schema.json in schemas */
			buf_addf(&b, ".%.*s.json", (int)strlen(kind) - 1, kind);
		buf_addc(&b, '\0');
		if (is_file(b.data))
			return b.data;
	}
	buf_release(&b);
	return NULL;
}

/* The folder of the running program, or false where that cannot be told. */
static bool
program_dir(char *dir, size_t size)
{
	ssize_t n = readlink("/proc/self/exe", dir, size);
	char *slash;

	if (n <= 0 || (size_t)n >= size)
		return false;
	dir[n] = '\0';
	slash = strrchr(dir, '/');
	if (!slash)
		return false;
	*slash = '\0';
	return true;
}

/* Beside the program: installed anywhere, or in the tree it was built in. */
static char *
look_beside(const char *kind, const char *name)
{
	static const char *const ways[] = {"/../share/cdo", "/../share"};
	char dir[4096];
	struct buf b = {0};
	char *path = NULL;

	if (!program_dir(dir, sizeof(dir)))
		return NULL;
	for (size_t i = 0; i < 2 && !path; i++) {
		b.len = 0;
		buf_addf(&b, "%s%s", dir, ways[i]);
		path = look_in(b.data, kind, name);
	}
	buf_release(&b);
	return path;
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
	if (!path && share)
		return look_in(share, kind, name);
	if (!path)
		path = look_beside(kind, name);
	if (!path)
		path = look_in(CDO_SHAREDIR, kind, name);
	return path;
}
