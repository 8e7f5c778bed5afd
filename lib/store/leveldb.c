#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <leveldb/c.h>

#include "core/timestamp.h"
#include "core/xmem.h"
#include "store/leveldb.h"

#define YOUNG_FEW 4 /* young files: from here on LevelDB merges them */
#define YOUNG_MANY 8
#define TIDY_MS 60 /* to wait for a merge, for each young file */
#define TIDY_MAX_MS 8000

struct ldb_handles {
	leveldb_t *db; /* NULL: could not be opened */
	leveldb_options_t *options;
	leveldb_readoptions_t *reads;
	leveldb_writeoptions_t *writes;
	leveldb_writebatch_t *batch;
};

static bool
ends_with(const char *s, const char *end)
{
	size_t n = strlen(s), m = strlen(end);

	return n >= m && strcmp(s + n - m, end) == 0;
}

/* LevelDB gives words only; err is freed. */
static enum ldb_result
result(struct ldb *db, char *err)
{
	enum ldb_result r = LDB_FAILED;
	const char *words = err;

	if (!err)
		return LDB_OK;
	if (strncmp(err, "Corruption: ", 12) == 0) {
		r = LDB_CORRUPT;
		words += 12;
	} else if (strncmp(err, "IO error: lock ", 15) == 0) {
		r = LDB_BUSY;
	}
	if (strncmp(err, "IO error: ", 10) == 0)
		words += 10;
	/* a file that should be readable; an emptied one cannot be mapped */
	if (ends_with(err, strerror(EINVAL)) || ends_with(err, strerror(EIO)))
		r = LDB_CORRUPT;
	db->why.len = 0;
	buf_addf(&db->why, "%s", words);
	leveldb_free(err);
	return r;
}

static struct ldb_handles *
new_handles(bool is_durable)
{
	struct ldb_handles *h = xcalloc(1, sizeof(*h));

	h->options = leveldb_options_create();
	leveldb_options_set_create_if_missing(h->options, 1);
	leveldb_options_set_paranoid_checks(h->options, is_durable);
	h->reads = leveldb_readoptions_create();
	leveldb_readoptions_set_verify_checksums(h->reads, 1);
	h->writes = leveldb_writeoptions_create();
	leveldb_writeoptions_set_sync(h->writes, is_durable);
	h->batch = leveldb_writebatch_create();
	return h;
}

enum ldb_result
ldb_open(struct ldb *db, const char *path, bool is_durable)
{
	char *err = NULL;

	*db = (struct ldb){.handles = new_handles(is_durable)};
	db->handles->db = leveldb_open(db->handles->options, path, &err);
	return result(db, err);
}

void
ldb_close(struct ldb *db)
{
	struct ldb_handles *h = db->handles;

	buf_release(&db->why);
	db->handles = NULL;
	if (!h)
		return;
	if (h->db)
		leveldb_close(h->db);
	leveldb_writebatch_destroy(h->batch);
	leveldb_writeoptions_destroy(h->writes);
	leveldb_readoptions_destroy(h->reads);
	leveldb_options_destroy(h->options);
	free(h);
}

enum ldb_result
ldb_repair(struct ldb *db, const char *path)
{
	leveldb_options_t *options = leveldb_options_create();
	char *err = NULL;

	/* else it keeps blocks that reading refuses for their checksum */
	leveldb_options_set_paranoid_checks(options, 1);
	leveldb_repair_db(options, path, &err);
	leveldb_options_destroy(options);
	return result(db, err);
}

enum ldb_result
ldb_get(
    struct ldb *db, const void *key, size_t key_len, char **data, size_t *len)
{
	struct ldb_handles *h = db->handles;
	char *err = NULL;

	*data = leveldb_get(h->db, h->reads, key, key_len, len, &err);
	return result(db, err);
}

enum ldb_result
ldb_scan(struct ldb *db, const void *from, size_t from_len,
    bool (*each)(void *arg, const char *key, size_t key_len, const char *data,
	size_t len),
    void *arg)
{
	leveldb_iterator_t *i;
	const char *key, *data;
	size_t key_len, len;
	char *err = NULL;

	i = leveldb_create_iterator(db->handles->db, db->handles->reads);
	leveldb_iter_seek(i, from, from_len);
	for (; leveldb_iter_valid(i); leveldb_iter_next(i)) {
		key = leveldb_iter_key(i, &key_len);
		data = leveldb_iter_value(i, &len);
		if (!each(arg, key, key_len, data, len))
			break;
	}
	leveldb_iter_get_error(i, &err);
	leveldb_iter_destroy(i);
	return result(db, err);
}

void
ldb_put(struct ldb *db, const void *key, size_t key_len, const void *data,
    size_t len)
{
	leveldb_writebatch_put(db->handles->batch, key, key_len, data, len);
}

void
ldb_del(struct ldb *db, const void *key, size_t key_len)
{
	leveldb_writebatch_delete(db->handles->batch, key, key_len);
}

void
ldb_gathered(const struct ldb *db,
    void (*put)(void *arg, const char *key, size_t key_len, const char *data,
	size_t len),
    void (*del)(void *arg, const char *key, size_t key_len), void *arg)
{
	leveldb_writebatch_iterate(db->handles->batch, arg, put, del);
}

void
ldb_forget(struct ldb *db)
{
	leveldb_writebatch_clear(db->handles->batch);
}

enum ldb_result
ldb_write(struct ldb *db)
{
	struct ldb_handles *h = db->handles;
	char *err = NULL;

	leveldb_write(h->db, h->writes, h->batch, &err);
	ldb_forget(db);
	return result(db, err);
}

void
ldb_compact(struct ldb *db, const struct buf *from, const struct buf *to)
{
	leveldb_compact_range(db->handles->db, from ? from->data : NULL,
	    from ? from->len : 0, to ? to->data : NULL, to ? to->len : 0);
}

/* Tables that a log became when the database was opened. */
static long
count_young(struct ldb *db)
{
	char *text = leveldb_property_value(
	    db->handles->db, "leveldb.num-files-at-level0");
	long n = text ? strtol(text, NULL, 10) : 0;

	leveldb_free(text);
	return n;
}

void
ldb_tidy(struct ldb *db)
{
	static const struct timespec nap = {.tv_nsec = 1000000};
	long n = count_young(db);
	int64_t deadline = timestamp_monotonic();

	/* at 8, 16, 32 ...: a merge that takes too long is not tried often */
	if (n < YOUNG_MANY || (n & (n - 1)) != 0)
		return;
	deadline += n * TIDY_MS < TIDY_MAX_MS ? n * TIDY_MS : TIDY_MAX_MS;
	while (count_young(db) >= YOUNG_FEW && timestamp_monotonic() < deadline)
		nanosleep(&nap, NULL);
}
