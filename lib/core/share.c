#include <dirent.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "config.h"
#include "core/buf.h"
#include "core/cli.h"
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

/* A search, and what it found; one of the two is looked for. */
struct search {
	const char *kind, *name;
	char *path; /* of the file of that name */
	struct buf *names; /* or all names, each with a NUL */
};

/* Look in DIR/KIND.  Returns true if that is enough. */
typedef bool look(struct search *s, const char *dir);

/* Beside the program: installed anywhere, or in the tree it was built in. */
static bool
look_beside(struct search *s, look *in)
{
	static const char *const ways[] = {"/../share/cdo", "/../share"};
	char dir[4096];
	struct buf b = {0};
	bool enough = false;

	if (!program_dir(dir, sizeof(dir)))
		return false;
	for (size_t i = 0; i < 2 && !enough; i++) {
		b.len = 0;
		buf_addf(&b, "%s%s", dir, ways[i]);
		enough = in(s, b.data);
	}
	buf_release(&b);
	return enough;
}

static void
look_everywhere(struct search *s, look *in)
{
	const char *home = getenv("CDO_HOME"), *share = getenv("CDO_SHARE");

	if (in(s, home ? home : "."))
		return;
	if (share)
		in(s, share);
	else if (!look_beside(s, in))
		in(s, CDO_SHAREDIR);
}

static bool
take_file(struct search *s, const char *dir)
{
	s->path = look_in(dir, s->kind, s->name);
	return s->path != NULL;
}

char *
share_find(const char *kind, const char *name)
{
	struct search s = {.kind = kind, .name = name};

	if (strcmp(name, "-") == 0 || is_file(name))
		return xstrndup(name, strlen(name));
	if (*name != '\0' && !strchr(name, '/'))
		look_everywhere(&s, take_file);
	return s.path;
}

/* The names in it, without their endings. */
static bool
take_names(struct search *s, const char *dir)
{
	struct buf path = {0};
	struct dirent *e;
	DIR *d;

	buf_addf(&path, "%s/%s", dir, s->kind);
	d = opendir(path.data);
	while (d && (e = readdir(d)) != NULL)
		if (e->d_name[0] != '.') {
			buf_add(s->names, e->d_name, strcspn(e->d_name, "."));
			buf_addc(s->names, '\0');
		}
	if (d)
		closedir(d);
	buf_release(&path);
	return false;
}

char *
share_nearest(const char *kind, const char *name)
{
	struct buf names = {0};
	struct search s = {.kind = kind, .name = name, .names = &names};
	const char **all = NULL, *nearest;
	char *copy;
	size_t n = 0;

	look_everywhere(&s, take_names);
	for (size_t i = 0; i < names.len; i += strlen(names.data + i) + 1) {
		all = xrealloc(all, n + 2, sizeof(*all));
		all[n++] = names.data + i;
		all[n] = NULL;
	}
	nearest = all ? cli_nearest(name, all) : NULL;
	copy = nearest ? xstrndup(nearest, strlen(nearest)) : NULL;
	free(all);
	buf_release(&names);
	return copy;
}
