/* lib/obs: the log file under rotation, by many processes at once. */
#define _GNU_SOURCE /* mkdtemp is POSIX 2008, but not with every macro */
#include <pthread.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/buf.h"
#include "obs/log.h"
#include "unit.h"

#define WRITERS 8
#define LINES 2000

static char dir[] = "/tmp/cdo-log-XXXXXX";
static char path[64];

static const struct log_options options = {
    .path = path, .least = DIAG_INFO, .max_size = 50000, .keep = 100};

static void *
write_lines(void *writer)
{
	for (int i = 0; i < LINES; i++)
		diag_info("writer %d line %d %s", *(int *)writer, i,
		    "some more words to make it longer");
	return NULL;
}

static void
be_writer(int writer)
{
	if (log_open(&options) != 0)
		_exit(1);
	write_lines(&writer);
	log_close();
	_exit(0);
}

static bool seen[WRITERS][LINES];
static int n_files, n_lines, n_broken;

/* Tick off the lines of one file. */
static void
read_file(const char *name)
{
	FILE *f = fopen(name, "r");
	char line[512];
	const char *m;
	int writer, number;

	if (!f)
		return;
	n_files++;
	while (fgets(line, sizeof(line), f)) {
		m = strstr(line, "\"message\":\"writer ");
		if (line[0] != '{' || !m || !strstr(line, "\"}\n") ||
		    sscanf(m + 18, "%d line %d", &writer, &number) != 2 ||
		    seen[writer][number])
			n_broken++;
		else
			seen[writer][number] = true;
		n_lines++;
	}
	fclose(f);
	unlink(name);
}

/* All lines are in the files, once and whole. */
static void
read_files(void)
{
	char name[80];

	n_files = n_lines = n_broken = 0;
	memset(seen, 0, sizeof(seen));
	read_file(path);
	for (int i = 1; i <= 100; i++) {
		snprintf(name, sizeof(name), "%s.%d", path, i);
		read_file(name);
	}
	ok(n_lines == WRITERS * LINES);
	ok(n_broken == 0);
	ok(n_files > 10);
}

static void
test_threads(void)
{
	pthread_t threads[WRITERS];
	int numbers[WRITERS];

	test("log: neither do eight threads");
	ok(log_open(&options) == 0);
	for (int i = 0; i < WRITERS; i++) {
		numbers[i] = i;
		ok(pthread_create(
		       &threads[i], NULL, write_lines, &numbers[i]) == 0);
	}
	for (int i = 0; i < WRITERS; i++)
		pthread_join(threads[i], NULL);
	log_close();
	read_files();
}

static void
test_rotation(void)
{
	int status;

	test("log: eight processes and rotation lose and cut nothing");
	for (int i = 0; i < WRITERS; i++)
		if (fork() == 0)
			be_writer(i);
	for (int i = 0; i < WRITERS; i++)
		ok(wait(&status) > 0 && status == 0);
	read_files();
}

static void
test_keep(void)
{
	struct log_options o = {
	    .path = path, .least = DIAG_INFO, .max_size = 200, .keep = 2};
	char name[80];
	struct stat st;

	test("log: as many old files are kept as asked for, and levels count");
	ok(log_open(&o) == 0);
	for (int i = 0; i < 20; i++)
		diag_info(
		    "message %d, which is long enough for a few a file", i);
	diag_debug("not logged");
	log_close();
	for (int i = 1; i <= 3; i++) {
		snprintf(name, sizeof(name), "%s.%d", path, i);
		ok((stat(name, &st) == 0) == (i <= 2));
		ok(st.st_size <= 200);
		unlink(name);
	}
	unlink(path);
}

int
main(void)
{
	char lock[80];

	if (!mkdtemp(dir))
		return 1;
	diag_init("unit");
	snprintf(path, sizeof(path), "%s/log", dir);
	test_rotation();
	test_threads();
	test_keep();
	snprintf(lock, sizeof(lock), "%s.lock", path);
	unlink(lock);
	rmdir(dir);
	return done();
}
