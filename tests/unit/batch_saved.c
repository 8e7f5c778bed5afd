/* lib/detect: what methods over all rows learned, saved and loaded. */
#include <fcntl.h>
#include <math.h>
#include <stdlib.h>
#include <unistd.h>

#include "core/random.h"
#include "core/xmem.h"
#include "detect/fitted.h"
#include "detect/models.h"
#include "unit.h"
#include "json/parse.h"

enum { ROWS = 24, COLUMNS = 2, OTHERS = 50 };

static const struct batch_options options = {.seed = 7,
    .jobs = 1,
    .neighbours = 4,
    .trees = 3,
    .sample = 8,
    .radius = 20,
    .nu = .3,
    .tolerance = 1e-6};

/* Numbers with all their digits, from 0 to 100. */
static void
fill(double *x, size_t n, uint64_t seed)
{
	for (size_t i = 0; i < n; i++)
		x[i] = 100 * random_unit(&seed);
}

static void
learn(struct fitted *f, const struct batch_method *method, bool is_scaled)
{
	double x[ROWS * COLUMNS], scores[ROWS];
	struct matrix m = {x, ROWS, COLUMNS};

	fill(x, ROWS * COLUMNS, 1);
	fitted_fit(f, method, &m, x, is_scaled, &options, scores);
	f->threshold = scores[3];
	fitted_remember(f, &m);
}

/* What it says of rows that it has not seen. */
struct said {
	double scores[OTHERS];
	struct detect_part parts[OTHERS * COLUMNS];
};

static struct said *
ask(const struct fitted *f)
{
	double x[OTHERS * COLUMNS], room[COLUMNS];
	struct said *s = xcalloc(1, sizeof(*s));

	fill(x, OTHERS * COLUMNS, 2);
	for (size_t i = 0; i < OTHERS; i++) {
		const double *row = x + i * COLUMNS;

		s->scores[i] = fitted_score(f, row, room);
		fitted_explain(f, row, s->parts + i * COLUMNS);
	}
	return s;
}

static bool
load(struct fitted *f, const struct batch_method *method, size_t columns,
    const struct buf *text)
{
	struct buf padded = {0};
	struct jdoc d;
	bool is_good;

	buf_add(&padded, text->data, text->len);
	buf_reserve(&padded, JDOC_PADDING);
	jdoc_init(&d);
	ok(jdoc_parse(&d, padded.data, padded.len) == JERR_NONE);
	is_good = fitted_load(f, method, columns, jval_root(&d));
	jdoc_release(&d);
	buf_release(&padded);
	return is_good;
}

/* Scores are finite, and not all the same: else equal bytes mean nothing. */
static bool
differs(const struct said *s)
{
	bool any = false;

	for (size_t i = 0; i < OTHERS; i++) {
		any |= s->scores[i] != s->scores[0];
		if (!isfinite(s->scores[i]))
			return false;
	}
	return any;
}

/* Byte for byte. */
static bool
is_same(const void *a, const void *b, size_t n)
{
	return memcmp(a, b, n) == 0;
}

static void
test_same(const struct batch_method *method, bool is_scaled)
{
	struct fitted before = {0}, after = {0};
	struct buf one = {0}, two = {0};
	struct said *a, *b = NULL;

	learn(&before, method, is_scaled);
	a = ask(&before);
	ok(differs(a));
	fitted_save(&before, &one);
	ok(load(&after, method, COLUMNS, &one));
	if (after.model) {
		b = ask(&after);
		if (!is_same(a, b, sizeof(*a)))
			printf("# %s: it says something else\n", method->name);
		ok(is_same(a, b, sizeof(*a)));
		ok(after.threshold == before.threshold);
		ok(after.rows == before.rows);
		fitted_save(&after, &two);
		ok(one.len == two.len && is_same(one.data, two.data, one.len));
	}
	fitted_release(&before);
	fitted_release(&after);
	buf_release(&one);
	buf_release(&two);
	free(a);
	free(b);
}

/* The text with the bytes from at on, n of them, replaced. */
static bool
is_refused(const struct batch_method *method, const struct buf *text, size_t at,
    size_t n, const char *by)
{
	struct buf b = {0};
	struct fitted f = {0};
	bool is_good;

	buf_add(&b, text->data, at);
	buf_adds(&b, by);
	buf_add(&b, text->data + at + n, text->len - at - n);
	is_good = load(&f, method, COLUMNS, &b);
	if (is_good)
		printf("# %s: %.*s as %s, at %zu\n", method->name, (int)n,
		    text->data + at, by, at);
	fitted_release(&f);
	buf_release(&b);
	return !is_good;
}

/* Names, numbers, and the sizes of arrays: none may be another one. */
static void
test_damage(const struct batch_method *method)
{
	struct fitted f = {0};
	struct buf b = {0};
	size_t names = 0, numbers = 0, arrays = 0;
	bool all = true;

	learn(&f, method, true);
	fitted_save(&f, &b);
	for (size_t i = 0; i < b.len; i++) {
		const char *here = b.data + i;
		size_t n = strspn(here, "+-.0123456789eE");

		if (*here == '"' && strchr("{,", here[-1])) {
			names++;
			all &= is_refused(method, &b, i + 1, 1, "X");
		}
		if (n == 0 || !strchr("[,:", here[-1]))
			continue;
		numbers++;
		all &= is_refused(method, &b, i, n, "\"7\"");
		all &= is_refused(method, &b, i, n, "null");
		if (here[-1] != '[' || here[n] != ',')
			continue;
		arrays++;
		all &= is_refused(method, &b, i, n + 1, "");
	}
	ok(all && names >= 5 && arrays >= 2);
	ok(numbers > (size_t)2 * 33); /* the usual values */
	fitted_release(&f);
	ok(!load(&f, method, COLUMNS + 1, &b));
	fitted_release(&f);
	buf_release(&b);
}

static char path[] = "/tmp/batch_saved.XXXXXX";

static bool
is_read(const char *key, size_t len)
{
	struct models m = {0};
	int error;
	const char *wrong = models_read(&m, path, &error);
	bool is_found = !wrong && models_find(&m, key, len);

	ok(error == 0);
	models_release(&m);
	return is_found;
}

/* Rows of two keys, written as a file of models. */
static void
write_models(struct buf *b)
{
	static const char *const fields[] = {".a", ".b"};
	struct models_definition d = {"iqr", fields, COLUMNS, ".k", 0};
	struct gather g = {.method = &batch_iqr,
	    .options = options,
	    .columns = COLUMNS,
	    .threshold = 1.5,
	    .keeps_fits = true};
	double x[ROWS * COLUMNS];
	FILE *f;
	int c;

	fill(x, ROWS * COLUMNS, 3);
	for (size_t i = 0; i < ROWS; i++)
		gather_add(&g, "{}", 2, false, x + i * COLUMNS,
		    gather_group(&g, i % 3 ? "\"one" : "\"two", 4));
	gather_score(&g);
	ok(models_write(path, &d, &g) == 0);
	gather_release(&g);
	f = fopen(path, "re");
	while (f && (c = getc(f)) != EOF)
		buf_addc(b, (char)c);
	if (f)
		fclose(f);
}

static void
test_file(void)
{
	struct buf b = {0};
	bool all = true;
	int fd = mkstemp(path);

	test("models: a file is read back, each key");
	ok(fd >= 0);
	close(fd);
	write_models(&b);
	ok(is_read("\"one", 4) && is_read("\"two", 4));
	ok(!is_read("\"three", 6));
	fd = open(path, O_WRONLY | O_CLOEXEC);
	test("models: a file with one bit turned is refused, wherever it is");
	for (size_t i = 0; i < b.len; i++) {
		char turned = b.data[i] ^ 1;

		ok(pwrite(fd, &turned, 1, (off_t)i) == 1);
		all &= !is_read("\"one", 4);
		ok(pwrite(fd, b.data + i, 1, (off_t)i) == 1);
	}
	ok(b.len > 500 && all);
	ok(is_read("\"one", 4));
	test("models: a file that was cut is refused, wherever it was");
	for (size_t i = b.len; i-- > 0;) {
		ok(ftruncate(fd, (off_t)i) == 0);
		all &= !is_read("\"one", 4);
	}
	ok(all);
	close(fd);
	unlink(path);
	buf_release(&b);
}

int
main(void)
{
	test("models: loaded, each method says what it said before");
	for (size_t i = 0; batch_methods[i]; i++) {
		test_same(batch_methods[i], false);
		test_same(batch_methods[i], true);
	}
	test("models: with another name, size or kind of a member it is none");
	for (size_t i = 0; batch_methods[i]; i++)
		test_damage(batch_methods[i]);
	test_file();
	return done();
}
