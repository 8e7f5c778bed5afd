/* core/share: what a name means. */
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/share.h"
#include "unit.h"

static char top[] = "/tmp/share-XXXXXX";

static void
put(const char *path)
{
	FILE *f = fopen(path, "w");

	if (!f)
		abort();
	fclose(f);
}

/* Does name mean the file want?  NULL: none. */
static bool
finds(const char *name, const char *want)
{
	char *path = share_find("rules", name);
	bool same = !want == !path && (!want || strcmp(path, want) == 0);

	if (!same)
		printf("# %s: %s\n", name, path ? path : "nothing");
	free(path);
	return same;
}

static void
test_order(void)
{
	test("share: a path, then CDO_HOME, then CDO_SHARE");
	ok(finds("a", "share/rules/a.json"));
	ok(finds("b", "share/rules/b.rules.json"));
	ok(finds("b.rules.json", "share/rules/b.rules.json"));
	put("home/rules/b.rules.json");
	ok(finds("b", "home/rules/b.rules.json"));
	put("b");
	ok(finds("b", "b"));
	unsetenv("CDO_HOME");
	unlink("b");
	ok(finds("b", "share/rules/b.rules.json"));
}

static void
test_none(void)
{
	test("share: no file, no path; - stays");
	ok(finds("none", NULL) && finds("", NULL));
	ok(finds("..", NULL) && finds("share", NULL));
	ok(finds("rules/a", NULL) &&
	    finds("./share/rules/a.json", "./share/rules/a.json"));
	ok(finds("-", "-"));
	ok(finds("/dev/null", "/dev/null"));
}

int
main(void)
{
	if (!mkdtemp(top) || chdir(top) != 0)
		abort();
	mkdir("home", 0700);
	mkdir("home/rules", 0700);
	mkdir("share", 0700);
	mkdir("share/rules", 0700);
	put("share/rules/a.json");
	put("share/rules/b.rules.json");
	setenv("CDO_HOME", "home", 1);
	setenv("CDO_SHARE", "share", 1);
	test_order();
	test_none();
	unlink("share/rules/a.json");
	unlink("share/rules/b.rules.json");
	unlink("home/rules/b.rules.json");
	rmdir("share/rules");
	rmdir("share");
	rmdir("home/rules");
	rmdir("home");
	if (chdir("/") == 0)
		rmdir(top);
	return done();
}
