/* lib/core/systemd: what a service tells its manager. */
#include <stddef.h>

#include "core/systemd.h"
#include "server_unit.h"

/* A manager's socket at path, abstract if it begins with @. */
static int
manager(const char *path)
{
	struct sockaddr_un un = {.sun_family = AF_UNIX};
	struct timeval tv = {10, 0};
	int fd = socket(AF_UNIX, SOCK_DGRAM, 0);

	memcpy(un.sun_path, path, strlen(path));
	if (*path == '@')
		un.sun_path[0] = '\0';
	ok(bind(fd, (struct sockaddr *)&un,
	       (socklen_t)(offsetof(struct sockaddr_un, sun_path) +
			   strlen(path))) == 0);
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof(tv));
	setenv("NOTIFY_SOCKET", path, 1);
	return fd;
}

static bool
hears(int fd, const char *want)
{
	char got[256];
	ssize_t n = recv(fd, got, sizeof(got), 0);

	return n > 0 && is(got, (size_t)n, want);
}

static void
test_notify(void)
{
	char path[100];
	int fd;

	test("systemd: messages go to the socket, abstract or not");
	unsetenv("NOTIFY_SOCKET");
	systemd_notify("READY=1");
	setenv("NOTIFY_SOCKET", "relative", 1);
	systemd_notify("READY=1");
	snprintf(path, sizeof(path), "%s/notify", server_root);
	fd = manager(path);
	systemd_notify("READY=1");
	ok(hears(fd, "READY=1"));
	close(fd);
	systemd_notify("READY=1"); /* nobody is there: no harm */
	snprintf(path, sizeof(path), "@cdo-test-%d", (int)getpid());
	fd = manager(path);
	systemd_notify("STATUS=well");
	ok(hears(fd, "STATUS=well"));
	close(fd);
}

static void
test_variables(void)
{
	char pid[16];

	test("systemd: variables that are for another process");
	snprintf(pid, sizeof(pid), "%d", (int)getpid());
	unsetenv("WATCHDOG_PID");
	unsetenv("WATCHDOG_USEC");
	ok(systemd_watchdog() == 0);
	setenv("WATCHDOG_USEC", "30000000", 1);
	ok(systemd_watchdog() == 15000);
	setenv("WATCHDOG_PID", "1", 1);
	ok(systemd_watchdog() == 0);
	setenv("WATCHDOG_PID", pid, 1);
	ok(systemd_watchdog() == 15000);
	setenv("WATCHDOG_USEC", "soon", 1);
	ok(systemd_watchdog() == 0);
	unsetenv("WATCHDOG_PID");

	ok(systemd_socket("x") == -1);
	setenv("LISTEN_FDS", "1", 1);
	setenv("LISTEN_PID", "1", 1);
	ok(systemd_socket("x") == -1);
	unsetenv("LISTEN_FDS");
	unsetenv("LISTEN_PID");
}

static void
test_server(void)
{
	char path[100], got[256];
	ssize_t n;
	int fd;

	test("systemd: the server says when it is ready, alive, stopping");
	snprintf(path, sizeof(path), "%s/server", server_root);
	fd = manager(path);
	setenv("WATCHDOG_USEC", "400000", 1);
	server_fresh();
	server_start(&(struct server_options){0});
	ok(hears(fd, "READY=1"));
	for (int i = 0; i < 3; i++)
		ok(hears(fd, "WATCHDOG=1"));
	ok(server_stop(SIGTERM) == 0);
	do /* some may have been on their way */
		n = recv(fd, got, sizeof(got), 0);
	while (n == 10 && memcmp(got, "WATCHDOG=1", 10) == 0);
	ok(n > 0 && is(got, (size_t)n, "STOPPING=1"));
	close(fd);
}

int
main(void)
{
	server_folder();
	test_notify();
	test_variables();
	test_server();
	server_cleanup();
	return done();
}
