/*
 * lib/store/engine: files are damaged while the server has them open, and the
 * damage is found by a write.  What was committed is there; what is not says
 * so.
 */
#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "core/diag.h"
#include "core/process.h"
#include "store/engine.h"
#include "store/entry.h"
#include "unit.h"

#define KEYS 100
#define VALUE ((size_t)64 << 10)
#define WRITES 900 /* enough for LevelDB to merge its files several times */

static char root[] = "/tmp/cdo-engine-XXXXXX";
static struct buf said; /* by diag */

static void
hear(enum diag_level level, const char *text, size_t len)
{
	(void)level;
	buf_add(&said, text, len);
	buf_addc(&said, '\n');
}

/* Scribble in the middle of every table. */
static int
damage(const char *path)
{
	DIR *list = opendir(path);
	struct dirent *e;
	char file[512], junk[4096];
	struct stat st;
	int n = 0, fd;

	memset(junk, 0x5a, sizeof(junk));
	while (list && (e = readdir(list))) {
		if (!strstr(e->d_name, ".ldb"))
			continue;
		snprintf(file, sizeof(file), "%s/%s", path, e->d_name);
		fd = open(file, O_RDWR);
		if (fstat(fd, &st) == 0 &&
		    pwrite(fd, junk, sizeof(junk), st.st_size / 2) > 0)
			n++;
		close(fd);
	}
	if (list)
		closedir(list);
	return n;
}

/* What a write says, chance enough that it cannot be packed. */
static void
fill(char *p, int n)
{
	unsigned x = (unsigned)n * 2654435761U + 1;

	for (size_t i = 0; i < VALUE; i++) {
		x = x * 1103515245 + 12345;
		p[i] = (char)(x >> 16);
	}
}

/* Write value n under one of the keys; returns what the commit does. */
static int
write_one(struct engine *e, enum store_db db, int n)
{
	struct store_value v = {
	    .created = 1, .expires = STORE_NEVER, .stale_until = STORE_NEVER};
	char key[8], *p;
	int len = snprintf(key, sizeof(key), "k%02d", n * 37 % KEYS);
	struct item *i = engine_get(e, db, key, (size_t)len);

	if (!i)
		return EX_IOERR;
	p = engine_put(e, db, i, ENTRY_HEADER + VALUE, STORE_NEVER);
	entry_head(p, &v);
	fill(p + ENTRY_HEADER, n);
	return engine_commit(e, db);
}

/* Is value n there? */
static bool
has(struct engine *e, enum store_db db, int n)
{
	static char want[VALUE];
	char key[8];
	int len = snprintf(key, sizeof(key), "k%02d", n * 37 % KEYS);
	const struct item *i = engine_get(e, db, key, (size_t)len);

	fill(want, n);
	return i && i->data && i->len == ENTRY_HEADER + VALUE &&
	       memcmp(i->data + ENTRY_HEADER, want, VALUE) == 0;
}

static void
test_damage(struct store *s, enum store_db db, const char *path)
{
	struct engine e;
	int n_refused = 0, n_lost = 0, status;

	ok(engine_open(&e, s, (size_t)24 << 20) == 0);
	for (int n = 0; n < WRITES; n++) {
		if (n == 2 * KEYS)
			ok(damage(path) > 0);
		status = write_one(&e, db, n);
		n_refused += status != 0;
		n_lost += status == 0 && !has(&e, db, n);
	}
	printf("# %d refused\n", n_refused);
	ok(n_lost == 0 && n_refused <= 2);
	engine_close(&e);
	buf_addc(&said, '\0');
}

int
main(void)
{
	static char rm[] = "rm", recursive[] = "-r";
	char *const remove[] = {rm, recursive, root, NULL};
	struct process p = {.argv = remove, PROCESS_INHERIT};
	struct process_result r = {0};
	struct buf path = {0};
	struct store *s;

	diag_init("engine_damage");
	diag_set_level(DIAG_ERROR + 1);
	diag_set_log(hear);
	if (!mkdtemp(root))
		return 1;
	s = store_new(root, 1000);
	buf_addf(&path, "%s/state", root);

	test("engine: a write that finds damage is not said to be made");
	test_damage(s, STORE_STATE, path.data);
	ok(strstr(said.data, "repairing it"));

	test("engine: and so it is in the cache, which begins anew");
	path.len = said.len = 0;
	buf_addf(&path, "%s/cache", root);
	test_damage(s, STORE_CACHE, path.data);

	store_free(s);
	buf_release(&path);
	buf_release(&said);
	ok(process_run(&p, &r) == 0 && r.status == 0);
	return done();
}
