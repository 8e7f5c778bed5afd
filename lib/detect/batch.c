#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "core/xmem.h"
#include "detect/batch.h"
#include "detect/select.h"

#define SHARE 4096 /* rows that a thread takes at once */

const struct batch_method *const batch_methods[] = {&batch_isolation_forest,
    &batch_extended_isolation_forest, &batch_ensemble,
    &batch_local_outlier_factor, &batch_knn, &batch_dbscan,
    &batch_one_class_svm, &batch_mahalanobis, &batch_elliptic_envelope,
    &batch_pca, &batch_z_score, &batch_robust_z, &batch_iqr, &batch_ecod,
    &batch_hbos, NULL};

const struct batch_method *
batch_find(const char *name)
{
	for (size_t i = 0; batch_methods[i]; i++)
		if (strcmp(batch_methods[i]->name, name) == 0)
			return batch_methods[i];
	return NULL;
}

/* What is to be shared among threads. */
struct share {
	pthread_mutex_t lock;
	size_t next, n;
	void (*work)(void *arg, size_t from, size_t to);
	void *arg;
};

static void *
run(void *arg)
{
	struct share *s = arg;

	for (;;) {
		size_t from, to;

		pthread_mutex_lock(&s->lock);
		from = s->next;
		to = s->n - from > SHARE ? from + SHARE : s->n;
		s->next = to;
		pthread_mutex_unlock(&s->lock);
		if (from == to)
			return NULL;
		s->work(s->arg, from, to);
	}
}

void
batch_share(unsigned jobs, size_t n,
    void (*work)(void *arg, size_t from, size_t to), void *arg)
{
	struct share s = {.n = n, .work = work, .arg = arg};
	pthread_t *threads = xcalloc(jobs, sizeof(*threads));
	unsigned started = 0;

	pthread_mutex_init(&s.lock, NULL);
	while (started + 1 < jobs && started * SHARE < n &&
	       pthread_create(&threads[started], NULL, run, &s) == 0)
		started++;
	run(&s);
	for (unsigned i = 0; i < started; i++)
		pthread_join(threads[i], NULL);
	pthread_mutex_destroy(&s.lock);
	free(threads);
}

double
batch_cut(const double *scores, size_t n, size_t count)
{
	return select_find(scores, n, n - count);
}
