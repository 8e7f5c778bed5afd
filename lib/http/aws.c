#define _DEFAULT_SOURCE /* explicit_bzero */
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "core/secret.h"
#include "core/xmem.h"
#include "http/aws.h"

/* The value of a variable that is set and not empty, or NULL. */
static const char *
variable(const char *name)
{
	const char *value = getenv(name);

	return value && *value ? value : NULL;
}

const char *
aws_region(void)
{
	const char *value = variable("AWS_REGION");

	if (!value)
		value = variable("AWS_DEFAULT_REGION");
	return value ? value : "us-east-1";
}

const char *
aws_s3_endpoint(void)
{
	const char *value = variable("AWS_ENDPOINT_URL_S3");

	return value ? value : variable("AWS_ENDPOINT_URL");
}

static void
wipe(char **s)
{
	if (*s)
		explicit_bzero(*s, strlen(*s));
	free(*s);
	*s = NULL;
}

void
aws_release(struct aws_keys *k)
{
	wipe(&k->id);
	wipe(&k->secret);
	wipe(&k->token);
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

static void
trim(const char **s, size_t *len)
{
	for (; *len > 0 && is_blank(**s); (*len)--)
		(*s)++;
	while (*len > 0 && is_blank((*s)[*len - 1]))
		(*len)--;
}

static bool
is(const char *s, size_t len, const char *word)
{
	return len == strlen(word) && memcmp(s, word, len) == 0;
}

/* NAME = VALUE; what has no value counts as not there. */
static void
take(struct aws_keys *k, const char *s, size_t len)
{
	const char *equals = memchr(s, '=', len);
	const char *value;
	size_t n, value_len;
	char **to = NULL;

	if (!equals)
		return;
	n = (size_t)(equals - s);
	value = equals + 1;
	value_len = len - n - 1;
	trim(&s, &n);
	trim(&value, &value_len);
	if (is(s, n, "aws_access_key_id"))
		to = &k->id;
	else if (is(s, n, "aws_secret_access_key"))
		to = &k->secret;
	else if (is(s, n, "aws_session_token"))
		to = &k->token;
	if (!to || value_len == 0 || memchr(value, '\0', value_len))
		return;
	wipe(to);
	*to = xstrndup(value, value_len);
}

bool
aws_read(const char *text, size_t len, const char *section, struct aws_keys *k)
{
	const char *end = text + len, *next;
	bool is_here = false;

	*k = (struct aws_keys){0};
	for (const char *p = text; p < end; p = next) {
		const char *lf = memchr(p, '\n', (size_t)(end - p));
		size_t n = (size_t)((lf ? lf : end) - p);

		next = p + n + (lf != NULL);
		trim(&p, &n);
		if (n == 0 || *p == '#' || *p == ';')
			continue;
		if (*p == '[' && p[n - 1] == ']')
			is_here = is(p + 1, n - 2, section);
		else if (is_here)
			take(k, p, n);
	}
	return k->id && k->secret;
}

/* The variable as a secret, or NULL. */
static char *
from_variable(const char *name)
{
	const char *value = variable(name);

	if (!value)
		return NULL;
	secret_remember(value, strlen(value));
	return xstrndup(value, strlen(value));
}

static void
find_file(struct buf *path)
{
	const char *value = variable("AWS_SHARED_CREDENTIALS_FILE");

	if (value)
		buf_addf(path, "%s", value);
	else if ((value = variable("HOME")))
		buf_addf(path, "%s/.aws/credentials", value);
}

static int
from_file(struct aws_keys *k, struct buf *why)
{
	const char *section = variable("AWS_PROFILE");
	struct buf path = {0}, ref = {0};
	char *text = NULL;
	int status = 0;

	find_file(&path);
	if (path.len == 0 || access(path.data, F_OK) != 0)
		goto out;
	buf_addf(&ref, "file:%s", path.data);
	text = secret_read(ref.data, why);
	if (!text) {
		status = EX_NOPERM;
	} else if (aws_read(
		       text, strlen(text), section ? section : "default", k)) {
		secret_remember(k->secret, strlen(k->secret));
		if (k->token)
			secret_remember(k->token, strlen(k->token));
	} else if (section) {
		buf_addf(why, "%s: no keys in section %s; see AWS_PROFILE",
		    path.data, section);
		status = EX_CONFIG;
	} else {
		aws_release(k);
	}
out:
	wipe(&text);
	buf_release(&path);
	buf_release(&ref);
	return status;
}

int
aws_find(struct aws_keys *k, struct buf *why)
{
	*k = (struct aws_keys){0};
	if (!variable("AWS_ACCESS_KEY_ID"))
		return from_file(k, why);
	if (!variable("AWS_SECRET_ACCESS_KEY")) {
		buf_addf(why, "AWS_ACCESS_KEY_ID is set, but "
			      "AWS_SECRET_ACCESS_KEY is not");
		return EX_CONFIG;
	}
	k->id = from_variable("AWS_ACCESS_KEY_ID");
	k->secret = from_variable("AWS_SECRET_ACCESS_KEY");
	k->token = from_variable("AWS_SESSION_TOKEN");
	return 0;
}
