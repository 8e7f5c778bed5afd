#ifndef HTTP_PEER_H
#define HTTP_PEER_H

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* http_peer - the test server (tests/peers/httpd.c), for units. */

static char peer_url[64]; /* "http://127.0.0.1:PORT" */
static pid_t peer_pid;

/* Start it on the folder. */
static inline void
peer_start(const char *root)
{
	char program[4096], port[16] = "";
	const char *peers = getenv("CDO_PEERS");
	int ends[2];
	FILE *out;

	snprintf(program, sizeof(program), "%s/httpd",
	    peers ? peers : "build/tests/peers");
	if (pipe(ends) != 0)
		exit(1);
	peer_pid = fork();
	if (peer_pid == 0) {
		dup2(ends[1], 1);
		close(ends[0]);
		execl(program, program, "--root", root, (char *)NULL);
		_exit(127);
	}
	close(ends[1]);
	out = fdopen(ends[0], "r");
	if (!out || !fgets(port, sizeof(port), out)) {
		printf("# %s does not start\n", program);
		exit(1);
	}
	fclose(out);
	port[strcspn(port, "\n")] = '\0';
	snprintf(peer_url, sizeof(peer_url), "http://127.0.0.1:%s", port);
}

static inline void
peer_stop(void)
{
	kill(peer_pid, SIGTERM);
	waitpid(peer_pid, NULL, 0);
}

#endif
