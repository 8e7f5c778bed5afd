#include <errno.h>
#include <limits.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cache/memo.h"
#include "core/sha256.h"
#include "core/utf8.h"

/* Parts that follow each other must not be taken for others: each begins
 * with its letter and the number of strings in it. */
static void
add_part(struct sha256 *h, char letter, size_t n)
{
	struct buf b = {0};

	buf_addf(&b, "%c%zu", letter, n);
	sha256_add(h, b.data, b.len + 1);
	buf_release(&b);
}

static void
add_string(struct sha256 *h, const char *s)
{
	sha256_add(h, s, strlen(s) + 1);
}

static void
add_argv(struct sha256 *h, char *const *argv)
{
	size_t n = 0;

	while (argv[n])
		n++;
	add_part(h, 'a', n);
	for (size_t i = 0; i < n; i++)
		add_string(h, argv[i]);
}

/* Whether a variable is set, and to what. */
static void
add_env(struct sha256 *h, const char *name)
{
	const char *value = getenv(name);

	add_string(h, name);
	add_part(h, 'v', value != NULL);
	if (value)
		add_string(h, value);
}

static int
add_dep(struct sha256 *h, const char *path, struct buf *why)
{
	struct stat st;
	struct buf b = {0};

	if (stat(path, &st) != 0) {
		buf_addf(why, "%s: %s", path, strerror(errno));
		return -1;
	}
	buf_addf(&b, "%ju %jd %jd.%09ld", (uintmax_t)st.st_ino,
	    (intmax_t)st.st_size, (intmax_t)st.st_mtim.tv_sec,
	    st.st_mtim.tv_nsec);
	add_string(h, path);
	add_string(h, b.data);
	buf_release(&b);
	return 0;
}

static int
add_cwd(struct sha256 *h, struct buf *why)
{
	char cwd[PATH_MAX];

	if (!getcwd(cwd, sizeof(cwd))) {
		buf_addf(why, "working directory: %s", strerror(errno));
		return -1;
	}
	add_part(h, 'c', 1);
	add_string(h, cwd);
	return 0;
}

/* Everything that the result depends on. */
static int
add_all(struct sha256 *h, const struct memo *m, struct buf *why)
{
	if (!m->name)
		add_argv(h, m->argv);
	add_part(h, 'e', m->n_env);
	for (size_t i = 0; i < m->n_env; i++)
		add_env(h, m->env[i]);
	if (m->by_cwd && add_cwd(h, why) != 0)
		return -1;
	add_part(h, 'd', m->n_deps);
	for (size_t i = 0; i < m->n_deps; i++)
		if (add_dep(h, m->deps[i], why) != 0)
			return -1;
	if (m->input) {
		add_part(h, 'i', m->input_len);
		sha256_add(h, m->input, m->input_len);
	}
	return 0;
}

int
memo_key(const struct memo *m, struct buf *key, struct buf *why)
{
	const char *slash = strrchr(m->argv[0], '/');
	const char *name = slash ? slash + 1 : m->argv[0];
	uint8_t digest[SHA256_SIZE];
	char hex[SHA256_HEX];
	struct sha256 h;

	if (m->name)
		name = m->name;
	sha256_init(&h);
	add_part(&h, 'n', 1);
	add_string(&h, name);
	if (add_all(&h, m, why) != 0)
		return -1;
	sha256_end(&h, digest);
	sha256_hex(digest, hex);
	buf_addf(key, "run:%.*s:%s",
	    (int)utf8_cut(name, strlen(name), MEMO_NAME_MAX), name, hex);
	return 0;
}
