/* source: what a URL or name on the command line, or in a request, means. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sysexits.h>
#include <unistd.h>

#include "core/diag.h"
#include "core/secret.h"
#include "core/xmem.h"
#include "source/task.h"

struct kind {
	const char *prefix;
	bool (*check)(const char *operand, struct buf *why); /* or NULL */
};

static bool
check_s3(const char *url, struct buf *why)
{
	struct buf bucket = {0}, key = {0};
	bool good = s3_parse(url, &bucket, &key, why);

	buf_release(&bucket);
	buf_release(&key);
	return good;
}

static const struct kind kinds[] = {
    {"http://", NULL},
    {"https://", NULL},
    {"s3://", check_s3},
    {"ftp://", source_check_server},
    {"sftp://", source_check_server},
    {"file:", source_check_file},
    {"sim:", source_check_sim},
    {NULL, NULL},
};

static const struct kind *
kind_of(const char *operand)
{
	const struct kind *k = kinds;

	while (k->prefix &&
	       strncasecmp(operand, k->prefix, strlen(k->prefix)) != 0)
		k++;
	return k->prefix ? k : NULL;
}

/* What a URL is called in messages. */
static char *
shown(const char *url)
{
	struct buf b = {0};
	char *path;

	if (strncasecmp(url, "file:", 5) == 0) {
		path = source_path_of(url);
		return path ? path : xstrndup(url, strlen(url));
	}
	if (strncasecmp(url, "sim:", 4) == 0)
		return xstrndup(url, strlen(url));
	secret_mask_url(&b, url);
	buf_addc(&b, '\0');
	return b.data;
}

static int
define_url(struct definition *d, const char *url)
{
	const struct kind *k = kind_of(url);
	struct buf why = {0};
	bool good = !k->check || k->check(url, &why);
	char *name = shown(url);

	definition_of_url(d, url, name);
	if (!good)
		diag_error("%.*s", (int)why.len, why.data);
	buf_release(&why);
	free(name);
	return good ? 0 : EX_USAGE;
}

static bool
ends_with(const char *s, const char *end)
{
	size_t n = strlen(s), m = strlen(end);

	return n >= m && strcmp(s + n - m, end) == 0;
}

/* "example.org/x", without its scheme? */
static bool
is_like_host(const char *name)
{
	size_t n = strcspn(name, "/");

	return name[n] == '/' && *name != '.' && memchr(name, '.', n) &&
	       access(name, F_OK) != 0;
}

/* What is no URL must be a source file. */
static int
define_name(struct definition *d, const char *name)
{
	if (is_like_host(name)) {
		diag_error(
		    "%s: no such file; a URL begins with https://", name);
		return EX_NOINPUT;
	}
	if (strstr(name, "://") || strchr(name, '?')) {
		diag_error("%.*s: not http://, https://, s3://, ftp://, "
			   "sftp://, file: or sim:",
		    (int)strcspn(name, "?#"), name);
		return EX_USAGE;
	}
	if (access(name, F_OK) == 0 && !ends_with(name, ".json")) {
		diag_error("%s: a file is named by file:%s", name, name);
		return EX_USAGE;
	}
	return definition_load(d, name);
}

int
source_define(struct source *s, const char *name, struct definition **d)
{
	void **place = map_put(&s->definitions, name, strlen(name));
	int status;

	if (!*place) {
		*place = xcalloc(1, sizeof(**d));
		status = kind_of(name) ? define_url(*place, name)
				       : define_name(*place, name);
		if (status != 0) {
			definition_release(*place);
			free(*place);
			map_remove(&s->definitions, name, strlen(name));
			return status;
		}
	}
	*d = *place;
	return 0;
}

void
source_add_url(struct source *s, const char *url)
{
	struct task *t = xcalloc(1, sizeof(*t));

	t->d = xcalloc(1, sizeof(*t->d));
	define_url(t->d, url);
	t->name = xstrndup(t->d->name, strlen(t->d->name));
	t->partition = xstrndup("", 0);
	t->vars = json_object();
	t->is_own = t->is_from_data = true;
	*s->tail = t;
	s->tail = &t->next;
}
