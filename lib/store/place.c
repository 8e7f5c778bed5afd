#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "core/num.h"
#include "core/secret.h"
#include "core/xmem.h"
#include "store/place.h"

#define DB_MAX 65534

static const char tcp[] = "redis://", tls[] = "rediss:", local[] = "unix:";

static bool
begins_with(const char *s, const char *prefix)
{
	return strncmp(s, prefix, strlen(prefix)) == 0;
}

bool
place_is(const char *s)
{
	return begins_with(s, "redis:") || begins_with(s, tls) ||
	       begins_with(s, local);
}

static int
hex(char c)
{
	if (isdigit((unsigned char)c))
		return c - '0';
	c = (char)tolower((unsigned char)c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The len bytes at s, with %XX read; NULL if that is wrong. */
static char *
unescape(const char *s, size_t len)
{
	char *out = xmalloc(len + 1);
	size_t n = 0;

	for (size_t i = 0; i < len; i++) {
		int high = 0, low = 0;

		if (s[i] != '%') {
			out[n++] = s[i];
			continue;
		}
		if (len - i < 3 || (high = hex(s[i + 1])) < 0 ||
		    (low = hex(s[i + 2])) < 0 || high + low == 0) {
			free(out);
			return NULL;
		}
		out[n++] = (char)(high * 16 + low);
		i += 2;
	}
	out[n] = '\0';
	return out;
}

static int
fail(struct buf *why, const char *text)
{
	buf_addf(why, "%s", text);
	return EX_CONFIG;
}

/* user[:password], or :password, the len bytes at s. */
static int
read_user(struct place *p, const char *s, size_t len, struct buf *why)
{
	const char *colon = memchr(s, ':', len);
	size_t user_len = colon ? (size_t)(colon - s) : len;

	if (user_len > 0 && !(p->user = unescape(s, user_len)))
		return fail(why, "the user's name has a % without two digits");
	if (!colon)
		return 0;
	p->password = unescape(colon + 1, len - user_len - 1);
	if (!p->password)
		return fail(why, "the password has a % without two digits");
	secret_remember(p->password, strlen(p->password));
	secret_remember(colon + 1, len - user_len - 1);
	return 0;
}

/* host[:port], the len bytes at s; the host may be in [ ]. */
static int
read_host(struct place *p, const char *s, size_t len, struct buf *why)
{
	const char *end = s + len, *host_end, *colon;
	uint64_t port = 6379;
	char text[8];

	if (len > 0 && *s == '[') {
		host_end = memchr(s++, ']', len);
		colon = host_end ? host_end + 1 : NULL;
		if (!colon || (colon != end && *colon != ':'))
			return fail(why, "an address in [ ] is not closed");
	} else {
		colon = memchr(s, ':', len);
		host_end = colon = colon ? colon : end;
	}
	if (host_end == s)
		return fail(why, "there is no host; write redis://host:6379/0");
	p->host = xstrndup(s, (size_t)(host_end - s));
	if (colon != end) {
		p->port = xstrndup(colon + 1, (size_t)(end - colon - 1));
		if (num_uint(p->port, 1, 65535, &port) != 0)
			return fail(why, "the port is no number up to 65535");
		return 0;
	}
	memcpy(text, "6379", 5);
	p->port = xstrndup(text, 4);
	return 0;
}

static int
read_url(struct place *p, const char *s, struct buf *why)
{
	size_t len = strcspn(s, "/?#"), at = 0;
	const char *path = s + len;
	uint64_t db = 0;
	int status;

	/* a password may have an @, if it is not escaped as it should */
	for (size_t i = 0; i < len; i++)
		if (s[i] == '@')
			at = i + 1;
	if (at > 0 && (status = read_user(p, s, at - 1, why)) != 0)
		return status;
	if ((status = read_host(p, s + at, len - at, why)) != 0)
		return status;
	if (*path == '/' && path[1] != '\0' &&
	    num_uint(path + 1, 0, DB_MAX, &db) != 0)
		return fail(why, "behind the host there is a database, as in "
				 "redis://host:6379/0, and nothing else");
	if (*path == '?' || *path == '#')
		return fail(why, "there is nothing to be asked for with ?");
	p->db = (unsigned)db;
	return 0;
}

/* The password from the environment, itself or where it is. */
static int
read_password(struct place *p, const char *env, struct buf *why)
{
	if (p->password || !env || !*env)
		return 0;
	if (begins_with(env, "env:") || begins_with(env, "file:") ||
	    begins_with(env, "cred:")) {
		buf_adds(why, "CDO_REDIS_PASSWORD: ");
		p->password = secret_read(env, why);
		return p->password ? 0 : EX_CONFIG;
	}
	p->password = xstrndup(env, strlen(env));
	secret_remember(env, strlen(env));
	return 0;
}

int
place_read(struct place *p, const char *s, const char *env, struct buf *why)
{
	int status = 0;

	*p = (struct place){0};
	if (begins_with(s, local)) {
		s += strlen(local);
		if (*s == '\0')
			status = fail(why, "there is no path; write unix:PATH");
		p->path = xstrndup(s, strlen(s));
	} else if (begins_with(s, tcp)) {
		status = read_url(p, s + strlen(tcp), why);
	} else if (begins_with(s, tls)) {
		status = fail(why,
		    "this version speaks no TLS to a store; use "
		    "redis:// over a tunnel, as by stunnel or ssh -L");
	} else {
		status = fail(why, "write redis://host:6379/0");
	}
	if (status == 0)
		status = read_password(p, env, why);
	if (status != 0)
		place_release(p);
	return status;
}

void
place_release(struct place *p)
{
	free(p->path);
	free(p->host);
	free(p->port);
	free(p->user);
	free(p->password);
	*p = (struct place){0};
}
