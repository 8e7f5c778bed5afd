#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "core/xmem.h"
#include "stream/flows.h"
#include "stream/stop.h"

static void *
work(void *arg)
{
	struct flows *f = arg;
	size_t i;

	while (!stop_signal() && (i = atomic_fetch_add(&f->next, 1)) < f->n)
		f->job(f->arg, i);
	return NULL;
}

void
flows_run(struct flows *f)
{
	size_t most = f->threads < f->n ? f->threads : f->n, n = 0;
	pthread_t *threads = xcalloc(most, sizeof(*threads));

	f->next = 0;
	while (n + 1 < most && pthread_create(&threads[n], NULL, work, f) == 0)
		n++;
	work(f);
	while (n > 0)
		pthread_join(threads[--n], NULL);
	free(threads);
}

void
flows_end(struct flows *f)
{
	f->next = f->n;
}
