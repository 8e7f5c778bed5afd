/* lib/store/server: what hostile and clumsy clients can do to it: nothing. */
#include "server_unit.h"

#define MEMORY_MAX (64L << 10) /* KiB */

/* Sanitizers have their own memory. */
#if defined(__SANITIZE_ADDRESS__)
#define IS_PLAIN false
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define IS_PLAIN false
#endif
#endif
#ifndef IS_PLAIN
#define IS_PLAIN true
#endif

static const struct server_options quick = {
    .patience_ms = 500, .silence_ms = 60000};

/* Does the server answer this with an error, and close? */
static bool
is_shown_out(const void *p, size_t n, const char *error)
{
	char got[512];
	int fd = dial();
	bool good = fd >= 0 && say(fd, p, n);
	size_t len = good ? hear(fd, got, sizeof(got) - 1) : 0;

	got[len] = '\0';
	if (!strstr(got, error)) {
		printf(
		    "# %.*s: %s\n", n < 40 ? (int)n : 40, (const char *)p, got);
		good = false;
	}
	close(fd);
	return good;
}

static void
test_malformed(void)
{
	static const struct {
		const char *text, *error;
	} cases_of_it[] = {
	    {"*2000000000\r\n", "-ERR Protocol error: invalid multibulk"},
	    {"*1025\r\n", "-ERR Protocol error: invalid multibulk length"},
	    {"*-5\r\n", "-ERR Protocol error: invalid multibulk length"},
	    {"*99999999999999999999\r\n", "-ERR Protocol error"},
	    {"*x\r\n", "-ERR Protocol error"},
	    {"*1\n$4\nPING\n", "-ERR Protocol error"},
	    {"*1\r\n:5\r\n", "-ERR Protocol error: expected '$'"},
	    {"*1\r\n*1\r\n$4\r\nPING\r\n", "-ERR Protocol error: expected '$'"},
	    {"*1\r\n$-1\r\n", "-ERR Protocol error: invalid bulk length"},
	    {"*2\r\n$4\r\nECHO\r\n$16777217\r\n",
		"-ERR Protocol error: invalid bulk length"},
	    {"*3\r\n$3\r\nSET\r\n$9999999999\r\n", "-ERR Protocol error"},
	    {"*1\r\n$4\r\nPINGPONG\r\n", "-ERR Protocol error: a bulk string"},
	    {"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n",
		"-ERR Protocol error: this is no web server"},
	    {"POST / HTTP/1.0\r\n\r\nSET a b\r\n", "no web server"},
	    {"OPTIONS * HTTP/1.1\r\n\r\n", "no web server"},
	    {"Host: localhost\r\n", "no web server"},
	    {"PING\r\nPOST\r\nSET a b\r\n", "+PONG\r\n-ERR Protocol error"},
	};
	char line[3000];

	test("server: what is no request is told, and the connection closed");
	for (size_t i = 0; i < sizeof(cases_of_it) / sizeof(*cases_of_it); i++)
		ok(is_shown_out(cases_of_it[i].text,
		    strlen(cases_of_it[i].text), cases_of_it[i].error));
	memset(line, 'A', sizeof(line));
	ok(is_shown_out(line, sizeof(line), "too big inline request"));
	ok(answers());
}

static void
test_odd(void)
{
	static const char bytes[] = "*2\r\n$4\r\nEcHo\r\n$6\r\na\0\r\nb!\r\n";
	char got[16];
	int fd = dial();

	test("server: odd requests that are good");
	ok(asks(fd, "\r\n\n  \r\n*0\r\nPING\n", "+PONG\r\n"));
	ok(asks(fd, "  set\tk  v \r\n", "-ERR unknown command 'set\tk'\r\n"));
	ok(asks(fd, "  set  k  v \r\nget k\r\n", "+OK\r\n$1\r\nv\r\n"));
	for (size_t i = 0; i < sizeof(bytes) - 1; i++)
		ok(say(fd, bytes + i, 1));
	ok(hear(fd, got, 12) == 12 &&
	    memcmp(got, "$6\r\na\0\r\nb!\r\n", 12) == 0);
	ok(asks(fd, "*1\r\n$0\r\n\r\n", "-ERR unknown command ''\r\n"));
	ok(asks(fd, "QUIT\r\n", "+OK\r\n") && recv(fd, got, 1, 0) == 0);
	close(fd);
}

static void
test_random(void)
{
	uint64_t x = 88172645463325252U;
	char bytes[4096];
	int fd;

	test("server: random bytes");
	for (int i = 0; i < 300; i++) {
		for (size_t k = 0; k < sizeof(bytes); k++) {
			x ^= x << 13;
			x ^= x >> 7;
			x ^= x << 17;
			bytes[k] = (char)(x >> 32);
		}
		/* some that look like requests at first */
		memcpy(bytes, i % 3 ? "*9\r\n" : "*3\r\n", i % 2 ? 4 : 0);
		fd = dial();
		ok(fd >= 0);
		say(fd, bytes, sizeof(bytes));
		close(fd);
	}
	ok(answers());
}

static void
test_slow(void)
{
	int slow[64], fd;
	char c;

	test("server: a request must be whole in time; others do not wait");
	for (int i = 0; i < 64; i++) {
		slow[i] = dial();
		ok(say(slow[i], "*2\r\n$3\r\nGET\r\n$1", (size_t)i % 15 + 1));
	}
	fd = dial();
	for (int i = 0; i < 100; i++)
		ok(asks(fd, "PING\r\n", "+PONG\r\n"));
	for (int i = 0; i < 64; i++) {
		/* a byte now and then does not help */
		say(slow[i], "0", 1);
		ok(recv(slow[i], &c, 1, 0) <= 0);
		close(slow[i]);
	}
	ok(asks(fd, "PING\r\n", "+PONG\r\n"));
	close(fd);
}

/* SET k to n bytes. */
static bool
set_big(int fd, const char *k, size_t n)
{
	char head[64], got[5], *bytes = malloc(n + 2);
	int len = snprintf(head, sizeof(head),
	    "*3\r\n$3\r\nSET\r\n$%zu\r\n%s\r\n$%zu\r\n", strlen(k), k, n);
	bool good;

	memset(bytes, 'x', n);
	memcpy(bytes + n, "\r\n", 2);
	good = say(fd, head, (size_t)len) && say(fd, bytes, n + 2);
	free(bytes);
	return good && hear(fd, got, 5) == 5 && memcmp(got, "+OK\r\n", 5) == 0;
}

static void
test_greedy(void)
{
	int fd = dial(), fds[20];
	char c;
	long n = 0;

	test("server: who takes no replies is dropped; who does gets them all");
	ok(set_big(fd, "big", 1 << 20));
	for (int i = 0; i < 20; i++) {
		fds[i] = dial();
		for (int k = 0; k < 100; k++)
			say(fds[i], "GET big\r\n", 9);
	}
	for (int i = 0; i < 100; i++)
		ok(asks(fd, "PING\r\n", "+PONG\r\n"));
	/* without reading: at least the first ones are still there */
	sleep(2);
	ok(asks(fd, "PING\r\n", "+PONG\r\n"));
	for (int i = 0; i < 20; i++) {
		while (recv(fds[i], &c, 1, MSG_DONTWAIT) > 0)
			n++;
		ok(errno != EAGAIN || recv(fds[i], &c, 1, 0) <= 0);
		close(fds[i]);
	}
	ok(n < 20L * 100 << 20);
	for (int k = 0; k < 100; k++)
		say(fd, "GET big\r\n", 9);
	n = 0;
	while (n < 100 * ((1 << 20) + 12)) {
		static char block[1 << 16];
		ssize_t part = recv(fd, block, sizeof(block), 0);

		if (part <= 0)
			break;
		n += part;
	}
	ok(n == 100 * ((1 << 20) + 12));
	close(fd);
}

static void
test_announced(void)
{
	static const char head[] =
	    "*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$16777216\r\n";
	static char block[256 << 10];
	int fds[256], fd;
	char c;

	test("server: large values announced by 256 clients do not fill it");
	memset(block, 'y', sizeof(block));
	for (int i = 0; i < 256; i++) {
		fds[i] = dial();
		ok(fds[i] >= 0 && say(fds[i], head, sizeof(head) - 1));
		if (fds[i] >= 0)
			send(fds[i], block, sizeof(block),
			    MSG_NOSIGNAL | MSG_DONTWAIT);
	}
	fd = dial();
	ok(asks(fd, "PING\r\n", "+PONG\r\n"));
	for (int i = 0; i < 256; i++) {
		while (recv(fds[i], &c, 1, 0) > 0)
			;
		close(fds[i]);
	}
	ok(asks(fd, "PING\r\n", "+PONG\r\n"));
	close(fd);
}

/* Queue n bytes behind MULTI, in requests that each fit one read. */
static void
queue_up(int fd, size_t n)
{
	static const char head[] = "*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$60000\r\n";
	static char value[60002];
	char got[128];

	memset(value, 'z', sizeof(value) - 2);
	memcpy(value + sizeof(value) - 2, "\r\n", 2);
	for (size_t i = 0; i < n; i += sizeof(value)) {
		if (!say(fd, head, sizeof(head) - 1) ||
		    !say(fd, value, sizeof(value)) || hear(fd, got, 1) != 1)
			return;
		while (recv(fd, got, sizeof(got), MSG_DONTWAIT) > 0)
			;
	}
}

static void
test_queues(void)
{
	int fds[16];

	test("server: what many clients queue behind MULTI does not fill it");
	for (int i = 0; i < 16; i++) {
		fds[i] = dial();
		ok(asks(fds[i], "MULTI\r\n", "+OK\r\n"));
		queue_up(fds[i], (size_t)8 << 20);
	}
	ok(answers());
	for (int i = 0; i < 16; i++)
		close(fds[i]);
}

static void
test_large(void)
{
	static char got[17 << 20];
	size_t n = (16 << 20) + strlen("$16777216\r\n\r\n");
	int fd = dial();

	test("server: the largest value there may be");
	for (int i = 0; i < 3; i++) {
		ok(set_big(fd, "large", 16 << 20));
		ok(say(fd, "GET large\r\n", 11) && hear(fd, got, n) == n);
	}
	ok(memcmp(got, "$16777216\r\nxxx", 14) == 0);
	close(fd);
}

static void
test_many(void)
{
	int fds[SERVER_CLIENTS_MAX + 1] = {0};
	int n = SERVER_CLIENTS_MAX, answered = 0, n_dialed = 0;
	char got[64];

	test("server: 10,000 connections one after the other");
	for (int i = 0; i < 10000; i++) {
		int fd = dial();

		if (fd < 0)
			break;
		n_dialed++;
		if (i % 2)
			ok(say(fd, "GET big\r\n", 9));
		close(fd);
	}
	ok(n_dialed == 10000 && answers());

	test("server: hundreds at once are served, the next is told");
	for (int i = 0; i < n; i++) {
		fds[i] = dial();
		if (fds[i] < 0 || !say(fds[i], "INCR n\r\n", 8))
			break;
	}
	for (int i = 0; i < n; i++)
		answered += hear(fds[i], got, 4) == 4 && got[0] == ':';
	ok(answered == n);
	fds[n] = dial();
	got[hear(fds[n], got, sizeof(got) - 1)] = '\0';
	ok(strcmp(got, "-ERR max number of clients reached\r\n") == 0);
	for (int i = 0; i <= n; i++)
		close(fds[i]);
}

int
main(void)
{
	int n_descriptors;
	long peak;

	server_folder();
	server_fresh();
	server_start(&quick);
	n_descriptors = server_descriptors();
	test_malformed();
	test_odd();
	test_random();
	test_slow();
	test_greedy();
	test_announced();
	test_queues();
	test_many();

	test("server: after all that it has the memory and files it should");
	for (int i = 0; i < 1000 && !answers(); i++)
		nap();
	for (int i = 0; i < 1000 && server_descriptors() > n_descriptors; i++)
		nap();
	ok(server_descriptors() <= n_descriptors);
	peak = server_peak();
	printf("# peak %ld KiB\n", peak);
	ok(peak > 0 && (peak < MEMORY_MAX || !IS_PLAIN));
	test_large();
	printf("# peak %ld KiB with values of 16 MiB\n", server_peak());
	ok(server_stop(SIGTERM) == 0);
	server_cleanup();
	return done();
}
