#define _DEFAULT_SOURCE /* explicit_bzero */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "core/buf.h"
#include "core/diag.h"
#include "core/sha256.h"
#include "core/slurp.h"
#include "core/xmem.h"
#include "http/oauth.h"
#include "http/oauth_file.h"

static bool
read_file(const char *path, struct buf *b)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	struct stat st;
	bool is_good;

	if (fd < 0)
		return false;
	is_good = fstat(fd, &st) == 0 && S_ISREG(st.st_mode) &&
		  st.st_uid == geteuid() && (st.st_mode & 077) == 0 &&
		  slurp(fd, OAUTH_TOKEN_MAX + 100, b) == 0;
	close(fd);
	return is_good;
}

bool
oauth_file_read(const char *path, char **token, int64_t *got, int64_t *expires)
{
	struct buf b = {0};
	int64_t from, to;
	int n = 0;
	size_t len;
	bool is_good = false;

	if (read_file(path, &b)) {
		buf_addc(&b, '\0');
		is_good =
		    sscanf(b.data, "cdo-token 1 %" SCNd64 " %" SCNd64 " %n",
			&from, &to, &n) == 2 &&
		    n > 0;
		len = is_good ? strcspn(b.data + n, " \n") : 0;
		is_good = is_good && len > 0 && from >= 0 && to >= from &&
			  (size_t)n + len + 2 == b.len &&
			  b.data[(size_t)n + len] == '\n';
		if (is_good) {
			*token = xstrndup(b.data + n, len);
			*got = from;
			*expires = to;
		}
		explicit_bzero(b.data, b.len);
	}
	buf_release(&b);
	return is_good;
}

static bool
write_all(int fd, const char *p, size_t len)
{
	while (len > 0) {
		ssize_t n = write(fd, p, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		p += n;
		len -= (size_t)n;
	}
	return true;
}

void
oauth_file_write(
    const char *path, const char *token, int64_t got, int64_t expires)
{
	struct buf text = {0}, name = {0};
	bool is_good = false;
	int fd, error;

	buf_addf(&text, "cdo-token 1 %" PRId64 " %" PRId64 " %s\n", got,
	    expires, token);
	buf_addf(&name, "%s.XXXXXX", path);
	fd = mkstemp(name.data); /* of mode 0600 */
	if (fd >= 0) {
		is_good = write_all(fd, text.data, text.len);
		is_good &= close(fd) == 0;
		is_good = is_good && rename(name.data, path) == 0;
	}
	error = errno;
	if (fd >= 0 && !is_good)
		unlink(name.data);
	if (!is_good)
		diag_warn(
		    "%s: %s; the token is not kept", path, strerror(error));
	explicit_bzero(text.data, text.len);
	buf_release(&text);
	buf_release(&name);
}

/* mkdir -p -m 700.  Returns 0, or -1 and errno. */
static int
make_path(const char *path)
{
	const char *slash = strrchr(path, '/');
	char *parent;
	int status;

	if (mkdir(path, 0700) == 0 || errno == EEXIST)
		return 0;
	if (errno != ENOENT || !slash || slash == path)
		return -1;
	parent = xstrndup(path, (size_t)(slash - path));
	status = make_path(parent);
	free(parent);
	return status == 0 ? mkdir(path, 0700) : -1;
}

int
oauth_keep_in(struct oauth *o, const char *dir, struct buf *why)
{
	const char *const parts[] = {o->token_url, o->id,
	    o->scope ? o->scope : "", o->audience ? o->audience : "", NULL};
	uint8_t digest[SHA256_SIZE];
	char hex[SHA256_HEX];
	struct sha256 h;
	struct buf path = {0};
	struct stat st;

	if (make_path(dir) != 0) {
		buf_addf(why, "%s: %s", dir, strerror(errno));
		return EX_CANTCREAT;
	}
	if (stat(dir, &st) != 0 || st.st_uid != geteuid() ||
	    (st.st_mode & 022) != 0) {
		buf_addf(why, "%s: others may write there; chmod go-w it", dir);
		return EX_NOPERM;
	}
	sha256_init(&h);
	for (size_t i = 0; parts[i]; i++)
		sha256_add(&h, parts[i], strlen(parts[i]) + 1);
	sha256_end(&h, digest);
	sha256_hex(digest, hex);
	buf_addf(&path, "%s/%s", dir, hex);
	free(o->path);
	o->path = path.data;
	return 0;
}
