#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "core/diag.h"
#include "core/xmem.h"
#include "source/bind.h"
#include "source/task.h"
#include "stream/stop.h"

#define PARTIAL 3 /* exit status: some failed, the rest went out */
#define STALE 4 /* an old answer had to do */

void
source_init(struct source *s, const struct source_options *o)
{
	*s = (struct source){.options = o};
	s->all.limit = o->limit;
	pthread_mutex_init(&s->all.lock, NULL);
	pthread_mutex_init(&s->lock, NULL);
	pthread_mutex_init(&s->input_lock, NULL);
	pthread_cond_init(&s->news, NULL);
	s->tail = &s->tasks;
}

void
source_add_part(struct source *s, const struct task *like, const char *url)
{
	struct task *t = xcalloc(1, sizeof(*t));

	*t = (struct task){.d = like->d,
	    .vars = json_copy(like->vars),
	    .name = xstrndup(url, strlen(url)),
	    .partition = xstrndup(like->partition, strlen(like->partition)),
	    .url = xstrndup(url, strlen(url))};
	pthread_mutex_lock(&s->lock);
	*s->tail = t;
	s->tail = &t->next;
	pthread_cond_signal(&s->news);
	pthread_mutex_unlock(&s->lock);
}

void
task_free(struct task *t)
{
	if (t->is_own) {
		definition_release(t->d);
		free(t->d);
	}
	json_decref(t->vars);
	free(t->name);
	free(t->partition);
	free(t->url);
	free(t);
}

void
source_add_rows(struct source *s, struct definition *d, const json_t *params,
    bool is_from_data)
{
	json_t *rows = bind_rows(d, params), *row;
	bool is_one = !d->rows && json_object_size(params) == 0;
	size_t i;

	json_array_foreach(rows, i, row)
	{
		struct task *t = xcalloc(1, sizeof(*t));
		struct buf name = {0}, part = {0};

		if (!is_one)
			bind_name(&part, d, params, row);
		buf_adds(&name, d->name);
		if (part.len > 0)
			buf_addf(&name, ": %.*s",
			    part.len > 200 ? 200 : (int)part.len, part.data);
		buf_addc(&name, '\0');
		buf_addc(&part, '\0');
		*t = (struct task){.d = d,
		    .vars = json_copy(row),
		    .name = name.data,
		    .partition = part.data,
		    .is_from_data = is_from_data};
		*s->tail = t;
		s->tail = &t->next;
	}
	json_decref(rows);
}

int
source_ask(struct source *s, const char *operand)
{
	struct definition *d;
	int status;

	if (strcmp(operand, "-") == 0) {
		s->reads_requests = true;
		return 0;
	}
	status = source_define(s, operand, &d);
	if (status == 0)
		source_add_rows(s, d, s->options->params, false);
	return status;
}

/* The first task of the list, with the lock. */
static struct task *
pop(struct source *s)
{
	struct task *t = s->tasks;

	if (!t || stop_signal() || s->all.n_records >= s->all.limit)
		return NULL;
	s->tasks = t->next;
	if (!s->tasks)
		s->tail = &s->tasks;
	s->n_busy++;
	return t;
}

/* Read a request, if no other thread has meanwhile.  That may take its time:
 * without the lock. */
static void
read_request(struct source *s)
{
	bool more;

	pthread_mutex_lock(&s->input_lock);
	pthread_mutex_lock(&s->lock);
	more = s->tasks || !s->reads_requests; /* there is something now */
	pthread_mutex_unlock(&s->lock);
	if (!more)
		more = source_read_request(s);
	if (!more) {
		pthread_mutex_lock(&s->lock);
		s->reads_requests = false;
		pthread_mutex_unlock(&s->lock);
	}
	pthread_mutex_unlock(&s->input_lock);
}

struct task *
source_next(struct source *s)
{
	struct task *t;

	pthread_mutex_lock(&s->lock);
	while (!(t = pop(s)) && !s->tasks && !stop_signal()) {
		if (s->reads_requests) {
			pthread_mutex_unlock(&s->lock);
			read_request(s);
			pthread_mutex_lock(&s->lock);
		} else if (s->n_busy > 0) {
			pthread_cond_wait(&s->news, &s->lock);
		} else {
			break;
		}
	}
	pthread_mutex_unlock(&s->lock);
	return t;
}

/* It may have been the last one that could add others. */
void
source_done(struct source *s, struct task *t)
{
	task_free(t);
	pthread_mutex_lock(&s->lock);
	s->n_busy--;
	pthread_cond_broadcast(&s->news);
	pthread_mutex_unlock(&s->lock);
}

static void *
work(void *arg)
{
	struct worker w;
	struct task *t;

	worker_init(&w, arg);
	while ((t = source_next(arg))) {
		stream_run(&w, t);
		source_done(arg, t);
	}
	worker_release(&w);
	return NULL;
}

/* Values that nothing asks for: a name that is misspelt? */
static void
tell_unwanted(const struct source *s)
{
	const struct map_entry *e;
	const char *name;
	json_t *v;

	json_object_foreach((json_t *)s->options->params, name, v)
	{
		bool is_wanted = s->reads_requests;

		for (size_t i = 0; (e = map_next(&s->definitions, &i));)
			is_wanted |= bind_is_wanted(e->value, name);
		if (!is_wanted)
			diag_warn("-P %s: no source has {%s}", name, name);
	}
}

void
source_run(struct source *s)
{
	unsigned n = s->options->jobs > 1 ? s->options->jobs : 1, started = 0;
	pthread_t *threads = xcalloc(n, sizeof(*threads));

	tell_unwanted(s);
	for (; started + 1 < n; started++)
		if (pthread_create(&threads[started], NULL, work, s) != 0)
			break; /* with those that there are */
	work(s);
	for (unsigned i = 0; i < started; i++)
		pthread_join(threads[i], NULL);
	free(threads);
}

static void
release(struct source *s)
{
	const struct map_entry *e;
	struct task *t;

	while ((t = s->tasks)) {
		s->tasks = t->next;
		task_free(t);
	}
	for (size_t i = 0; (e = map_next(&s->definitions, &i));) {
		definition_release(e->value);
		free(e->value);
	}
	map_release(&s->definitions);
	for (size_t i = 0; (e = map_next(&s->checkpoints, &i));)
		free(e->value);
	map_release(&s->checkpoints);
	cache_free(s->cache);
	s3_free(s->s3);
	http_free(s->http);
	origins_free(s->origins);
	store_free(s->store);
	store_free(s->origin_store);
	store_free(s->cache_store);
	buf_release(&s->input);
	pthread_mutex_destroy(&s->lock);
	pthread_mutex_destroy(&s->input_lock);
	pthread_cond_destroy(&s->news);
	pthread_mutex_destroy(&s->all.lock);
}

int
source_finish(struct source *s)
{
	int status = 0;

	if (stop_signal())
		status = 128 + stop_signal();
	else if (s->n_cut > 0 ||
		 (s->n_failed > 0 && s->n_good + s->all.n_records > 0))
		status = PARTIAL;
	else if (s->n_failed > 0)
		status = s->status;
	else if (s->n_stale > 0 && s->options->is_strict)
		status = STALE;
	else if (s->all.n_faults > 0)
		status = EX_DATAERR;
	release(s);
	return status;
}
