/* lib/store: what a server says, and what it does not, behind a store. */
#define _GNU_SOURCE /* mkdtemp */
#include <pthread.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sysexits.h>
#include <unistd.h>

#include "core/diag.h"
#include "store/entry.h"
#include "store/place.h"
#include "store/store.h"
#include "unit.h"

#define REFUSE_HELLO "-ERR unknown command\r\n"
#define CLOSE "" /* the connection, instead of an answer */
#define SILENCE "\n"

static char root[] = "/tmp/cdo-redis-XXXXXX";
static char path[64], where[80];
static int listener;
static const char *const *answers; /* one for each bunch of commands */

/* Answer, one connection after the other, until there are no answers. */
static void *
serve(void *arg)
{
	char block[65536];
	int fd;

	(void)arg;
	while (*answers && (fd = accept(listener, NULL, NULL)) >= 0) {
		while (read(fd, block, sizeof(block)) > 0) {
			const char *answer = *answers ? *answers++ : CLOSE;

			if (strcmp(answer, SILENCE) == 0)
				continue;
			if (*answer == '\0' ||
			    write(fd, answer, strlen(answer)) < 0)
				break;
		}
		close(fd);
	}
	return NULL;
}

static pthread_t
start(const char *const *list)
{
	struct sockaddr_un addr = {.sun_family = AF_UNIX};
	pthread_t thread;

	answers = list;
	memcpy(addr.sun_path, path, strlen(path) + 1);
	unlink(path);
	listener = socket(AF_UNIX, SOCK_STREAM, 0);
	if (bind(listener, (struct sockaddr *)&addr, sizeof(addr)) != 0 ||
	    listen(listener, 5) != 0 ||
	    pthread_create(&thread, NULL, serve, NULL) != 0)
		exit(1);
	return thread;
}

static void
stop(pthread_t thread)
{
	shutdown(listener, SHUT_RDWR);
	pthread_join(thread, NULL);
	close(listener);
}

enum work { GET, GET_WATCHED, SET, ADD, SCAN };

static bool
see(void *arg, const char *key, const struct store_value *v)
{
	(void)arg;
	(void)key;
	(void)v;
	return true;
}

static int
work(struct store_txn *t, enum work what)
{
	struct store_value v;
	int status = 0;

	if (what == GET || what == GET_WATCHED)
		status = store_get(t, "a", &v);
	else if (what == SCAN)
		status = store_scan(t, "", see, NULL);
	else if (what == SET)
		store_set(t, "a", "1", 1, STORE_NEVER, 0);
	else
		store_add(t, "a", 1);
	if (status == 0)
		return store_commit(t);
	store_end(t);
	return status;
}

/* What comes of some work when a server gives these answers? */
static bool
gives(enum work what, const char *const *list, int status, const char *why)
{
	const char *const watch[] = {"a", NULL};
	pthread_t thread = start(list);
	struct store *s = store_new(where, 0);
	struct store_txn *t;
	int got =
	    store_begin(s, STORE_STATE, what == GET_WATCHED ? watch : NULL, &t);
	bool good;

	if (got == 0)
		got = work(t, what);
	good = got == status && strstr(store_why(s), why);
	if (!good)
		printf("# got %d, %s\n", got, store_why(s));
	store_free(s);
	stop(thread);
	return good;
}

#define ANSWERS(...) ((const char *const[]){REFUSE_HELLO, __VA_ARGS__, NULL})

static void
test_answers(void)
{
	test("redis: errors of the server come with their kind");
	ok(gives(GET, ANSWERS("-NOAUTH Authentication required.\r\n"),
	    EX_NOPERM, "NOAUTH Authentication required; set CDO_REDIS_PASS"));
	ok(gives(GET, ANSWERS("-ERR DB index is out of range\r\n"), EX_CONFIG,
	    "the state needs one database, the cache the next"));
	ok(gives(GET, ANSWERS("+OK\r\n", "-LOADING data\r\n"), EX_TEMPFAIL,
	    "LOADING data"));
	ok(gives(SET,
	    ANSWERS("+OK\r\n", "+OK\r\n-OOM full\r\n-EXECABORT no\r\n"),
	    EX_IOERR, "OOM full"));
	ok(gives(SCAN,
	    ANSWERS("+OK\r\n", "*2\r\n$1\r\n0\r\n*1\r\n$5\r\ncdo:a\r\n",
		"-NOPERM no\r\n:-1\r\n"),
	    EX_NOPERM, "NOPERM no"));

	test("redis: what is no answer is told, and takes no memory");
	ok(gives(GET, ANSWERS("HTTP/1.1 400 Bad Request\r\n"), EX_PROTOCOL,
	    "not a server of Redis' kind"));
	ok(gives(GET, ANSWERS("+OK\r\n", "*2000000000\r\n"), EX_PROTOCOL,
	    "not a server of Redis' kind"));
	ok(gives(GET, ANSWERS("+OK\r\n", "$2000000000\r\nx", SILENCE),
	    EX_TEMPFAIL, "no answer within 1s"));
	ok(gives(GET, ANSWERS("+OK\r\n", "*2\r\n$-1\r\n$-1\r\n"), EX_PROTOCOL,
	    "the reply to MGET"));
	ok(gives(GET, ANSWERS("+OK\r\n", "*0\r\n"), EX_PROTOCOL,
	    "the reply to MGET"));
	ok(gives(GET, ANSWERS("+OK\r\n", ":1\r\n"), EX_PROTOCOL,
	    "the reply to a command"));
	ok(gives(SCAN, ANSWERS("+OK\r\n", "*2\r\n:0\r\n*0\r\n"), EX_PROTOCOL,
	    "the reply to SCAN"));
	ok(gives(GET, ANSWERS(SILENCE), EX_TEMPFAIL, "no answer within 1s"));
}

static void
test_lost(void)
{
	test("redis: a read is made again over a new connection");
	ok(gives(GET,
	    ANSWERS("+OK\r\n", CLOSE, REFUSE_HELLO, "+OK\r\n", "*1\r\n$-1\r\n"),
	    0, ""));
	test("redis: but only once, and not where a key is watched");
	ok(gives(GET, ANSWERS("+OK\r\n", CLOSE, REFUSE_HELLO, "+OK\r\n", CLOSE),
	    EX_TEMPFAIL, "the server closed the connection"));
	ok(gives(GET_WATCHED,
	    ANSWERS("+OK\r\n+OK\r\n", CLOSE, REFUSE_HELLO, "+OK\r\n"),
	    EX_TEMPFAIL, "the server closed the connection"));
	test("redis: a commit that is not answered is never made again");
	ok(gives(SET, ANSWERS("+OK\r\n", CLOSE, REFUSE_HELLO, "+OK\r\n"),
	    EX_TEMPFAIL, "may have been made or not: the server closed"));
	ok(gives(SET, ANSWERS("+OK\r\n", "+OK\r\n+QUEUED\r\n", SILENCE),
	    EX_TEMPFAIL, "may have been made or not: no answer within 1s"));
	ok(gives(ADD, ANSWERS("+OK\r\n", CLOSE), EX_TEMPFAIL,
	    "may have been made or not: the server closed"));
}

/* Is s a place, and which? */
static bool
is_place(const char *s, const char *env, const char *want)
{
	struct place p;
	struct buf b = {0}, why = {0};
	bool good;

	if (place_read(&p, s, env, &why) == 0) {
		buf_addf(&b, "%s %s %s %s %s %u", p.path ? p.path : "-",
		    p.host ? p.host : "-", p.port ? p.port : "-",
		    p.user ? p.user : "-", p.password ? p.password : "-", p.db);
		place_release(&p);
	} else {
		buf_add(&b, why.data, why.len);
	}
	good = is(b.data, b.len, want);
	buf_release(&b);
	buf_release(&why);
	return good;
}

static void
test_places(void)
{
	test("redis: a URL names host, port, user, password and database");
	ok(is_place("redis://h", NULL, "- h 6379 - - 0"));
	ok(is_place("redis://h:1/14", "pw", "- h 1 - pw 14"));
	ok(is_place("redis://h/", "", "- h 6379 - - 0"));
	ok(is_place("redis://u:p%40%3aq@h:1", "pw", "- h 1 u p@:q 0"));
	ok(is_place("redis://:p@q@[::1]:5/2", NULL, "- ::1 5 - p@q 2"));
	ok(is_place("redis://u@[::1]", "pw", "- ::1 6379 u pw 0"));
	ok(is_place("unix:/a/b", NULL, "/a/b - - - - 0"));

	test("redis: what is no URL is told");
	ok(is_place(
	    "redis://", NULL, "there is no host; write redis://host:6379/0"));
	ok(is_place("redis:h", NULL, "write redis://host:6379/0"));
	ok(is_place("redis://h:0", NULL, "the port is no number up to 65535"));
	ok(is_place("redis://h:", NULL, "the port is no number up to 65535"));
	ok(is_place("redis://[::1", NULL, "an address in [ ] is not closed"));
	ok(is_place("redis://[::1]x", NULL, "an address in [ ] is not closed"));
	ok(is_place("redis://u%4@h", NULL,
	    "the user's name has a % without two digits"));
	ok(is_place("redis://u:%00@h", NULL,
	    "the password has a % without two digits"));
	ok(is_place("redis://h/0?x=1", NULL,
	    "behind the host there is a database, as in "
	    "redis://host:6379/0, and nothing else"));
	ok(is_place(
	    "redis://h?x", NULL, "there is nothing to be asked for with ?"));
	ok(is_place("unix:", NULL, "there is no path; write unix:PATH"));
	ok(is_place("redis://h", "env:CDO_TEST_NONE",
	    "CDO_REDIS_PASSWORD: env:CDO_TEST_NONE: the variable is not set"));
}

int
main(void)
{
	unsetenv("CDO_NOW");
	diag_init("store_redis");
	if (!mkdtemp(root))
		return 1;
	snprintf(path, sizeof(path), "%s/s", root);
	snprintf(where, sizeof(where), "unix:%s", path);
	test_places();
	test_answers();
	test_lost();
	ok(unlink(path) == 0 && rmdir(root) == 0);
	return done();
}
