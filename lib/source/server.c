/*
 * server - a source that is a file over ftp or sftp, or the names of those in
 * a folder, whose URL ends in a slash.
 */
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "source/task.h"

/* Where the host begins.  *user_len is that of the user before it, or 0. */
static const char *
host_of(const char *url, size_t *user_len)
{
	const char *start = strstr(url, "://") + 3;
	const char *at = memchr(start, '@', strcspn(start, "/?#"));

	*user_len = at ? (size_t)(at - start) : 0;
	return at ? at + 1 : start;
}

bool
source_check_server(const char *url, struct buf *why)
{
	size_t len;
	const char *host = host_of(url, &len);

	if (len > 0 && memchr(host - len - 1, ':', len))
		buf_adds(why, "a password has no place in a URL: write a source"
			      " file, with auth");
	else if (*host == '\0' || *host == '/')
		buf_addf(why, "%s: no host", url);
	else
		return true;
	return false;
}

/* Who we are, for sftp: as ssh does it. */
static void
add_own_name(struct buf *user)
{
	struct passwd entry, *found = NULL;
	char room[4096];

	if (getpwuid_r(getuid(), &entry, room, sizeof(room), &found) == 0 &&
	    found)
		buf_adds(user, found->pw_name);
}

enum page_end
page_from_server(struct stream *st, int *status)
{
	const char *whole = st->request.url.data, *home = getenv("HOME");
	struct buf url = {0}, user = {0}, known = {0};
	struct http_login login = {0};
	enum page_end end;
	size_t len;
	const char *host = host_of(whole, &len);

	buf_add(&url, whole, (size_t)(strstr(whole, "://") - whole) + 3);
	buf_adds(&url, host);
	buf_addc(&url, '\0');
	if (len > 0)
		buf_add(&user, host - len - 1, len);
	else if (strncasecmp(whole, "sftp:", 5) == 0)
		add_own_name(&user);
	if (user.len > 0) {
		buf_addc(&user, '\0');
		login.user = user.data;
	}
	if (home) {
		buf_addf(&known, "%s/.ssh/known_hosts", home);
		buf_addc(&known, '\0');
		login.known_hosts = known.data;
	}
	end = page_get(st, url.data, &login, NULL, status);
	buf_release(&url);
	buf_release(&user);
	buf_release(&known);
	return end;
}
