#include <math.h>

#include "detect/plot_private.h"

#define MARGIN .08 /* of the height, above and below the values */

/* A string of gnuplot, in which nothing is a command or a format: in single
 * quotes only these themselves mean something; but backquotes, which elsewhere
 * run a command, do not get that far. */
static void
add_quoted(struct buf *b, const char *s, size_t len)
{
	buf_addc(b, '\'');
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)s[i];

		if (c == '`' || c < ' ' || c == 0x7f)
			c = ' ';
		if (c == '\'')
			buf_addc(b, '\'');
		buf_addc(b, (char)c);
	}
	buf_addc(b, '\'');
}

static void
add_settings(const struct plot *p, const char *title, struct buf *b)
{
	size_t n = p->series.n;

	if (p->is_text)
		buf_addf(b, "set terminal dumb noenhanced size 100,%zu\n",
		    n * 20 + 2);
	else
		buf_addf(b,
		    "set terminal %s noenhanced size 1000,%zu font "
		    "'sans,11' background 'white'\n",
		    p->terminal, n * 260 + 60);
	if (p->is_time)
		buf_adds(b, "set xdata time\nset timefmt '%s'\n"
			    "set format x \"%m-%d\\n%H:%M\"\n");
	buf_adds(b, "set border 3 lc rgb '#666666'\nset tics nomirror out\n"
		    "set xtics autofreq textcolor rgb '#333333'\n"
		    "set grid ytics lc rgb '#e5e5e5' lt 1\n"
		    "set style fill solid 1 noborder\n"
		    "set key outside right top samplen 2\nset lmargin 12\n"
		    "set autoscale xfix\n");
	buf_addf(b, "set multiplot layout %zu,1 title ", n);
	add_quoted(b, title, strlen(title));
	buf_addc(b, '\n');
}

/* The values across the picture, two where a place has several. */
static void
add_values(
    const struct plot_series *s, size_t number, double unit, struct buf *b)
{
	buf_addf(b, "$value%zu << END\n", number);
	for (size_t i = 0; i < s->n; i++) {
		const struct plot_place *p = &s->places[i];

		buf_addf(b, "%.17g %.17g\n", p->x * unit, p->low);
		if (p->high > p->low)
			buf_addf(b, "%.17g %.17g\n", p->x * unit, p->high);
	}
	buf_addf(b, "END\n$odd%zu << END\n", number);
	for (size_t i = 0; i < s->n; i++)
		if (!isnan(s->places[i].odd))
			buf_addf(b, "%.17g %.17g\n", s->places[i].x * unit,
			    s->places[i].odd);
	buf_adds(b, "END\n");
}

static double
clamp(double x, double low, double high)
{
	return x < low ? low : fmin(x, high);
}

/* What was expected, and the band, cut to the picture; returns whether there
 * is any. */
static bool
add_band(const struct plot_series *s, size_t number, double unit, double low,
    double high, struct buf *b)
{
	bool any = false, gap = false;

	buf_addf(b, "$band%zu << END\n", number);
	for (size_t i = 0; i < s->n; i++) {
		const struct plot_place *p = &s->places[i];

		if (isnan(p->band_low) || isnan(p->band_high)) {
			if (any && !gap)
				buf_adds(b, "\n"); /* a line ends here */
			gap = true;
			continue;
		}
		buf_addf(b, "%.17g %.17g %.17g %.17g\n", p->x * unit,
		    clamp(p->band_low, low, high),
		    clamp(p->band_high, low, high),
		    clamp(p->expected, low, high));
		any = true;
		gap = false;
	}
	buf_adds(b, "END\n");
	return any;
}

static void
add_commands(const struct plot *p, size_t number, bool has_band, bool has_odd,
    struct buf *b)
{
	buf_adds(b, "plot ");
	if (has_band && !p->is_text)
		buf_addf(b,
		    "$band%zu using 1:2:3 with filledcurves lc rgb "
		    "'#d6e6f5' title 'usual', "
		    "$band%zu using 1:4 with lines lc rgb '#4a90c4' lw 1 "
		    "title 'expected', ",
		    number, number);
	buf_addf(b,
	    "$value%zu using 1:2 with lines lc rgb '#30353b' lw 1 title '%s'",
	    number, p->is_text ? "" : "value");
	if (has_odd)
		buf_addf(b,
		    ", $odd%zu using 1:2 with points pt 7 ps 0.8 lc rgb "
		    "'#d62728' title 'anomaly'",
		    number);
	buf_addc(b, '\n');
}

/* A series by itself. */
static void
add_series(const struct plot *p, const struct map_entry *e, size_t number,
    struct buf *b)
{
	const struct plot_series *s = e->value;
	double low = INFINITY, high = -INFINITY, margin;
	double unit = p->is_time ? 1e-3 : 1;
	bool has_band, has_odd = false;

	for (size_t i = 0; i < s->n; i++) {
		low = fmin(low, s->places[i].low);
		high = fmax(high, s->places[i].high);
		has_odd |= !isnan(s->places[i].odd);
	}
	margin = MARGIN * (high - low);
	if (!(margin > 0))
		margin = fabs(high) > 0 ? fabs(high) * MARGIN : 1;
	low -= margin;
	high += margin;
	add_values(s, number, unit, b);
	has_band = add_band(s, number, unit, low, high, b);
	buf_addf(b, "set yrange [%.17g:%.17g]\nset title ", low, high);
	add_quoted(b, e->key, e->len);
	buf_adds(b, " offset 0,-0.6\n");
	add_commands(p, number, has_band, has_odd, b);
}

void
plot_script(const struct plot *p, const char *title, struct buf *b)
{
	const struct map_entry *e;
	size_t number = 0;

	add_settings(p, title, b);
	for (size_t i = 0; (e = map_next(&p->series, &i)); number++)
		if (((const struct plot_series *)e->value)->n > 0)
			add_series(p, e, number, b);
	buf_adds(b, "unset multiplot\n");
}
