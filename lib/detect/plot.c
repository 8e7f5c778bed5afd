#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "core/diag.h"
#include "core/process.h"
#include "core/replace.h"
#include "core/xmem.h"
#include "detect/plot_private.h"

#define TIMEOUT_MS 60000
#define OUTPUT_MAX ((size_t)64 << 20) /* bytes of a picture */

struct plot *
plot_new(const char *path)
{
	static const struct {
		const char *end, *terminal;
		bool is_text;
	} kinds[] = {{".svg", "svg", false}, {".png", "pngcairo", false},
	    {".txt", "dumb", true}};
	const char *dot = strrchr(path, '.');
	struct plot *p;

	for (size_t i = 0; dot && i < sizeof(kinds) / sizeof(*kinds); i++) {
		if (strcmp(dot, kinds[i].end) != 0)
			continue;
		p = xcalloc(1, sizeof(*p));
		p->path = path;
		p->terminal = kinds[i].terminal;
		p->is_text = kinds[i].is_text;
		return p;
	}
	return NULL;
}

void
plot_free(struct plot *p)
{
	const struct map_entry *e;

	if (!p)
		return;
	for (size_t i = 0; (e = map_next(&p->series, &i));)
		free(e->value);
	map_release(&p->series);
	free(p);
}

static struct plot_series *
find(struct plot *p, const char *name, size_t len)
{
	struct plot_series *s = map_get(&p->series, name, len);

	if (s || p->series.n == PLOT_SERIES)
		return s;
	s = xcalloc(1, sizeof(*s));
	s->each = 1;
	*map_put(&p->series, name, len) = s;
	return s;
}

/* How far an anomaly is from what was expected. */
static double
oddness(const struct plot_place *p, double value)
{
	return isnan(p->expected) ? 0 : fabs(value - p->expected);
}

static void
add_odd(struct plot_place *p, double value)
{
	if (isnan(value))
		return;
	if (isnan(p->odd) || oddness(p, value) > oddness(p, p->odd))
		p->odd = value;
}

/* Put b, which is the next one, into a. */
static void
join(struct plot_place *a, const struct plot_place *b)
{
	a->low = fmin(a->low, b->low);
	a->high = fmax(a->high, b->high);
	if (!isnan(b->expected)) {
		a->expected = b->expected;
		a->band_low = b->band_low;
		a->band_high = b->band_high;
	}
	add_odd(a, b->odd);
}

/* All places are in use: each takes twice as many values from now on. */
static void
halve(struct plot_series *s)
{
	for (size_t i = 0; i < s->n / 2; i++) {
		s->places[i] = s->places[2 * i];
		join(&s->places[i], &s->places[2 * i + 1]);
	}
	s->n /= 2;
	s->each *= 2;
}

void
plot_add(struct plot *p, const char *name, size_t len, double x, bool time,
    double value, const struct detect_part *part, bool is_anomaly)
{
	struct plot_series *s = find(p, name, len);
	struct plot_place here = {
	    x, value, value, NAN, NAN, NAN, is_anomaly ? value : (double)NAN};

	p->is_time = time;
	p->n_more += !s;
	if (!s || isnan(value))
		return;
	if (part && !isnan(part->score)) {
		here.expected = part->expected;
		here.band_low = part->low;
		here.band_high = part->high;
	}
	if (s->left > 0) {
		s->left--;
		join(&s->places[s->n - 1], &here);
		return;
	}
	if (s->n == PLOT_PLACES)
		halve(s);
	s->left = s->each - 1;
	s->places[s->n++] = here;
}

/* What gnuplot writes: the picture, and its complaints. */
struct output {
	struct buf picture, words;
};

static void
take(void *arg, int stream, const char *data, size_t len)
{
	struct output *o = arg;
	struct buf *b = stream == 1 ? &o->picture : &o->words;

	if (b->len + len <= OUTPUT_MAX)
		buf_add(b, data, len);
}

/* Run gnuplot.  Returns 0, or an EX_ status after its diagnostic. */
static int
draw(const struct plot *p, const struct buf *script, struct output *o)
{
	char name[] = "gnuplot", defaults[] = "-d"; /* nobody's .gnuplot */
	char *argv[] = {name, defaults, NULL};
	struct process gnuplot = {.argv = argv,
	    .in = PROCESS_PIPE,
	    .out = PROCESS_PIPE,
	    .err = PROCESS_PIPE,
	    .input = script->data,
	    .input_len = script->len,
	    .on_data = take,
	    .arg = o,
	    .timeout_ms = TIMEOUT_MS};
	struct process_result r;
	int error = process_run(&gnuplot, &r), len = 0;

	if (error == ENOENT)
		diag_error("%s: gnuplot is not installed", p->path);
	else if (error != 0)
		diag_error("%s: gnuplot: %s", p->path, strerror(error));
	if (error != 0)
		return EX_UNAVAILABLE;
	if (r.status == 0 && r.signo == 0 && o->picture.len > 0)
		return 0;
	while (len < 200 && (size_t)len < o->words.len)
		len++;
	diag_error("%s: gnuplot failed: %.*s", p->path, len,
	    o->words.data ? o->words.data : "");
	return EX_UNAVAILABLE;
}

int
plot_write(const struct plot *p, const char *title)
{
	struct buf script = {0};
	struct output o = {{0}, {0}};
	int status, error;

	if (p->series.n == 0) {
		diag_warn("%s: there is nothing to draw", p->path);
		return 0;
	}
	if (p->n_more > 0)
		diag_warn("%s: only the first %zu series are drawn", p->path,
		    PLOT_SERIES);
	plot_script(p, title, &script);
	status = draw(p, &script, &o);
	if (status == 0) {
		error =
		    replace_file(p->path, o.picture.data, o.picture.len, 0666);
		if (error != 0) {
			diag_error("%s: write: %s", p->path, strerror(error));
			status = EX_CANTCREAT;
		}
	}
	buf_release(&script);
	buf_release(&o.picture);
	buf_release(&o.words);
	return status;
}
