#include <string.h>
#include <strings.h>
#include <sysexits.h>
#include <unistd.h>

#include "source/source.h"
#include "stream/stop.h"

#define PARTIAL 3 /* exit status: some failed, the rest went out */

struct kind {
	const char *prefix;
	int (*run)(struct source *s, const char *operand);
	bool (*check)(const char *operand, struct buf *why); /* or NULL */
};

static const struct kind kinds[] = {
    {"http://", source_web, NULL},
    {"https://", source_web, NULL},
    {"file:", source_file, source_check_file},
    {"sim:", source_sim, source_check_sim},
    {NULL, NULL, NULL},
};

static const struct kind *
kind_of(const char *operand)
{
	const struct kind *k = kinds;

	while (k->prefix &&
	       strncasecmp(operand, k->prefix, strlen(k->prefix)) != 0)
		k++;
	return k->prefix ? k : NULL;
}

bool
source_check(const char *operand, struct buf *why)
{
	const struct kind *k = kind_of(operand);

	if (k)
		return !k->check || k->check(operand, why);
	if (access(operand, F_OK) == 0)
		buf_addf(
		    why, "%s: a file is named by file:%s", operand, operand);
	else
		buf_addf(why, "%.*s: not http://, https://, file: or sim:",
		    (int)strcspn(operand, "?#"), operand);
	return false;
}

void
source_init(struct source *s, const struct source_options *o)
{
	*s = (struct source){.options = o};
	s->emit.expression = o->expression;
	s->emit.hold = o->hold;
	s->emit.limit = o->limit;
	emit_init(&s->emit);
}

void
source_run(struct source *s, const char *operand)
{
	const struct kind *k = kind_of(operand);
	int status;

	if (stop_signal() || s->emit.total_records >= s->emit.limit || !k)
		return;
	status = k->run(s, operand);
	if (status == 0)
		s->n_good++;
	else if (s->n_failed++ == 0)
		s->status = status;
}

int
source_finish(struct source *s)
{
	const struct emit *e = &s->emit;
	int status = 0;

	if (stop_signal())
		status = 128 + stop_signal();
	else if (s->n_failed > 0 && s->n_good + e->total_records > 0)
		status = PARTIAL;
	else if (s->n_failed > 0)
		status = s->status;
	else if (e->total_faults > 0)
		status = EX_DATAERR;
	http_free(s->http);
	emit_release(&s->emit);
	s->http = NULL;
	return status;
}
