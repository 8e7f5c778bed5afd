/* lib/http: files over ftp and sftp, from servers (tests/peers/files). */
#include <stdlib.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

#include "core/buf.h"
#include "http/http.h"
#include "unit.h"

static char dir[] = "/tmp/cdo-files-XXXXXX";
static char ftp[128], sftp[128];
static char known[128], key[128];
static int input = -1; /* of the servers, which end with it */
static pid_t servers;
static struct http *http;

static void
start_servers(void)
{
	int in[2], out[2];
	FILE *f;

	if (pipe(in) != 0 || pipe(out) != 0)
		exit(1);
	servers = fork();
	if (servers == 0) {
		dup2(in[0], 0);
		dup2(out[1], 1);
		close(in[1]);
		close(out[0]);
		execl("tests/peers/files", "files", dir, (char *)NULL);
		_exit(127);
	}
	close(in[0]);
	close(out[1]);
	input = in[1];
	f = fdopen(out[0], "r");
	if (!f || fscanf(f, "%127s %127s", ftp, sftp) != 2) {
		printf("# the servers do not start\n");
		exit(1);
	}
	fclose(f);
	snprintf(known, sizeof(known), "%s/known", dir);
	snprintf(key, sizeof(key), "%s/id", dir);
}

static void
write_file(const char *name, const char *text)
{
	char path[256];
	FILE *f;

	snprintf(path, sizeof(path), "%s/files/%s", dir, name);
	f = fopen(path, "w");
	if (!f || fputs(text, f) < 0 || fclose(f) != 0)
		exit(1);
}

static bool
on_data(void *arg, const struct http_result *r, const char *data, size_t len)
{
	(void)r;
	buf_add(arg, data, len);
	return true;
}

/* Get a path below a server; body: what came. */
static struct http_result
get(const char *server, const char *path, const struct http_login *login,
    struct buf *body)
{
	char url[256];
	struct http_request q = {
	    .url = url, .login = login, .on_data = on_data, .arg = body};
	struct http_result r;

	snprintf(url, sizeof(url), "%s%s", server, path);
	body->len = 0;
	http_do(http, &q, &r);
	http_result_release(&r);
	return r;
}

/* What both do alike. */
static void
test_server(const char *server, const struct http_login *login)
{
	struct buf b = {0};
	struct http_result r;

	r = get(server, "/a.ndjson", login, &b);
	ok(r.class == HTTP_OK && r.status == 0 && r.size == 4);
	ok(is(b.data, b.len, "1\n2\n"));
	r = get(server, "/", login, &b);
	buf_addc(&b, '\0');
	ok(r.class == HTTP_OK && strstr(b.data, "a.ndjson") &&
	    strstr(b.data, "b.ndjson"));
	r = get(server, "/none", login, &b);
	ok(r.class == HTTP_PERMANENT && r.exit == EX_NOINPUT);
	r = get(server, "/a.ndjson", NULL, &b);
	ok(r.class == HTTP_PERMANENT && r.exit == EX_USAGE);
	ok(b.len == 0);
	buf_release(&b);
}

static void
test_files(void)
{
	struct http_login user = {.user = "me", .password = "pw"};
	struct http_login ssh = {
	    .user = "me", .key_file = key, .known_hosts = known};

	test("http: a file and a folder over ftp");
	test_server(ftp, &user);

	test("http: a file and a folder over sftp");
	test_server(sftp, &ssh);
}

static void
test_refused(void)
{
	struct http_login user = {.user = "me", .password = "wrong"};
	struct http_login ssh = {
	    .user = "me", .key_file = key, .known_hosts = "/dev/null"};
	struct buf b = {0};
	struct http_result r;

	test("http: ftp and sftp that do not let us in");
	r = get(ftp, "/a.ndjson", &user, &b);
	ok(r.class == HTTP_PERMANENT && r.exit == EX_NOPERM);
	ok(strcmp(r.error, "login refused") == 0);
	ssh.known_hosts = known;
	ssh.user = "you";
	r = get(sftp, "/a.ndjson", &ssh, &b);
	ok(r.class == HTTP_PERMANENT && r.exit == EX_NOPERM);
	ssh.user = "me";

	test("http: no host that is not known, by ssh's own file");
	ssh.known_hosts = "/dev/null";
	r = get(sftp, "/a.ndjson", &ssh, &b);
	ok(r.class == HTTP_PERMANENT && r.exit == EX_PROTOCOL && b.len == 0);
	ssh.known_hosts = NULL;
	r = get(sftp, "/a.ndjson", &ssh, &b);
	ok(r.class == HTTP_PERMANENT && r.exit == EX_CONFIG && b.len == 0);
	r = get("http://127.0.0.1:1", "/", &ssh, &b);
	ok(r.class == HTTP_PERMANENT && b.len == 0);
	buf_release(&b);
}

static void
clean(void)
{
	pid_t pid;

	close(input);
	waitpid(servers, NULL, 0);
	pid = fork();
	if (pid == 0) {
		execlp("rm", "rm", "-r", dir, (char *)NULL);
		_exit(127);
	}
	waitpid(pid, NULL, 0);
}

int
main(void)
{
	if (!mkdtemp(dir))
		return 1;
	start_servers();
	write_file("a.ndjson", "1\n2\n");
	write_file("b.ndjson", "");
	http = http_new();
	test_refused();
	test_files();
	http_free(http);
	http = http_new_shared();
	test_files();
	http_free(http);
	clean();
	return done();
}
