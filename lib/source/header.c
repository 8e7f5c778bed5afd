#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sysexits.h>

#include "core/secret.h"
#include "source/header.h"

/* Is it the name of a header whose value nobody else should see? */
static bool
is_secret(const char *header, size_t len)
{
	static const char *const names[] = {"Authorization",
	    "Proxy-Authorization", "Cookie", "X-Api-Key", "Api-Key",
	    "X-Auth-Token", NULL};

	for (size_t i = 0; names[i]; i++)
		if (strlen(names[i]) == len &&
		    strncasecmp(names[i], header, len) == 0)
			return true;
	return false;
}

/* Where the reference to a secret begins in "Bearer env:TOKEN", or NULL. */
static const char *
find_reference(const char *s)
{
	static const char *const kinds[] = {"env:", "file:", "cred:", NULL};

	for (const char *p = s; *p; p++)
		for (size_t i = 0; kinds[i] && (p == s || p[-1] == ' '); i++)
			if (strncmp(p, kinds[i], strlen(kinds[i])) == 0)
				return p;
	return NULL;
}

/* The name is len bytes, an = behind it. */
static int
add_secret(const char *arg, int len, struct buf *out, struct buf *why)
{
	const char *value = arg + len + 1, *ref = find_reference(value);
	size_t before = why->len;
	char *secret;

	buf_addf(why, "%.*s: ", len, arg);
	if (!ref) {
		buf_adds(why, "no env:, file: or cred: behind =");
		return EX_USAGE;
	}
	secret = secret_read(ref, why);
	if (!secret)
		return EX_CONFIG;
	buf_addf(
	    out, "%.*s: %.*s%s", len, arg, (int)(ref - value), value, secret);
	free(secret);
	why->len = before;
	return 0;
}

bool
source_header_is_secret(const char *name)
{
	return is_secret(name, strlen(name));
}

int
source_header(const char *arg, struct buf *out, struct buf *why)
{
	size_t len = strcspn(arg, ":=");

	if (arg[len] == '\0' || len == 0) {
		buf_adds(why, "neither 'Name: text' nor Name=env:VAR");
		return EX_USAGE;
	}
	if (arg[len] == '=')
		return add_secret(arg, (int)len, out, why);
	if (is_secret(arg, len)) {
		buf_addf(why,
		    "%.*s: everybody can see a command line; name the secret:"
		    " -H '%.*s=env:VAR'",
		    (int)len, arg, (int)len, arg);
		return EX_USAGE;
	}
	buf_adds(out, arg);
	return 0;
}
