/* rules, part: in_file, values that stand in a file of their own. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/slurp.h"
#include "core/xmem.h"
#include "rules/compile.h"
#include "stream/side.h"
#include "json/write.h"

#define FILE_MAX ((size_t)1 << 30)

/* path as seen from the rule file. */
static char *
find(const struct doc *d, const char *path)
{
	const char *slash = strrchr(d->name, '/');
	struct buf b = {0};

	if (*path != '/' && slash)
		buf_add(&b, d->name, (size_t)(slash - d->name) + 1);
	buf_adds(&b, path);
	buf_addc(&b, '\0');
	return b.data;
}

static void
add(struct keyset *set, const uint8_t *hash_key, struct buf *key)
{
	struct hash128 h = siphash(hash_key, key->data, key->len);

	if (!keyset_get(set, h))
		keyset_put(set, h);
	key->len = 0;
}

/* Names that end so hold a JSON value a line. */
static bool
is_json(const char *path)
{
	static const char *const ends[] = {".ndjson", ".jsonl"};
	size_t len = strlen(path), n;

	for (size_t i = 0; i < sizeof(ends) / sizeof(*ends); i++) {
		n = strlen(ends[i]);
		if (len > n && strcmp(path + len - n, ends[i]) == 0)
			return true;
	}
	return false;
}

struct reader {
	struct compiler *c;
	const char *path;
	struct keyset *set;
	struct buf key;
	struct jdoc doc;
	bool is_json;
};

/* One line, JDOC_PADDING bytes behind it.  A plain one is a string, and if it
 * reads as a number, that too. */
static bool
read_line(struct reader *r, const char *p, size_t len, size_t line)
{
	const uint8_t *hash_key = r->c->rules->private->file_key;
	enum jerror why = jdoc_parse(&r->doc, p, len);
	struct jval v = jval_root(&r->doc);

	if (r->is_json && why) {
		FAULT(
		    r->c, "in_file", "%s:%zu: not a JSON value", r->path, line);
		return false;
	}
	if (!r->is_json) {
		jwrite_string(&r->key, p, len);
		add(r->set, hash_key, &r->key);
	}
	if (!why && (r->is_json || jval_is_number(v))) {
		jval_canon(&r->key, v);
		add(r->set, hash_key, &r->key);
	}
	return true;
}

static bool
read_lines(struct reader *r, const char *p, size_t len)
{
	const char *end = p + len, *lf;
	size_t n;

	if (len > 2 && memcmp(p, "\xef\xbb\xbf", 3) == 0)
		p += 3; /* a byte order mark */
	for (size_t line = 1; p < end; line++, p = lf + 1) {
		lf = memchr(p, '\n', (size_t)(end - p));
		lf = lf ? lf : end;
		n = (size_t)(lf - p);
		if (n > 0 && p[n - 1] == '\r')
			n--;
		if (n > 0 && !read_line(r, p, n, line))
			return false;
	}
	return true;
}

/* Append the contents.  Returns 0, or errno. */
static int
load(const char *path, struct buf *b)
{
	int rc, fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return errno;
	side_keep(path);
	rc = slurp(fd, FILE_MAX, b);
	close(fd);
	return rc;
}

struct keyset *
rules_read_values(struct compiler *c, const char *path)
{
	struct reader r = {.c = c,
	    .set = xcalloc(1, sizeof(*r.set)),
	    .is_json = is_json(path)};
	struct buf text = {0};
	char *found = find(c->d, path);
	size_t len;
	int rc = load(found, &text);

	keyset_init(r.set, 0, false, UINT64_MAX);
	jdoc_init(&r.doc);
	r.path = found;
	if (rc != 0)
		FAULT(c, "in_file", "%s: %s", found, strerror(rc));
	len = text.len;
	buf_reserve(&text, JDOC_PADDING);
	if (rc == 0 && read_lines(&r, text.data, len) && r.set->n == 0)
		FAULT(c, "in_file", "%s is empty: no value can pass", found);
	jdoc_release(&r.doc);
	buf_release(&r.key);
	buf_release(&text);
	free(found);
	return r.set;
}

bool
rules_is_listed(const struct rules *rules, const struct check_args *a,
    struct jval v, struct buf *scratch)
{
	scratch->len = 0;
	jval_canon(scratch, v);
	return keyset_get(a->set, siphash(rules->private->file_key,
				      scratch->data, scratch->len)) != NULL;
}
