/* lib/core: text, numbers, time, maps and secrets. */
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/cli.h"
#include "core/diag.h"
#include "core/map.h"
#include "core/num.h"
#include "core/secret.h"
#include "core/timestamp.h"
#include "core/utf8.h"
#include "core/xmem.h"
#include "unit.h"

static bool
duration_is(const char *s, int64_t want)
{
	int64_t ms = -7;

	return num_duration(s, &ms) == 0 ? ms == want : want == -1 && ms == -7;
}

static void
test_doubles(void)
{
	double x = 7;

	test("num: doubles are decimal");
	ok(num_double("-1.5e3", &x) == 0 && x == -1500);
	ok(num_double("0x10", &x) != 0 && x == -1500);
	ok(num_double("inf", &x) != 0 && num_double("nan", &x) != 0);
	ok(num_double("", &x) != 0 && num_double(" 1", &x) != 0);
	ok(num_double("1e999", &x) != 0 && num_double("1 ", &x) != 0);
}

static bool
duration_reads(int64_t ms, const char *want)
{
	struct buf b = {0};
	bool good;

	num_add_duration(&b, ms);
	good = is(b.data, b.len, want);
	buf_release(&b);
	return good;
}

static void
test_durations(void)
{
	test("num: durations");
	ok(duration_is("0", 0));
	ok(duration_is("90s", 90000));
	ok(duration_is("15m", 900000));
	ok(duration_is("1h30m", 5400000));
	ok(duration_is("7d", 604800000));
	ok(duration_is("1w2d3h4m5s6ms", 788645006));
	ok(duration_is("0.5s", 500));
	ok(duration_is("1.25h", 4500000));
	ok(duration_is("250ms", 250));
	ok(duration_is("36525d", NUM_DURATION_MAX));
	test("num: what is no duration");
	ok(duration_is("", -1));
	ok(duration_is("5", -1));
	ok(duration_is("00", -1));
	ok(duration_is("s", -1));
	ok(duration_is("-5s", -1));
	ok(duration_is("1m1h", -1));
	ok(duration_is("1s1s", -1));
	ok(duration_is("5.s", -1));
	ok(duration_is("5 s", -1));
	ok(duration_is("1y", -1));
	ok(duration_is("99999999999999999999s", -1));
	ok(duration_is("36525d1ms", -1));
	test("num: durations for people");
	ok(duration_reads(0, "0ms"));
	ok(duration_reads(250, "250ms"));
	ok(duration_reads(2100, "2.1s"));
	ok(duration_reads(5400000, "1h30m"));
	ok(duration_reads(86400000 + 60000, "1d"));
	ok(duration_reads(-5000, "-5s"));
}

static bool
time_is(const char *s, int64_t want)
{
	int64_t ms = -7;

	return timestamp_parse(s, strlen(s), &ms) && ms == want;
}

static bool
no_time(const char *s)
{
	int64_t ms = -7;

	return !timestamp_parse(s, strlen(s), &ms) && ms == -7;
}

static bool
time_reads(int64_t ms, const char *want)
{
	char text[TIMESTAMP_SIZE];

	return is(text, timestamp_format(ms, text), want);
}

static void
test_timestamps(void)
{
	int64_t back;
	char text[TIMESTAMP_SIZE];

	test("timestamp: RFC 3339 is read"); /* values of date(1) */
	ok(time_is("1970-01-01T00:00:00Z", 0));
	ok(time_is("2026-11-24T15:37:39Z", 1795534659000));
	ok(time_is("2000-02-29T12:00:00.5+02:00", 951818400500));
	ok(time_is("1985-04-12t23:20:50.52z", 482196050520));
	ok(time_is("1937-01-01T12:00:27.87+00:20", -1041337172130));
	ok(time_is("1990-12-31T15:59:60-08:00", 662688000000));
	ok(time_is("0000-01-01T00:00:00Z", -62167219200000));
	ok(time_is("9999-12-31T23:59:59.999999Z", 253402300799999));
	ok(time_is("2012-01-01", 1325376000000));
	ok(time_is("2012-01-01 01:00:00", 1325379600000));
	test("timestamp: and nothing else");
	ok(no_time(""));
	ok(no_time("2026-11-24T15:37Z"));
	ok(no_time("2026-02-29"));
	ok(no_time("2026-13-01"));
	ok(no_time("2026-00-01"));
	ok(no_time("2026-11-24T24:00:00Z"));
	ok(no_time("2026-11-24T12:00:60Z"));
	ok(no_time("2026-11-24T15:37:39.Z"));
	ok(no_time("2026-11-24T15:37:39+2:00"));
	ok(no_time("2026-11-24T15:37:39Z "));
	ok(no_time("26-11-24"));
	test("timestamp: written and read back");
	ok(time_reads(0, "1970-01-01T00:00:00Z"));
	ok(time_reads(-1, "1969-12-31T23:59:59.999Z"));
	ok(time_reads(951818400500, "2000-02-29T10:00:00.500Z"));
	ok(time_reads(INT64_MAX, "9999-12-31T23:59:59.999Z"));
	ok(time_reads(INT64_MIN, "0000-01-01T00:00:00Z"));
	for (int64_t ms = -62167219200000; ms < 253402300799999;
	     ms += 86399999 * 7) {
		size_t n = timestamp_format(ms, text);

		if (!timestamp_parse(text, n, &back) || back != ms)
			ok(false);
	}
}

static void
test_utf8(void)
{
	test("utf8: what is a character");
	ok(utf8_span("a", 1) == 1);
	ok(utf8_span("\xC3\xA9", 2) == 2);
	ok(utf8_span("\xE2\x82\xAC", 3) == 3);
	ok(utf8_span("\xF0\x9F\x98\x80", 4) == 4);
	ok(utf8_span("\xF4\x8F\xBF\xBF", 4) == 4);
	ok(utf8_span("\xC3", 1) == 0);
	ok(utf8_span("\x80", 1) == 0);
	ok(utf8_span("\xC0\x80", 2) == 0);
	ok(utf8_span("\xE0\x9F\xBF", 3) == 0);
	ok(utf8_span("\xED\xA0\x80", 3) == 0); /* a surrogate */
	ok(utf8_span("\xF0\x8F\xBF\xBF", 4) == 0);
	ok(utf8_span("\xF4\x90\x80\x80", 4) == 0);
	ok(utf8_span("\xF5\x80\x80\x80", 4) == 0);
	test("utf8: count and cut by characters");
	ok(utf8_count("na\xC3\xAFve \xF0\x9F\x98\x80", 11) == 7);
	ok(utf8_cut("a\xE2\x82\xAC", 4, 4) == 4);
	ok(utf8_cut("a\xE2\x82\xAC", 4, 3) == 1);
	ok(utf8_cut("a\xE2\x82\xAC", 4, 2) == 1);
	ok(utf8_is_valid("", 0));
	ok(!utf8_is_valid("a\xFF", 2));
}

static void
test_utf8_code(void)
{
	static const uint32_t points[] = {
	    0, 'a', 0x7F, 0x80, 0x7FF, 0x800, 0xFFFF, 0x10000, 0x10FFFF};
	char out[4];

	test("utf8: code points written and read back");
	for (size_t i = 0; i < sizeof(points) / sizeof(*points); i++) {
		size_t n = utf8_encode(points[i], out);

		ok(utf8_span(out, n) == n);
		ok(utf8_decode(out, n) == points[i]);
	}
	ok(utf8_encode(0x20AC, out) == 3 &&
	    memcmp(out, "\xe2\x82\xac", 3) == 0);
}

static void
test_map(void)
{
	static int values[3000];
	struct map m = {0};
	char key[16];
	size_t at = 0, n = 0;
	const struct map_entry *e;

	test("map: what is put in is found, in its order");
	ok(!map_get(&m, "a", 1));
	for (size_t i = 0; i < 3000; i++) {
		int len = snprintf(key, sizeof(key), "key %zu", i);

		*map_put(&m, key, (size_t)len) = &values[i];
	}
	ok(m.n == 3000);
	ok(map_get(&m, "key 77", 6) == &values[77]);
	ok(map_get(&m, "key 2999", 8) == &values[2999]);
	ok(!map_get(&m, "key 3000", 8));
	while ((e = map_next(&m, &at)))
		if (e->value != &values[n++])
			ok(false);
	ok(n == 3000);
	test("map: what is removed is gone, the rest stays");
	for (size_t i = 0; i < 3000; i += 2) {
		int len = snprintf(key, sizeof(key), "key %zu", i);

		ok(map_remove(&m, key, (size_t)len) == &values[i]);
	}
	ok(m.n == 1500);
	ok(!map_remove(&m, "key 2", 5));
	ok(!map_get(&m, "key 2", 5));
	ok(map_get(&m, "key 3", 5) == &values[3]);
	for (int i = 0; i < 100000; i++) { /* holes are used again */
		*map_put(&m, "turn", 4) = &values[0];
		map_remove(&m, "turn", 4);
	}
	ok(m.cap_entries < 10000);
	test("map: keys are bytes");
	*map_put(&m, "a\0b", 3) = &values[1];
	*map_put(&m, "a\0c", 3) = &values[2];
	*map_put(&m, "", 0) = &values[3];
	ok(map_get(&m, "a\0b", 3) == &values[1]);
	ok(map_get(&m, "", 0) == &values[3]);
	map_release(&m);
	ok(!map_get(&m, "", 0));
}

static void
test_nearest(void)
{
	static const char *const names[] = {
	    "min", "max", "pattern", "enum", NULL};
	struct buf b = {0};
	const char *got;

	test("cli: the nearest name");
	got = cli_nearest("mim", names);
	ok(got && strcmp(got, "min") == 0);
	got = cli_nearest("patern", names);
	ok(got && strcmp(got, "pattern") == 0);
	got = cli_nearest("minimum", names);
	ok(got && strcmp(got, "min") == 0);
	got = cli_nearest("pat", names);
	ok(got && strcmp(got, "pattern") == 0);
	ok(!cli_nearest("en", names) && !cli_nearest("e", names));
	ok(!cli_nearest("frobnicate", names));
	cli_hint(&b, "mim", names);
	ok(is(b.data, b.len, "; did you mean min?"));
	b.len = 0;
	cli_hint(&b, "frobnicate", names);
	ok(is(b.data, b.len, "; known are min, max, pattern, enum"));
	buf_release(&b);
}

static bool
masked(const char *text, const char *want)
{
	char *copy = xstrndup(text, strlen(text));
	size_t n = secret_mask(copy, strlen(copy));
	bool good = is(copy, n, want);

	free(copy);
	return good;
}

static bool
url_masked(const char *url, const char *want)
{
	struct buf b = {0};
	bool good;

	secret_mask_url(&b, url);
	good = is(b.data, b.len, want);
	buf_release(&b);
	return good;
}

static void
test_url_masks(void)
{
	test("secret: URLs without what may be secret");
	ok(url_masked("http://h/p", "http://h/p"));
	ok(url_masked("http://u:p@h:8/p?a=x&b&page=12#f",
	    "http://***@h:8/p?a=***&***&page=12"));
	ok(url_masked(
	    "http://u:p/@h/?k=1=2&n=1234567", "http://u:p/@h/?k=***&n=***"));
	ok(url_masked("http://h?x", "http://h?***"));
	ok(url_masked("", ""));
	ok(url_masked("h/p?a=x&b=http://x", "h/p?a=***&b=***"));
	ok(url_masked("h#f://x", "h"));
}

/* A file with a secret and the given mode, under a name that is reused. */
static const char *
secret_file(const char *text, mode_t mode)
{
	static char path[64];
	static char ref[80];
	FILE *f;

	snprintf(path, sizeof(path), "/tmp/cdo-unit-%ld", (long)getpid());
	f = fopen(path, "w");
	if (!f || fputs(text, f) < 0 || fclose(f) != 0 ||
	    chmod(path, mode) != 0)
		abort();
	snprintf(ref, sizeof(ref), "file:%s", path);
	return ref;
}

static bool
refused(const char *ref, const char *part)
{
	struct buf why = {0};
	char *s = secret_read(ref, &why);
	bool good;

	buf_addc(&why, '\0');
	good = !s && strstr(why.data, part);
	if (!good)
		printf("# %s\n", why.data);
	free(s);
	buf_release(&why);
	return good;
}

static struct buf logged;

static void
log_message(enum diag_level level, const char *text, size_t len)
{
	(void)level;
	buf_add(&logged, text, len);
}

/* The secret stands where the message is cut. */
static void
test_masked_messages(void)
{
	test("diag: a message is masked before it is cut");
	diag_set_log(log_message);
	diag_debug("%0990d hunter22-long", 0);
	ok(logged.len > 6 && is(logged.data + logged.len - 4, 4, " ***"));
	logged.len = 0;
	diag_debug("%s", "");
	ok(logged.len == 0);
	diag_debug("%02000d", 0);
	ok(logged.len == 1000);
	diag_set_log(NULL);
	buf_release(&logged);
}

static void
test_secrets(void)
{
	struct buf why = {0};
	char *s;

	test("secret: read by reference, then masked");
	ok(masked("hunter22", "hunter22"));
	setenv("CDO_TEST_SECRET", "hunter22", 1);
	s = secret_read("env:CDO_TEST_SECRET", &why);
	ok(s && strcmp(s, "hunter22") == 0 && why.len == 0);
	free(s);
	s = secret_read(secret_file("hunter22-long\r\n", 0600), &why);
	ok(s && strcmp(s, "hunter22-long") == 0);
	free(s);
	ok(masked("it is hunter22!", "it is ***!"));
	ok(masked("hunter22-longhunter22", "******"));
	ok(masked("hunter2", "hunter2"));
	test("secret: masked as JSON escapes it too");
	secret_remember("a\"b\\c\n\xc3\xa9\xf0\x9f\x98\x80", 12);
	ok(masked("<a\"b\\c\n\xc3\xa9\xf0\x9f\x98\x80>", "<***>"));
	ok(masked("<a\\\"b\\\\c\\n\xc3\xa9\xf0\x9f\x98\x80>", "<***>"));
	ok(masked(
	    "<\\u0061\\u0022b\\u005Cc\\u000a\\u00e9\\ud83d\\uDE00>", "<***>"));
	ok(masked(
	    "a\\\"b\\\\c\\n\\u00e9\\ud83d", "a\\\"b\\\\c\\n\\u00e9\\ud83d"));
	ok(masked("\\u006Auntr\\", "\\u006Auntr\\"));
	ok(masked("\\hunter22\\", "\\***\\"));
	ok(masked("\\u0068unter22\\u00", "***\\u00"));
	ok(masked("h\\/", "h\\/"));
	test("secret: what is refused, and why");
	ok(refused("hunter22", "not given"));
	ok(refused("env:CDO_NO_SUCH", "not set"));
	ok(refused("file:/no/such", "No such file"));
	ok(refused(secret_file("x", 0640), "chmod 600"));
	ok(refused(secret_file("", 0600), "empty"));
	ok(refused(secret_file("\r\n", 0600), "empty"));
	ok(refused("cred:smtp", "CREDENTIALS_DIRECTORY"));
	setenv("CREDENTIALS_DIRECTORY", "/tmp", 1);
	ok(refused("cred:../etc/passwd", "not the name"));
	unlink(secret_file("x", 0600) + strlen("file:"));
	buf_release(&why);
}

int
main(void)
{
	test_doubles();
	test_durations();
	test_timestamps();
	test_utf8();
	test_utf8_code();
	test_map();
	test_nearest();
	test_url_masks();
	test_secrets();
	test_masked_messages();
	return done();
}
