#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/secret.h"
#include "core/xmem.h"

#define HARMLESS 6 /* digits of a number in a query that is shown */

/* May only its owner see the file, and is that us or root? */
static bool
is_private(int fd, const char *path, struct buf *why)
{
	struct stat st;

	if (fstat(fd, &st) != 0) {
		buf_addf(why, "%s: %s", path, strerror(errno));
		return false;
	}
	if (!S_ISREG(st.st_mode)) /* a pipe, from a shell's <( ) */
		return true;
	if ((st.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
		buf_addf(why,
		    "%s: others can read or write this secret; chmod 600 it",
		    path);
		return false;
	}
	if (st.st_uid != geteuid() && st.st_uid != 0) {
		buf_addf(why, "%s: belongs to another user", path);
		return false;
	}
	return true;
}

static char *
read_all(int fd, const char *path, struct buf *why)
{
	struct buf b = {0};
	ssize_t n = -1;

	do {
		buf_reserve(&b, 4096);
		n = read(fd, b.data + b.len, 4095);
		b.len += n > 0 ? (size_t)n : 0;
	} while (n > 0 && b.len <= SECRET_MAX);
	if (n == 0 && b.len > 0 && b.data[b.len - 1] == '\n')
		b.len -= b.len > 1 && b.data[b.len - 2] == '\r' ? 2 : 1;
	if (n < 0 || b.len > SECRET_MAX || b.len == 0) {
		buf_addf(why, "%s: %s", path,
		    n < 0        ? strerror(errno)
		    : b.len == 0 ? "empty"
				 : "longer than 64 KiB");
		buf_release(&b);
		return NULL;
	}
	b.data[b.len] = '\0';
	return b.data;
}

static char *
read_file(const char *path, bool check, struct buf *why)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	char *s = NULL;

	if (fd < 0) {
		buf_addf(why, "%s: %s", path, strerror(errno));
		return NULL;
	}
	if (!check || is_private(fd, path, why))
		s = read_all(fd, path, why);
	close(fd);
	return s;
}

static char *
read_credential(const char *name, struct buf *why)
{
	const char *dir = getenv("CREDENTIALS_DIRECTORY");
	struct buf path = {0};
	char *s;

	if (!dir) {
		buf_addf(why,
		    "cred:%s: CREDENTIALS_DIRECTORY is not set; is "
		    "this a systemd unit with LoadCredential=?",
		    name);
		return NULL;
	}
	if (strchr(name, '/') || *name == '\0' || *name == '.') {
		buf_addf(why, "cred:%s: not the name of a credential", name);
		return NULL;
	}
	buf_addf(&path, "%s/%s", dir, name);
	buf_addc(&path, '\0');
	/* systemd guards the directory, and may let a group read */
	s = read_file(path.data, false, why);
	buf_release(&path);
	return s;
}

static char *
read_variable(const char *name, struct buf *why)
{
	const char *s = getenv(name);

	if (!s || !*s) {
		buf_addf(why, "env:%s: the variable is %s", name,
		    s ? "empty" : "not set");
		return NULL;
	}
	return xstrndup(s, strlen(s));
}

char *
secret_read(const char *ref, struct buf *why)
{
	char *s = NULL;

	if (strncmp(ref, "env:", 4) == 0)
		s = read_variable(ref + 4, why);
	else if (strncmp(ref, "file:", 5) == 0)
		s = read_file(ref + 5, true, why);
	else if (strncmp(ref, "cred:", 5) == 0)
		s = read_credential(ref + 5, why);
	else /* it may be the secret itself: do not repeat it */
		buf_adds(why, "a secret is named by env:NAME, file:PATH or "
			      "cred:NAME, not given");
	if (s)
		secret_remember(s, strlen(s));
	return s;
}

/* A number of a few digits, such as a page: worth seeing, and no secret. */
static bool
is_harmless(const char *s, const char *end)
{
	const char *p = s;

	while (p < end && isdigit((unsigned char)*p))
		p++;
	return p == end && end - s <= HARMLESS;
}

/* The values of a query: a=x&page=2 becomes a=***&page=2. */
static void
mask_query(struct buf *out, const char *s, const char *end)
{
	while (s < end) {
		const char *amp = memchr(s, '&', (size_t)(end - s));
		const char *eq, *stop = amp ? amp : end;

		eq = memchr(s, '=', (size_t)(stop - s));
		if (eq)
			buf_add(out, s, (size_t)(eq + 1 - s));
		if (eq && is_harmless(eq + 1, stop))
			buf_add(out, eq + 1, (size_t)(stop - eq - 1));
		else
			buf_adds(out, SECRET_MASK);
		if (amp)
			buf_addc(out, '&');
		s = amp ? amp + 1 : end;
	}
}

void
secret_mask_url(struct buf *out, const char *url)
{
	const char *authority = url + strcspn(url, ":/?#");
	const char *end = url + strcspn(url, "#");
	const char *path, *at, *query;

	if (strncmp(authority, "://", 3) == 0) {
		authority += 3;
		path = authority + strcspn(authority, "/?#");
		for (at = path; at > authority && at[-1] != '@';)
			at--;
		buf_add(out, url, (size_t)(authority - url));
		if (at > authority)
			buf_adds(out, SECRET_MASK "@");
		url = at;
	}
	query = memchr(url, '?', (size_t)(end - url));
	buf_add(out, url, (size_t)((query ? query : end) - url));
	if (query) {
		buf_addc(out, '?');
		mask_query(out, query + 1, end);
	}
}
