/* lib/quality's sketches and what they hash with: against exact answers. */
#include <math.h>
#include <stdlib.h>

#include "core/buf.h"
#include "core/xxh64.h"
#include "quality/exact.h"
#include "quality/forms.h"
#include "quality/hll.h"
#include "quality/quantile.h"
#include "quality/shape.h"
#include "quality/top.h"
#include "unit.h"

/* Numbers that look random and are the same in every run (xorshift64). */
static uint64_t
next(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

/* From 0 to below 1. */
static double
uniform(uint64_t *state)
{
	return (double)(next(state) >> 11) * 0x1p-53;
}

static void
test_xxh64(void)
{
	static const char fox[] =
	    "The quick brown fox jumps over the lazy dog, twice.";

	test("xxh64: what xxhsum -H64 says");
	ok(xxh64("", 0, 0) == 0xEF46DB3751D8E999);
	ok(xxh64("abc", 3, 0) == 0x44BC2CF5AD770999);
	ok(xxh64("1234567", 7, 0) == 0xD3A46E9108289359);
	ok(xxh64("12345678", 8, 0) == 0xD2D02F08CF7CFD4A);
	ok(xxh64("0123456789abcdef0123456789abcdef0123456", 39, 0) ==
	    0xE97F503D26863ECD);
	ok(xxh64(fox, sizeof(fox) - 1, 0) == 0x0BD828078C4CB965);
	ok(xxh64("abc", 3, 0) != xxh64("abc", 3, 1));
}

/* A sketch of the integers from low to below high. */
static struct hll
count_range(uint64_t low, uint64_t high)
{
	struct hll h = {.n = 0};

	for (; low < high; low++)
		hll_add(&h, xxh64(&low, sizeof(low), 0));
	return h;
}

static void
test_hll(void)
{
	static const uint64_t sizes[] = {
	    513, 1000, 5000, 20000, 50000, 100000, 300000, 1000000};
	struct hll h = count_range(0, HLL_EXACT);

	test("hll: exact as long as there are few");
	ok(hll_is_exact(&h) && hll_count(&h) == HLL_EXACT);
	for (uint64_t i = 0; i < HLL_EXACT; i++)
		hll_add(&h, xxh64(&i, sizeof(i), 0));
	hll_add(&h, 1);
	hll_release(&h);
	hll_release(&h);
	ok(hll_count(&h) == 0);
	hll_add(&h, 0); /* a hash like any other */
	hll_add(&h, 0);
	ok(hll_count(&h) == 1);
	hll_release(&h);

	test("hll: within 2 % from hundreds to a million");
	/* 2 % are two and a half standard errors; the hash is fixed */
	for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		double n = (double)sizes[i];

		h = count_range(0, sizes[i]);
		ok(!hll_is_exact(&h));
		ok(fabs((double)hll_count(&h) - n) <= 0.02 * n);
		hll_release(&h);
	}
}

static void
test_hll_merge(void)
{
	struct hll whole = count_range(0, 100000), sum = {.n = 0};
	struct hll few = count_range(0, 300), more = count_range(200, 600);

	test("hll: ten parts that overlap, merged, are the whole to the bit");
	for (uint64_t i = 0; i < 10; i++) {
		struct hll part =
		    count_range(i * 10000, i < 9 ? i * 10000 + 12000 : 100000);

		hll_merge(&sum, &part);
		hll_release(&part);
	}
	ok(memcmp(sum.registers, whole.registers, HLL_REGISTERS) == 0);

	test("hll: few and few are many, few and many either way");
	hll_merge(&few, &more);
	hll_release(&more);
	more = count_range(0, 600);
	ok(!hll_is_exact(&few));
	ok(memcmp(few.registers, more.registers, HLL_REGISTERS) == 0);
	hll_release(&few);
	few = count_range(0, 10);
	hll_merge(&few, &whole);
	ok(memcmp(few.registers, whole.registers, HLL_REGISTERS) == 0);
	hll_release(&few);
	few = count_range(0, 10);
	hll_merge(&whole, &few);
	ok(memcmp(sum.registers, whole.registers, HLL_REGISTERS) == 0);
	hll_release(&few);
	hll_release(&more);
	hll_release(&whole);
	hll_release(&sum);
}

enum { N = 200000 };
static double numbers[N], sorted[N];

static int
by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* Numbers of the distribution that is called kind. */
static void
make(char kind)
{
	uint64_t state = 42;

	for (size_t i = 0; i < N; i++) {
		double u = uniform(&state), v = uniform(&state);

		numbers[i] = kind == 'u'   ? u
			     : kind == 'e' ? -log(1 - u)
			     : kind == 'n'
				 ? sqrt(-2 * log(1 - u)) * cos(6.283185307 * v)
			     : kind == 'd' ? floor(10 * u * u)
			     : kind == 't' ? 1.7e9 + (double)i
			     : kind == 'r' ? -(double)i
					   : pow(1 - u, -3);
	}
	memcpy(sorted, numbers, sizeof(sorted));
	qsort(sorted, N, sizeof(*sorted), by_size);
}

/* By how much the rank of x misses the share p, which is a part of all. */
static double
rank_error(double x, double p)
{
	size_t below = 0, upto = 0;
	double low, high;

	while (below < N && sorted[below] < x)
		below++;
	for (upto = below; upto < N && sorted[upto] == x;)
		upto++;
	low = (double)below / N;
	high = (double)upto / N;
	return p < low ? low - p : p > high ? p - high : 0;
}

static double
worst_error(const struct quantile *q)
{
	double p[101], x[101], worst = 0;

	for (size_t i = 0; i <= 100; i++)
		p[i] = (double)i / 100;
	quantile_get(q, p, 101, x);
	for (size_t i = 0; i <= 100; i++)
		worst = fmax(worst, rank_error(x[i], p[i]));
	return worst;
}

static void
test_quantile_few(void)
{
	static const double p[] = {0, 0.5, 0.9, 1};
	struct quantile q = {.n = 0};
	double x[4];

	test("quantile: exact as long as there are few");
	quantile_get(&q, p, 4, x);
	ok(isnan(x[0]) && isnan(x[3]));
	for (int i = 100; i > 0; i--)
		quantile_add(&q, i);
	quantile_get(&q, p, 4, x);
	ok(x[0] == 1 && x[1] == 50 && x[2] == 90 && x[3] == 100);
	quantile_release(&q);
	quantile_release(&q);
	ok(q.n == 0);
}

static void
test_quantile(void)
{
	static const char kinds[] = "undertp";

	test("quantile: ranks within 1 % whatever the distribution and order");
	for (const char *k = kinds; *k; k++) {
		struct quantile q = {.n = 0}, sum = {.n = 0};
		size_t size = 0;

		make(*k);
		for (size_t i = 0; i < N; i++)
			quantile_add(&q, numbers[i]);
		ok(q.n == N && worst_error(&q) <= QUANTILE_ERROR);
		for (uint32_t i = 0; i < q.n_levels; i++)
			size += q.levels[i].cap * sizeof(double);
		ok(size <= 24576);

		/* and of ten parts, one of them large */
		for (size_t part = 0; part < 10; part++) {
			struct quantile some = {.n = 0};
			size_t to = part == 9 ? N : (part + 1) * 7000;

			for (size_t i = part * 7000; i < to; i++)
				quantile_add(&some, numbers[i]);
			quantile_merge(&sum, &some);
			quantile_release(&some);
		}
		ok(sum.n == N && worst_error(&sum) <= QUANTILE_ERROR);
		quantile_release(&q);
		quantile_release(&sum);
	}
}

static void
test_quantile_weight(void)
{
	struct quantile a = {.n = 0}, b = {.n = 0};
	uint64_t weight = 0;

	test("quantile: what the numbers stand for adds up to all of them");
	for (int i = 0; i < 12345; i++)
		quantile_add(i % 3 ? &a : &b, i);
	quantile_merge(&a, &b);
	for (uint32_t i = 0; i < a.n_levels; i++)
		weight += (uint64_t)a.levels[i].n << i;
	ok(weight == 12345 && a.n == 12345);
	quantile_release(&a);
	quantile_release(&b);
}

static void
test_exact(void)
{
	struct exact e = {.n = 0}, other = {.n = 0};
	size_t budget = 64;

	test("exact: all differ until one does not, then nothing is kept");
	for (uint64_t i = 0; i < 20; i++)
		exact_add(&e, (struct exact_hash){i, 2 * i}, &budget);
	ok(e.state == EXACT_UNIQUE && e.n == 20 && budget == 32);
	exact_add(&e, (struct exact_hash){7, 14}, &budget);
	ok(e.state == EXACT_REPEATED && !e.slots && budget == 64);
	exact_add(&e, (struct exact_hash){99, 99}, &budget);
	ok(e.state == EXACT_REPEATED && !e.slots);

	test("exact: gives up where memory ends, and merges");
	e = (struct exact){.n = 0};
	budget = 128;
	for (uint64_t i = 0; i < 30; i++)
		exact_add(
		    i < 15 ? &e : &other, (struct exact_hash){i, 0}, &budget);
	exact_merge(&e, &other, &budget);
	ok(e.state == EXACT_UNIQUE && e.n == 30);
	exact_release(&other);
	budget = 0;
	exact_add(&other, (struct exact_hash){3, 0}, &budget);
	ok(other.state == EXACT_GIVEN_UP);
	exact_merge(&e, &other, &budget);
	ok(e.state == EXACT_GIVEN_UP && budget == 64);
}

static void
add_word(struct top *t, const char *s)
{
	top_add(t, xxh64(s, strlen(s), 0), 0, s, strlen(s));
}

static void
test_top(void)
{
	struct top t = {.n = 0};
	struct top_value v[TOP_MAX];
	char word[16];
	uint64_t state = 7, total = 0;
	size_t n;

	test("top: exact as long as there are few values, in a fixed order");
	for (int i = 0; i < 6; i++)
		add_word(&t, i < 3 ? "b" : i < 5 ? "a" : "c");
	add_word(&t, "c");
	n = top_list(&t, v);
	ok(n == 3 && !t.is_lossy);
	ok(v[0].text[0] == 'b' && v[0].count == 3 && v[0].error == 0);
	ok(v[1].text[0] == 'a' && v[2].text[0] == 'c' && v[2].count == 2);
	top_release(&t);

	test("top: what is frequent is found among many, within its bounds");
	for (int i = 0; i < 10000; i++) {
		/* one in five is hot, all others differ */
		snprintf(word, sizeof(word), "%d", i);
		add_word(&t, next(&state) % 5 ? word : "hot");
		state += (uint64_t)i;
	}
	n = top_list(&t, v);
	ok(n == TOP_MAX && t.is_lossy && memcmp(v[0].text, "hot", 3) == 0);
	for (size_t i = 0; i < n; i++) {
		total += v[i].count;
		ok(v[i].error <= 10000 / TOP_MAX);
		ok(i == 0 || v[i].count - v[i].error <= 1);
	}
	ok(total == 10000); /* every value is counted somewhere */
	top_release(&t);
	top_release(&t);
}

static void
test_top_merge(void)
{
	struct top all = {.n = 0}, sum = {.n = 0};
	struct top_value v[TOP_MAX];
	uint64_t hot = 0, warm = 0;
	char word[16];

	test("top: parts merged keep the bounds, few values merge exactly");
	for (int part = 0; part < 10; part++) {
		struct top some = {.n = 0};

		for (int i = 0; i < 1000; i++) {
			bool is_hot = i % 4 == 0;
			bool is_warm = !is_hot && i % 10 == 3 && part != 5;

			snprintf(word, sizeof(word), "%d-%d", part, i);
			add_word(&some, is_hot    ? "hot"
					: is_warm ? "warm"
						  : word);
			hot += is_hot;
			warm += is_warm;
		}
		top_merge(&sum, &some);
		top_release(&some);
	}
	top_list(&sum, v);
	ok(memcmp(v[0].text, "hot", 3) == 0 &&
	    memcmp(v[1].text, "warm", 4) == 0);
	ok(v[0].count >= hot && v[0].count - v[0].error <= hot);
	ok(v[1].count >= warm && v[1].count - v[1].error <= warm);
	top_release(&sum);
	for (int i = 0; i < 30; i++) {
		snprintf(word, sizeof(word), "%d", i % 7);
		add_word(i % 2 ? &sum : &all, word);
	}
	top_merge(&all, &sum);
	add_word(&all, "0"); /* it still finds what is there */
	ok(top_list(&all, v) == 7 && !all.is_lossy);
	ok(v[0].text[0] == '0' && v[0].count == 6 && v[0].error == 0);
	ok(v[6].count == 4);
	top_release(&all);
	top_release(&sum);
}

/* The shape of n strings, which must all be of one. */
static bool
is_shape(const char *const *s, size_t n, const char *shape, const char *pattern)
{
	struct shapes all = {.n = 0};
	struct buf b = {0}, c = {0};
	bool same;

	for (size_t i = 0; i < n; i++)
		shapes_add(&all, s[i], strlen(s[i]));
	shape_write(&b, all.all);
	shape_pattern(&c, all.all);
	same = all.n == 1 && all.all->count == n && is(b.data, b.len, shape) &&
	       is(c.data, c.len, pattern);
	shapes_release(&all);
	buf_release(&b);
	buf_release(&c);
	return same;
}

#define SHAPE(shape, pattern, ...) \
	is_shape((const char *const[]){__VA_ARGS__}, \
	    sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *), \
	    shape, pattern)

static void
test_shape(void)
{
	test("shape: tokens by class and length, what is fixed stays");
	ok(SHAPE("AAA-999", "SKU-[0-9]{3}", "SKU-123", "SKU-456"));
	ok(SHAPE("AAA-9+", "[A-Z]{3}-[0-9]+", "ABC-1", "DEF-22"));
	ok(SHAPE("a+@a+.aa", "[a-z]+@[a-z]+\\.de", "jo@mail.de", "ann@x.de"));
	ok(SHAPE("hhhh", "[0-9a-f]{4}", "00af", "1234", "beef"));
	ok(SHAPE("hh", "[0-9A-F]{2}", "0A", "F1"));
	ok(SHAPE("xxx", "[0-9a-z]{3}", "0az", "abc"));
	ok(SHAPE("w+ w+", "[A-Za-z]+ [A-Za-z]+", "Ann Lee", "Bo Chen"));
	ok(SHAPE("9+.9+", "[0-9]+\\.[0-9]+", "1.5", "20.25"));
	ok(SHAPE("", "", "", ""));
	ok(SHAPE("(9|9)", "\\([0-9]\\|[0-9]\\)", "(1|2)", "(3|4)"));
	ok(SHAPE("**", "\303\274", "\303\274"));
}

static void
test_shape_sets(void)
{
	static const char *const odd[] = {
	    "a b c d e f g h i j k l m", "tab\there"};
	struct shapes s = {.n = 0}, t = {.n = 0};
	const struct shape *list[SHAPE_MAX];
	char word[64];

	test("shape: lengths are code points, text has no shape");
	ok(shapes_add(&s, "\303\274ber", 5) == 4);
	for (size_t i = 0; i < 2; i++)
		ok(shapes_add(&s, odd[i], strlen(odd[i])) == strlen(odd[i]));
	ok(s.n == 1 && s.n_text == 2);

	test("shape: is it a code?");
	ok(!shape_is_code(&s.all[0]));
	shapes_release(&s);
	shapes_add(&s, "SKU-12", 6);
	ok(!shape_is_code(&s.all[0])); /* nothing changes */
	shapes_add(&s, "SKU-345", 7);
	ok(shape_is_code(&s.all[0]));
	shapes_add(&t, "SKUX-345", 8);
	shapes_merge(&s, &t);
	ok(s.n == 1 && s.all[0].count == 3 && !shape_is_code(&s.all[0]));
	shapes_release(&t);
	shapes_release(&s);

	test("shape: the frequent ones stay among many");
	for (int i = 0; i < 300; i++) {
		int n = snprintf(word, sizeof(word), "%.*s", i % 30 + 1,
		    "-----------------------------------------------");

		shapes_add(i % 2 ? &s : &t, word, (size_t)n);
		shapes_add(&s, "a/1", 3);
	}
	shapes_merge(&s, &t);
	ok(shapes_list(&s, list) == SHAPE_MAX && s.is_lossy);
	ok(list[0]->count >= 300 && list[0]->count - list[0]->error <= 300);
	ok(list[0]->n_tokens == 2);
	shapes_release(&s);
	shapes_release(&t);
}

static void
test_forms(void)
{
	static const struct {
		const char *s;
		enum form form;
	} all[] = {{"2026-11-24T15:00:00Z", FORM_DATE_TIME},
	    {"2026-11-24T15:00:00.123+01:00", FORM_DATE_TIME},
	    {"2026-11-24 15:00:00", FORM_INSTANT}, {"2026-11-24", FORM_DATE},
	    {"f81d4fae-7dec-11d0-a765-00a0c91e6bf6", FORM_UUID},
	    {"a.b@example.org", FORM_EMAIL}, {"192.0.2.1", FORM_IPV4},
	    {"2001:db8::1", FORM_IPV6}, {"2026-13-24", FORM_COUNT},
	    {"f81d4fae-7dec-11d0-a765-00a0c91e6bfg", FORM_COUNT},
	    {"a@b@c", FORM_COUNT}, {"192.0.2.256", FORM_COUNT},
	    {"word", FORM_COUNT}, {"", FORM_COUNT}};
	struct forms f;
	int64_t ms = 0;

	test("forms: each string has one form at most");
	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++) {
		f = (struct forms){.n = 0};
		ok(forms_add(&f, all[i].s, strlen(all[i].s), &ms) ==
		    (all[i].form <= FORM_INSTANT));
		for (int j = 0; j < FORM_COUNT; j++)
			ok(f.have[j] == ((enum form)j == all[i].form));
	}
	ok(ms == 1795478400000); /* date -d 2026-11-24 +%s */

	test("forms: what few have is not looked for any more");
	f = (struct forms){.n = 0};
	for (int i = 0; i < 40; i++)
		forms_add(
		    &f, i % 4 ? "x@example.org" : "word", i % 4 ? 13 : 4, &ms);
	ok(f.have[FORM_EMAIL] == 30 && !forms_all(&f, FORM_EMAIL));
	ok(!forms_add(&f, "2026-11-24", 10, &ms) && forms_times(&f) == 0);
}

int
main(void)
{
	test_xxh64();
	test_hll();
	test_hll_merge();
	test_quantile_few();
	test_quantile();
	test_quantile_weight();
	test_exact();
	test_top();
	test_top_merge();
	test_shape();
	test_shape_sets();
	test_forms();
	return done();
}
