#include <stdlib.h>

#include "core/timestamp.h"
#include "core/xmem.h"
#include "http/address.h"
#include "http/lane.h"

struct lane *
lane_new(void)
{
	struct lane *l = xcalloc(1, sizeof(*l));
	pthread_condattr_t attr;

	l->easy = curl_easy_init();
	if (!l->easy)
		xmem_fail();
	pthread_mutex_init(&l->lock, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&l->news, &attr);
	pthread_condattr_destroy(&attr);
	return l;
}

void
lane_free(struct lane *l)
{
	curl_easy_cleanup(l->easy);
	answer_free(l->answer);
	buf_release(&l->ahead);
	pthread_cond_destroy(&l->news);
	pthread_mutex_destroy(&l->lock);
	free(l);
}

static size_t
on_header(char *data, size_t size, size_t n, void *arg)
{
	struct lane *l = arg;

	n *= size;
	l->heard_at = timestamp_monotonic();
	l->header_size += n;
	if (l->header_size > l->max_header || ++l->n_lines > HTTP_MAX_FIELDS) {
		l->is_header_large = true;
		return 0;
	}
	if (!l->has_body) /* who waits for it may read them now */
		answer_line(l->answer, data, n);
	return n;
}

/* Before a connection is made: where to? */
static curl_socket_t
on_socket(void *arg, curlsocktype purpose, struct curl_sockaddr *address)
{
	struct lane *l = arg;

	(void)purpose;
	if (!address_is_public(&address->addr)) {
		l->is_private = true;
		return CURL_SOCKET_BAD;
	}
	return socket(address->family, address->socktype | SOCK_CLOEXEC,
	    address->protocol);
}

/* Before a request goes over a connection, which may be an older one that
 * was made for somebody else. */
static int
on_connected(void *arg, char *to, char *from, int to_port, int from_port)
{
	struct lane *l = arg;

	(void)from;
	(void)to_port;
	(void)from_port;
	if (address_is_public_text(to))
		return CURL_PREREQFUNC_OK;
	l->is_private = true;
	return CURL_PREREQFUNC_ABORT;
}

void
lane_start(struct lane *l)
{
	answer_free(l->answer);
	l->answer = answer_new();
	l->header_size = l->n_lines = 0;
	l->has_body = l->is_header_large = false;
	l->is_private = false;
	l->heard_at = timestamp_monotonic();
	curl_easy_setopt(l->easy, CURLOPT_HEADERFUNCTION, on_header);
	curl_easy_setopt(l->easy, CURLOPT_HEADERDATA, l);
	curl_easy_setopt(l->easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
	if (!l->is_public)
		return;
	curl_easy_setopt(l->easy, CURLOPT_PROXY, "");
	curl_easy_setopt(l->easy, CURLOPT_OPENSOCKETFUNCTION, on_socket);
	curl_easy_setopt(l->easy, CURLOPT_OPENSOCKETDATA, l);
	curl_easy_setopt(l->easy, CURLOPT_PREREQFUNCTION, on_connected);
	curl_easy_setopt(l->easy, CURLOPT_PREREQDATA, l);
}
