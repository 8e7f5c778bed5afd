#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/diag.h"
#include "core/map.h"
#include "core/slurp.h"
#include "core/xmem.h"
#include "store/ledger.h"

#define HASH ((size_t)16) /* digits */
#define SMALL ((uint64_t)256 << 10) /* bytes: not written anew */
#define MANY 20 /* names in a message, at most */

static const char counter[] = "c";

/* FNV-1a, 64 bits (Fowler, Noll, Vo): damage is no adversary. */
static void
put_hash(char out[HASH + 1], const char *p, size_t len)
{
	uint64_t h = UINT64_C(0xcbf29ce484222325);

	for (size_t i = 0; i < len; i++)
		h = (h ^ (unsigned char)p[i]) * UINT64_C(0x100000001b3);
	snprintf(out, HASH + 1, "%016" PRIx64, h);
}

static void
add_put(
    void *arg, const char *key, size_t key_len, const char *data, size_t len)
{
	struct buf *records = arg;
	char hash[HASH + 1];

	if (key[0] != 'k')
		return;
	put_hash(hash, data, len);
	buf_addc(records, '+');
	buf_add(records, hash, HASH);
	buf_add(records, key + 1, key_len - 1);
	buf_addc(records, '\0');
}

static void
add_del(void *arg, const char *key, size_t key_len)
{
	struct buf *records = arg;

	if (key[0] != 'k')
		return;
	buf_addc(records, '-');
	buf_add(records, key + 1, key_len - 1);
	buf_addc(records, '\0');
}

/* The path of the ledger, or of the one that is to replace it. */
static void
set_path(struct buf *path, const struct dir *d, const char *suffix)
{
	path->len = 0;
	buf_addf(path, "%s.names%s", d->path, suffix);
}

/* Append to a file, or make it anew; 0, or -1 and errno.  *size: then. */
static int
write_file(const char *path, int flags, const struct buf *b, uint64_t *size)
{
	int fd = open(
	    path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW | flags, 0600);
	struct stat st;
	bool good;

	if (fd < 0)
		return -1;
	good = write(fd, b->data, b->len) == (ssize_t)b->len &&
	       fstat(fd, &st) == 0;
	close(fd);
	if (good)
		*size = (uint64_t)st.st_size;
	return good ? 0 : -1;
}

static bool
add_entry(
    void *arg, const char *key, size_t key_len, const char *data, size_t len)
{
	if (key[0] != 'k')
		return false;
	add_put(arg, key, key_len, data, len);
	return true;
}

/* Write the ledger anew, from the database. */
static void
renew(struct store_txn *t)
{
	struct direct *w = t->private;
	struct buf records = {0}, new = {0}, path = {0};
	uint64_t size;

	set_path(&path, &w->dir, "");
	set_path(&new, &w->dir, ".new");
	if (ldb_scan(&w->db, "k", 1, add_entry, &records) == LDB_OK &&
	    write_file(new.data, O_TRUNC, &records, &size) == 0 &&
	    rename(new.data, path.data) == 0)
		dir_set_names(&w->dir, size);
	else /* better none than a wrong one */
		unlink(path.data);
	buf_release(&records);
	buf_release(&new);
	buf_release(&path);
}

/* Append what a commit has written. */
static void
append(struct store_txn *t, const struct buf *records)
{
	struct direct *w = t->private;
	uint64_t size = 0, base = dir_names(&w->dir);
	struct buf path = {0};

	set_path(&path, &w->dir, "");
	if (write_file(path.data, O_APPEND, records, &size) != 0)
		unlink(path.data);
	else if (size == records->len || (size > SMALL && size > 4 * base))
		renew(t);
	buf_release(&path);
}

enum ldb_result
ledger_write(struct store_txn *t)
{
	struct direct *w = t->private;
	struct buf records = {0};
	char text[24];
	enum ldb_result r;

	if (t->db != STORE_STATE)
		return ldb_write(&w->db);
	buf_addc(&records, '\0');
	ldb_gathered(&w->db, add_put, add_del, &records);
	snprintf(text, sizeof(text), "%" PRIu64, w->n_commits + 1);
	ldb_put(&w->db, counter, 1, text, strlen(text));
	r = ldb_write(&w->db);
	if (r == LDB_OK) {
		append(t, &records);
		dir_set_commits(&w->dir, ++w->n_commits);
	}
	buf_release(&records);
	return r;
}

void
ledger_forget(const struct dir *d)
{
	struct buf path = {0};

	dir_set_commits(d, 0);
	set_path(&path, d, "");
	unlink(path.data);
	buf_release(&path);
}

/* The keys that the ledger has, each with its record but for those that are
 * deleted.  Returns false if there is no ledger. */
static bool
read_ledger(const struct dir *d, struct buf *text, struct map *names)
{
	const char *p, *key;
	size_t len;
	struct buf path = {0};
	int fd;

	set_path(&path, d, "");
	fd = open(path.data, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	buf_release(&path);
	if (fd < 0 || slurp(fd, SIZE_MAX / 2, text) != 0) {
		if (fd >= 0)
			close(fd);
		return false;
	}
	close(fd);
	buf_addc(text, '\0');
	for (p = text->data; p < text->data + text->len; p += len + 1) {
		len = strlen(p);
		key = p + 1 + (*p == '+' ? HASH : 0);
		if (len < 2 || key >= p + len)
			continue;
		if (*p == '+')
			*map_put(names, key, strlen(key)) = (void *)(p + 1);
		else if (*p == '-')
			map_remove(names, key, strlen(key));
	}
	return true;
}

/* Names for a message. */
struct list {
	struct buf text;
	size_t n;
};

static void
add_name(struct list *l, const char *key)
{
	if (l->n++ < MANY) {
		buf_adds(&l->text, l->n > 1 ? ", " : "");
		buf_adds(&l->text, key);
	}
}

static void
say(const struct store_txn *t, const struct list *l, const char *what)
{
	const struct direct *w = t->private;

	if (l->n > 0)
		diag_error("%s: %s: %zu: %.*s%s", w->dir.path, what, l->n,
		    (int)l->text.len, l->text.data, l->n > MANY ? " ..." : "");
}

/* Compare the ledger with what there is. */
static void
compare(struct store_txn *t, const struct map *names)
{
	struct direct *w = t->private;
	struct list lost = {0}, other = {0};
	const struct map_entry *e;
	char hash[HASH + 1], *data;
	size_t i = 0, len;

	while ((e = map_next(names, &i))) {
		direct_entry_key(&w->key, e->key);
		if (ldb_get(&w->db, w->key.data, w->key.len, &data, &len) !=
			LDB_OK ||
		    !data) {
			add_name(&lost, e->key);
			continue;
		}
		put_hash(hash, data, len);
		if (memcmp(hash, e->value, HASH) != 0)
			add_name(&other, e->key);
		free(data);
	}
	say(t, &lost, "entries lost");
	say(t, &other, "entries that have an older value");
	if (lost.n + other.n == 0)
		diag_error("%s: no entry was lost", w->dir.path);
	buf_release(&lost.text);
	buf_release(&other.text);
}

/* Say what came back. */
static bool
add_unknown(
    void *arg, const char *key, size_t key_len, const char *data, size_t len)
{
	const struct map *names = ((void **)arg)[0];
	struct list *l = ((void **)arg)[1];
	char *name;

	(void)data;
	(void)len;
	if (key[0] != 'k')
		return false;
	if (!map_get(names, key + 1, key_len - 1)) {
		name = xstrndup(key + 1, key_len - 1);
		add_name(l, name);
		free(name);
	}
	return true;
}

void
ledger_report(struct store_txn *t)
{
	struct direct *w = t->private;
	struct buf text = {0};
	struct map names = {0};
	struct list back = {0};
	void *arg[] = {&names, &back};

	if (read_ledger(&w->dir, &text, &names)) {
		compare(t, &names);
		ldb_scan(&w->db, "k", 1, add_unknown, arg);
		say(t, &back, "deleted entries that are back");
	} else {
		diag_error("%s: there is no ledger, %s.names, that would say "
			   "which entries are lost",
		    w->dir.path, w->dir.path);
	}
	map_release(&names);
	buf_release(&text);
	buf_release(&back.text);
	renew(t);
}

/* The number of commits that the database has. */
static enum ldb_result
read_counter(struct direct *w, uint64_t *n)
{
	enum ldb_result r;
	char *data, text[24];
	size_t len;

	*n = 0;
	r = ldb_get(&w->db, counter, 1, &data, &len);
	if (r != LDB_OK || !data)
		return r;
	snprintf(text, sizeof(text), "%.*s", (int)len, data);
	*n = strtoull(text, NULL, 10);
	free(data);
	return r;
}

enum ldb_result
ledger_check(struct store_txn *t)
{
	struct direct *w = t->private;
	uint64_t n, want = dir_commits(&w->dir);
	enum ldb_result r = read_counter(w, &n);
	struct buf path = {0};

	w->n_commits = n > want ? n : want;
	if (r != LDB_OK || n == want)
		return r;
	if (n > want) { /* a writer died before it could tell the ledger */
		set_path(&path, &w->dir, "");
		unlink(path.data);
		buf_release(&path);
		dir_set_commits(&w->dir, n);
		return LDB_OK;
	}
	diag_error("%s: the last %" PRIu64 " commits are lost, since its log "
		   "was cut or overwritten",
	    w->dir.path, want - n);
	ledger_report(t);
	return ledger_write(t);
}
