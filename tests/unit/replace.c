/* lib/core/replace: the old file or the new one. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/buf.h"
#include "core/replace.h"
#include "core/slurp.h"
#include "unit.h"

static bool
holds(const char *path, const char *text)
{
	struct buf b = {0};
	int fd = open(path, O_RDONLY);
	bool same = fd >= 0 && slurp(fd, 1000, &b) == 0 &&
		    b.len == strlen(text) &&
		    (b.len == 0 || memcmp(b.data, text, b.len) == 0);

	if (fd >= 0)
		close(fd);
	buf_release(&b);
	return same;
}

static mode_t
mode_of(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 ? st.st_mode & 07777 : 0;
}

int
main(void)
{
	char dir[] = "/tmp/replace.XXXXXX";
	struct stat st;

	if (!mkdtemp(dir) || chdir(dir) != 0)
		return 1;
	umask(022);
	test("replace: a new file, with its mode less the umask");
	ok(replace_file("a", "one", 3, 0666) == 0);
	ok(holds("a", "one") && mode_of("a") == 0644);
	ok(replace_file("secret", "", 0, 0600) == 0);
	ok(holds("secret", "") && mode_of("secret") == 0600);

	test("replace: over one that is there, also by a path");
	ok(replace_file("./a", "two", 3, 0666) == 0 && holds("a", "two"));

	test("replace: a link is followed");
	ok(symlink("a", "link") == 0);
	ok(replace_file("link", "three", 5, 0666) == 0 && holds("a", "three"));
	ok(lstat("link", &st) == 0 && S_ISLNK(st.st_mode));

	test("replace: what is no plain file is written to");
	ok(replace_file("/dev/null", "x", 1, 0666) == 0);
	ok(replace_file("/dev/full", "x", 1, 0666) == ENOSPC);

	test("replace: nothing is left behind a failure");
	ok(replace_file("none/a", "x", 1, 0666) == ENOENT);
	ok(mkdir("d", 0700) == 0 && replace_file("d", "x", 1, 0666) != 0);
	ok(unlink("a") == 0 && unlink("link") == 0 && unlink("secret") == 0 &&
	    rmdir("d") == 0);
	ok(chdir("/") == 0 && rmdir(dir) == 0);
	return done();
}
