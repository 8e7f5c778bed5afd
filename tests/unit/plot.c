/* lib/detect: what is kept of a series that is drawn, and what gnuplot is
 * told. */
#include <math.h>
#include <stdlib.h>

#include "core/random.h"
#include "core/xmem.h"
#include "detect/plot_private.h"
#include "unit.h"

static const struct plot_series *
series_of(const struct plot *p, const char *name)
{
	return map_get(&p->series, name, strlen(name));
}

/* Of n values from first on, as one place: those that are odd are what is
 * above 95, and 50 is expected. */
static bool
holds(const struct plot_place *p, const double *x, size_t first, size_t n)
{
	double low = INFINITY, high = -INFINITY, odd = NAN;

	for (size_t i = first; i < first + n; i++) {
		low = fmin(low, x[i]);
		high = fmax(high, x[i]);
		if (x[i] > 95)
			odd = isnan(odd) ? x[i] : fmax(odd, x[i]);
	}
	return p->x == (double)first && p->low == low && p->high == high &&
	       p->expected == 50 && p->band_low == 5 && p->band_high == 95 &&
	       (isnan(odd) ? isnan(p->odd) : p->odd == odd);
}

static void
test_places(size_t n, size_t each)
{
	static const struct detect_part part = {
	    .score = 1, .expected = 50, .low = 5, .high = 95};
	struct plot *p = plot_new("a.svg");
	double *x = xcalloc(n, sizeof(*x));
	const struct plot_series *s;
	uint64_t stream = n;
	bool same = true;

	for (size_t i = 0; i < n; i++) {
		x[i] = 100 * random_unit(&stream);
		plot_add(p, "x", 1, (double)i, false, x[i], &part, x[i] > 95);
	}
	s = series_of(p, "x");
	ok(s && s->n == (n + each - 1) / each && s->n <= PLOT_PLACES);
	for (size_t i = 0; s && i < s->n; i++) {
		size_t first = i * each;

		same &= holds(&s->places[i], x, first,
		    n - first < each ? n - first : each);
	}
	ok(same);
	plot_free(p);
	free(x);
}

/* The script of p, as a string. */
static char *
script_of(const struct plot *p, const char *title)
{
	struct buf b = {0};

	plot_script(p, title, &b);
	buf_addc(&b, '\0');
	return b.data;
}

static bool
has(const char *script, const char *part)
{
	if (!strstr(script, part))
		printf("# %s is not in:\n# %.1500s\n", part, script);
	return strstr(script, part) != NULL;
}

static void
test_script(void)
{
	static const struct detect_part open = {.score = 2,
					    .expected = 3,
					    .low = -INFINITY,
					    .high = 4},
					none = {.score = NAN};
	struct plot *p = plot_new("a.svg");
	char *s;

	test("plot: values, anomalies and the band, cut to the picture");
	plot_add(p, "x", 1, 1, false, 0, &open, false);
	plot_add(p, "x", 1, 2, false, 5, &none, false);
	plot_add(p, "x", 1, 3, false, 10, &open, true);
	plot_add(p, "x", 1, 4, false, NAN, &open, false);
	s = script_of(p, "one");
	ok(has(s, "$value0 << END\n1 0\n2 5\n3 10\nEND\n"));
	ok(has(s, "$odd0 << END\n3 10\nEND\n"));
	/* the margin is 0.08 of the height */
	ok(has(s, "$band0 << END\n1 -0.80000000000000004 4 3\n\n"
		  "3 -0.80000000000000004 4 3\nEND\n"));
	ok(has(s, "set yrange [-0.80000000000000004:10.800000000000001]\n"));
	ok(has(s, "set multiplot layout 1,1 title 'one'\n"));
	ok(!strstr(s, "xdata time"));
	free(s);
	plot_free(p);
}

static void
test_range(void)
{
	struct plot *p = plot_new("a.png");
	char *s;

	test("plot: a place with several values is drawn as high as they are");
	for (size_t i = 0; i < 2 * PLOT_PLACES; i++)
		plot_add(
		    p, "x", 1, (double)i, false, (double)(i % 2), NULL, false);
	s = script_of(p, "");
	ok(has(s, "$value0 << END\n0 0\n0 1\n2 0\n2 1\n4 0\n4 1\n"));
	ok(!strstr(s, "$band0 using") && !strstr(s, "$odd0 using"));
	ok(has(s, "set terminal pngcairo "));
	free(s);
	plot_free(p);
	test("plot: equal values have some room, milliseconds become seconds");
	p = plot_new("a.txt");
	plot_add(p, "x", 1, 1700000000500, true, 50, NULL, false);
	s = script_of(p, "");
	ok(has(s, "$value0 << END\n1700000000.5 50\nEND\n"));
	ok(has(s, "set yrange [46:54]\n"));
	ok(has(s, "set xdata time\n") && has(s, "set terminal dumb "));
	free(s);
	plot_free(p);
}

static void
test_names(void)
{
	static const char name[] = "a'b`touch c`\n\"$(d)\"\0\\ %s {x} é\177";
	static const char quoted[] = "'a''b touch c  \"$(d)\" \\ %s {x} é '";
	struct plot *p = plot_new("a.svg");
	char *s, want[100];

	test("plot: in a name or title nothing is a command or a format");
	plot_add(p, name, sizeof(name) - 1, 0, false, 1, NULL, false);
	s = script_of(p, "'\nsystem 'x'\n`y`");
	snprintf(want, sizeof(want), "\nset title %s offset", quoted);
	ok(has(s, want));
	ok(has(s, " title ''' system ''x''  y '\n"));
	ok(!strchr(s, '`') && !strstr(s, "\nsystem"));
	ok(has(s, " noenhanced "));
	free(s);
	plot_free(p);
}

static void
test_kinds(void)
{
	static const char *const others[] = {
	    "a.gif", "a", "svg", "a.svg.gz", "a.SVG", ""};
	struct plot *p = plot_new("dir.d/a.b.svg");
	char name = 'a';

	test("plot: the end of the name says what it is to be");
	ok(p && !p->is_text);
	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++)
		ok(!plot_new(others[i]));
	test("plot: the first series are drawn, of others values are counted");
	for (size_t i = 0; p && i < PLOT_SERIES + 2; i++, name++)
		for (size_t k = 0; k < 3; k++)
			plot_add(p, &name, 1, (double)k, false, 1, NULL, false);
	ok(p && p->series.n == PLOT_SERIES && p->n_more == 6);
	ok(p && series_of(p, "h") && !series_of(p, "i"));
	plot_free(p);
	plot_free(NULL);
}

int
main(void)
{
	test("plot: the lowest, the highest and the oddest of each place");
	test_places(1, 1);
	test_places(PLOT_PLACES, 1);
	test_places(PLOT_PLACES + 1, 2);
	test_places(2 * PLOT_PLACES, 2);
	test_places(5003, 8);
	test_places(100000, 128);
	test_script();
	test_range();
	test_names();
	test_kinds();
	return done();
}
