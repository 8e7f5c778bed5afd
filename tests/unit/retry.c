/* What cdo-retry decides by: waits, exit statuses, words, holds. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "core/backoff.h"
#include "core/random.h"
#include "core/words.h"
#include "retry/codes.h"
#include "stream/hold.h"
#include "unit.h"

static struct backoff
backoff(const char *text)
{
	struct backoff b = {.base_ms = -1};
	struct buf why = {0};

	ok(backoff_parse(text, &b, &why));
	ok(why.len == 0);
	buf_release(&why);
	return b;
}

/* Are the exact waits after tries 1 to 6 these? */
static bool
grows(const char *text, const int64_t want[6])
{
	struct backoff b = backoff(text);
	bool is_good = true;

	b.is_exact = true;
	for (uint64_t n = 1; n <= 6; n++)
		is_good &= backoff_ms(&b, n, 12345 * n) == want[n - 1];
	return is_good;
}

static void
test_curves(void)
{
	test("backoff: the curves grow as they are called, up to the cap");
	ok(grows("fixed:2s", (int64_t[]){2000, 2000, 2000, 2000, 2000, 2000}));
	ok(grows(
	    "fixed:2s:9s", (int64_t[]){2000, 2000, 2000, 2000, 2000, 2000}));
	ok(grows(
	    "linear:2s:9s", (int64_t[]){2000, 4000, 6000, 8000, 9000, 9000}));
	ok(grows("exponential:1s:20s",
	    (int64_t[]){1000, 2000, 4000, 8000, 16000, 20000}));
	ok(grows(
	    "exponential", (int64_t[]){1000, 2000, 4000, 8000, 16000, 32000}));
	ok(grows("linear:0", (int64_t[]){0, 0, 0, 0, 0, 0}));
	ok(grows("exponential:0", (int64_t[]){0, 0, 0, 0, 0, 0}));
	ok(grows("exponential:2m",
	    (int64_t[]){120000, 120000, 120000, 120000, 120000, 120000}));
}

static void
test_extremes(void)
{
	static const char *const texts[] = {
	    "fixed:365d", "linear:365d:365d", "exponential:1ms:365d"};
	const int64_t year = INT64_C(365) * 86400000;

	test("backoff: no try is too late for the curve");
	for (size_t i = 0; i < 3; i++) {
		struct backoff b = backoff(texts[i]);

		ok(backoff_ms(&b, UINT64_MAX - 1, UINT64_MAX) <= year);
		b.is_exact = true;
		ok(backoff_ms(&b, UINT64_MAX - 1, UINT64_MAX) == year);
	}
}

/* The least and the most of 20000 waits after try n, and of the extreme
 * dice. */
static void
draw(const char *text, uint64_t n, int64_t *least, int64_t *most, double *mean)
{
	struct backoff b = backoff(text);
	uint64_t stream = 7;
	double sum = 0;

	*least = INT64_MAX;
	*most = 0;
	for (int i = 0; i < 20000; i++) {
		int64_t ms = backoff_ms(&b, n, random_next(&stream));

		*least = ms < *least ? ms : *least;
		*most = ms > *most ? ms : *most;
		sum += (double)ms;
	}
	*mean = sum / 20000;
}

static void
test_jitter(void)
{
	int64_t least, most;
	double mean;

	test("backoff: a wait is evenly spread from base to the next point");
	draw("exponential:100ms:60s", 1, &least, &most, &mean);
	ok(least == 100 && most == 200 && mean > 149 && mean < 151);
	draw("exponential:100ms:60s", 4, &least, &most, &mean);
	ok(least >= 100 && least < 110 && most <= 1600 && most > 1590);
	ok(mean > 840 && mean < 860);
	draw("exponential:100ms:500ms", 9, &least, &most, &mean);
	ok(least == 100 && most == 500 && mean > 298 && mean < 302);
	draw("linear:100ms:60s", 3, &least, &most, &mean);
	ok(least == 100 && most == 400);
	draw("fixed:100ms:150ms", 3, &least, &most, &mean);
	ok(least == 100 && most == 150);
	draw("fixed:100ms", 3, &least, &most, &mean);
	ok(least == 100 && most == 100);
}

/* Is it refused, for that reason? */
static bool
refuses(const char *text, const char *reason)
{
	struct backoff b;
	struct buf why = {0};
	bool is_so =
	    !backoff_parse(text, &b, &why) && is(why.data, why.len, reason);

	buf_release(&why);
	return is_so;
}

static void
test_parsing(void)
{
	test("backoff: what is no curve is refused with a reason");
	ok(refuses("quick", "quick: neither fixed, linear nor exponential"));
	ok(refuses("", ": neither fixed, linear nor exponential"));
	ok(refuses("fixed:", ": not a duration up to a year; write 500ms, 2s, "
			     "1m"));
	ok(refuses("linear:3", "3: not a duration up to a year; write 500ms, "
			       "2s, 1m"));
	ok(refuses("linear:2s:1s", "1s: less than 2s, where it begins"));
	ok(refuses("linear:1s:2s:3s", "3s: one too many; write KIND:BASE:CAP"));
	ok(refuses("fixed:9999d", "9999d: not a duration up to a year; write "
				  "500ms, 2s, 1m"));
}

/* The codes as ranges: "69 75 100-110 ". */
static struct buf
codes(const char *text)
{
	struct retry_codes c;
	struct buf b = {0};

	if (!retry_codes_parse(text, &c, &b))
		return b;
	for (int i = 0; i < 256; i++) {
		int first = i;

		if (!c.is_in[i])
			continue;
		while (i < 255 && c.is_in[i + 1])
			i++;
		if (first == i)
			buf_addf(&b, "%d ", i);
		else
			buf_addf(&b, "%d-%d ", first, i);
	}
	return b;
}

static void
test_codes(void)
{
	static const char *const table[][2] = {
	    {"69,75", "69 75 "},
	    {"75,100-103,1", "1 75 100-103 "},
	    {"any", "1-124 128-129 132-255 "},
	    {"0-255", "1-124 128-129 132-255 "},
	    {"120-135", "120-124 128-129 132-135 "},
	    {"126", "126: is never tried again"},
	    {"130", "130: is never tried again"},
	    {"0", "0: is never tried again"},
	    {"256", "256: neither a status from 1 to 255, a range nor any"},
	    {"9-5", "9-5: neither a status from 1 to 255, a range nor any"},
	    {"69,", ": neither a status from 1 to 255, a range nor any"},
	    {"", ": neither a status from 1 to 255, a range nor any"},
	    {"-", "-: neither a status from 1 to 255, a range nor any"},
	    {"any-75", "any-75: neither a status from 1 to 255, a range nor "
		       "any"},
	};

	test("codes: lists, ranges, and what is never among them");
	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++) {
		struct buf b = codes(table[i][0]);

		ok(is(b.data, b.len, table[i][1]));
		buf_release(&b);
	}
}

/* The words, each in brackets; or why there are none. */
static struct buf
words(const char *text)
{
	struct buf b = {0};
	char **list = words_split(text, &b);

	for (size_t i = 0; list && list[i]; i++)
		buf_addf(&b, "[%s]", list[i]);
	free(list);
	return b;
}

static void
test_words(void)
{
	static const char *const end = "a quote or backslash without an end";
	const char *const table[][2] = {
	    {"cat file", "[cat][file]"},
	    {" \tcat\n 'a b'  ", "[cat][a b]"},
	    {"a'b c'd", "[ab cd]"},
	    {"'a\\b' \"a\\b \\\" \\\\\"", "[a\\b][a\\b \" \\]"},
	    {"a\\ b \\' \\\\", "[a b]['][\\]"},
	    {"a '' \"\"", "[a][][]"},
	    {"echo $HOME *.c | x; # `y`", "[echo][$HOME][*.c][|][x;][#][`y`]"},
	    {"'\"' \"'\"", "[\"][']"},
	    {"", "no command"},
	    {" \n", "no command"},
	    {"'' a", "no command"},
	    {"a 'b", end},
	    {"a \"b\\\"", end},
	    {"a \\", end},
	};

	test("words: as the shell has them, but nothing is expanded");
	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++) {
		struct buf b = words(table[i][0]);

		ok(is(b.data, b.len, table[i][1]));
		buf_release(&b);
	}
}

/* What fd has from its offset on. */
static struct buf
rest_of(int fd)
{
	struct buf b = {0};
	char block[4096];
	ssize_t n;

	while ((n = read(fd, block, sizeof(block))) > 0)
		buf_add(&b, block, (size_t)n);
	return b;
}

static void
test_hold(void)
{
	struct hold h = {.max = 3 * HOLD_MEMORY};
	struct buf what = {0}, got;
	static char block[HOLD_MEMORY];
	int first, second;

	memset(block, 'x', sizeof(block));
	block[0] = 'a';

	test("hold: up to a mebibyte is in memory");
	ok(hold_data(&h) != NULL);
	ok(hold_add(&h, block, sizeof(block), &what) == 0);
	ok(hold_data(&h) && memcmp(hold_data(&h), block, sizeof(block)) == 0);

	test("hold: more is in a file, which can be read again and again");
	ok(hold_add(&h, "yz", 2, &what) == 0);
	ok(hold_data(&h) == NULL && h.len == sizeof(block) + 2);
	first = hold_open(&h);
	second = hold_open(&h);
	ok(write(first, "", 1) < 0 && errno == EBADF);
	got = rest_of(first);
	ok(got.data && got.len == h.len && got.data[0] == 'a' &&
	    memcmp(got.data + sizeof(block) - 1, "xyz", 3) == 0);
	buf_release(&got);
	got = rest_of(second);
	ok(got.len == h.len);
	buf_release(&got);
	close(first);
	close(second);

	test("hold: more than the most is EOVERFLOW");
	ok(hold_add(&h, block, sizeof(block), &what) == 0 && what.len == 0);
	ok(hold_add(&h, block, sizeof(block), &what) == EOVERFLOW);
	ok(is(what.data, what.len, "more than 3145728 bytes"));

	test("hold: it can be emptied, and used again");
	hold_clear(&h);
	ok(h.len == 0 && hold_add(&h, "b", 1, &what) == 0);
	ok(hold_data(&h) && is(hold_data(&h), (size_t)h.len, "b"));
	hold_release(&h);
	hold_release(&h);
	buf_release(&what);
}

static void
test_hold_folder(void)
{
	struct hold h = {.max = UINT64_MAX};
	struct buf what = {0};
	static char block[HOLD_MEMORY + 1];

	test("hold: a folder that is not there is told");
	setenv("TMPDIR", "/no/such/folder", 1);
	ok(hold_add(&h, block, sizeof(block), &what) == ENOENT);
	ok(what.len > 20 &&
	    strncmp(what.data, "/no/such/folder/cdo-", 20) == 0);
	unsetenv("TMPDIR");
	hold_release(&h);
	buf_release(&what);
}

int
main(void)
{
	test_curves();
	test_extremes();
	test_jitter();
	test_parsing();
	test_codes();
	test_words();
	test_hold();
	test_hold_folder();
	return done();
}
