#include <math.h>

#include "metrics/series.h"
#include "json/write.h"

void
series_add(struct series *s, double x)
{
	double sum = s->sum + x;

	s->rest +=
	    fabs(s->sum) >= fabs(x) ? (s->sum - sum) + x : (x - sum) + s->sum;
	s->sum = sum;
	moments_add(&s->moments, x);
	quantile_add(&s->quantiles, x);
}

double
series_sum(const struct series *s)
{
	return isfinite(s->sum) ? s->sum + s->rest : s->sum;
}

/* To ten digits: sums in another order differ in the last ones. */
static void
add_rounded(struct buf *b, const char *before, double x)
{
	buf_adds(b, before);
	if (isfinite(x))
		buf_addf(b, "%.10g", x);
	else
		buf_adds(b, "null");
}

void
series_write(struct buf *b, const struct series *s, double seconds)
{
	static const struct {
		const char *before;
		double share;
		uint64_t least;
	} all[] = {{",\"p50\":", 0.5, 1}, {",\"p90\":", 0.9, 1},
	    {",\"p95\":", 0.95, SERIES_P95}, {",\"p99\":", 0.99, SERIES_P99}};
	const struct moments *m = &s->moments;
	bool any = m->n > 0;
	double q;

	jwrite_count(b, "\"count\":", m->n);
	jwrite_count(b, ",\"missing\":", s->n_missing);
	jwrite_count(b, ",\"not_numbers\":", s->n_other);
	add_rounded(
	    b, ",\"rate\":", seconds > 0 ? (double)m->n / seconds : NAN);
	add_rounded(b, ",\"sum\":", any ? series_sum(s) : NAN);
	add_rounded(b, ",\"mean\":", any ? m->mean : NAN);
	add_rounded(b, ",\"sd\":", any ? moments_sd(m) : NAN);
	jwrite_number(b, ",\"min\":", any ? m->min : NAN);
	jwrite_number(b, ",\"max\":", any ? m->max : NAN);
	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++) {
		q = NAN;
		if (m->n >= all[i].least)
			quantile_get(&s->quantiles, &all[i].share, 1, &q);
		jwrite_number(b, all[i].before, q);
	}
}

void
series_release(struct series *s)
{
	quantile_release(&s->quantiles);
}
