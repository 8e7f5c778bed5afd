/* lib/schema: the formats. */
#include "schema/format.h"
#include "unit.h"

struct text {
	const char *s;
	size_t len;
};

/* A string that may hold NUL. */
#define T(s) \
	{ \
		s, sizeof(s) - 1 \
	}

/* Each list ends with a text of NULL. */
static void
check(const char *name, const struct text *good, const struct text *bad)
{
	const struct format *f = format_find(name);

	test(name);
	ok(f && strcmp(format_name(f), name) == 0);
	for (; f && good->s; good++)
		if (!format_check(f, good->s, good->len)) {
			printf("# refused: %s\n", good->s);
			case_failures++;
		}
	for (; f && bad->s; bad++)
		if (format_check(f, bad->s, bad->len)) {
			printf("# accepted: %s\n", bad->s);
			case_failures++;
		}
}

#define CHECK(name, good, bad) \
	check(name, (const struct text[]){good, {NULL, 0}}, \
	    (const struct text[]){bad, {NULL, 0}})
#define LIST(...) __VA_ARGS__

static void
test_dates(void)
{
	CHECK("date",
	    LIST(T("0000-01-01"), T("9999-12-31"), T("2024-02-29"),
		T("2000-02-29"), T("2023-04-30")),
	    LIST(T(""), T("2023-02-29"), T("1900-02-29"), T("2023-04-31"),
		T("2023-00-01"), T("2023-13-01"), T("2023-01-00"),
		T("2023-01-32"), T("2023-1-01"), T("2023-01-01 "),
		T("2023/01/01"), T("-023-01-01"), T("2023-01-01\0"),
		T("202a-01-01"), T("a023-01-01"), T("2023-01-0/")));
	CHECK("time",
	    LIST(T("00:00:00Z"), T("23:59:59z"), T("12:00:00.5Z"),
		T("12:00:00.123456789012+23:59"), T("23:59:60Z"),
		T("00:29:60.9+00:30"), T("22:59:60-01:00"), T("23:59:60-00:00"),
		T("00:59:60+01:00")),
	    LIST(T(""), T("12:00:00"), T("24:00:00Z"), T("12:60:00Z"),
		T("12:00:61Z"), T("12:00Z"), T("12:00:00."), T("12:00:00.Z"),
		T("12:00:00+24:00"), T("12:00:00+01:60"), T("12:00:00+0100"),
		T("12:00:00+01"), T("12:00:00 Z"), T("12:00:00ZZ"),
		T("12:00:60Z"), T("23:59:60+01:00"), T("23:58:60Z"),
		T("1:00:00Z"), T("12-00-00Z"), T("12:00:00,5Z"),
		T("12:00:00Z\0")));
	CHECK("date-time",
	    LIST(T("2026-11-24T18:51:24Z"), T("2026-11-24t18:51:24z"),
		T("1998-12-31T15:59:60.123-08:00"),
		T("1937-01-01T12:00:27.87+00:20")),
	    LIST(T(""), T("2026-11-24"), T("2026-11-24T"),
		T("2026-11-24 18:51:24Z"), T("2026-11-24T18:51:24"),
		T("2026-02-29T18:51:24Z"), T("2026-11-24T18:51:60Z"),
		T("2026-11-24T18:51:24Z\n")));
	CHECK("duration",
	    LIST(T("P1Y2M3DT4H5M6S"), T("P1W"), T("P1D"), T("PT1S"),
		T("P1YT1H"), T("P2M1DT5M6S"), T("P00012345678901234567890D")),
	    LIST(T(""), T("P"), T("PT"), T("P1"), T("P1S"), T("PT1D"),
		T("P1DT"), T("P1Y1D"), T("PT1H1S"), T("P1D1M"), T("P1D1D"),
		T("P1W1D"), T("P1D1W"), T("P1.5D"), T("-P1D"), T("P-1D"),
		T("PD"), T("p1d"), T("P1D "), T("P1D\0")));
}

static void
test_addresses(void)
{
	CHECK("ipv4", LIST(T("0.0.0.0"), T("255.255.255.255"), T("1.20.3.4")),
	    LIST(T(""), T("1.2.3"), T("1.2.3.4.5"), T("1.2.3.256"),
		T("01.2.3.4"), T("1.2.3.00"), T("1..3.4"), T("1.2.3."),
		T(".1.2.3"), T("1.2.3.4 "), T("0x1.2.3.4"), T("1.2.3.1000"),
		T("1.2.3.4\0")));
	CHECK("ipv6",
	    LIST(T("::"), T("::1"), T("1::"), T("1:2:3:4:5:6:7:8"),
		T("1:2:3:4:5:6:7::"), T("::2:3:4:5:6:7:8"), T("2001:DB8::ffff"),
		T("::1.2.3.4"), T("1:2:3:4:5:6:1.2.3.4"),
		T("::ffff:255.255.255.255")),
	    LIST(T(""), T(":"), T("1"), T(":::"), T("1:"), T(":1"),
		T("1::2::3"), T("1:2:3:4:5:6:7"), T("1:2:3:4:5:6:7:8:9"),
		T("::1:2:3:4:5:6:7:8"), T("1:2:3:4:5:6:7:8::"), T("12345::"),
		T("::g"), T("::1.2.3"), T("::1.2.3.256"), T("1.2.3.4::"),
		T("1:2:3:4:5:6:7:1.2.3.4"), T("fe80::1%eth0"), T("[::1]"),
		T("::1/64"), T("1.2.3.4"), T("::1\0")));
	CHECK("email",
	    LIST(T("a@b"), T("joe.bloggs@example.com"),
		T("!#$%&'*+-/=?^_`{|}~@x.y"), T("\"a b@c\"@example.com"),
		T("\"\"@x"), T("\"\\\"\\\\\"@x"), T("a@[127.0.0.1]"),
		T("a@[IPv6:::1]"), T("a@[ipV6:1::2]")),
	    LIST(T(""), T("a"), T("@"), T("@b"), T("a@"), T("a@b@c"), T(".a@b"),
		T("a.@b"), T("a..b@c"), T("a b@c"), T("a@b_c"), T("a@-b"),
		T("a@b."), T("a@.b"), T("\"a@b"), T("\"a\"b@c"), T("\"\\"),
		T("\"a\n\"@b"), T("a@[1.2.3]"), T("a@[::1]"),
		T("a@[IPv6:1.2.3.4]"), T("a@[x:y]"), T("a@[1.2.3.4"),
		T("a@b\0"), T("a\0@b"), T("\xc3\xa9@b"), T("a@\xc3\xa9")));
}

static void
test_texts(void)
{
	CHECK("uuid",
	    LIST(T("2eb8aa08-aa98-11ea-b4aa-73b441d16380"),
		T("2EB8AA08-AA98-11EA-B4AA-73B441D16380")),
	    LIST(T(""), T("2eb8aa08-aa98-11ea-b4aa-73b441d1638"),
		T("2eb8aa08-aa98-11ea-b4aa-73b441d163800"),
		T("2eb8aa08aa98-11ea-b4aa-73b441d163800"),
		T("2eb8aa08-aa98-11ea-b4aa-73b441d1638g"),
		T("2eb8aa08-aa98-11ea-b4aa-73b441d1638\0")));
	CHECK("json-pointer",
	    LIST(T(""), T("/"), T("//"), T("/a/0/"), T("/~0~1"),
		T("/\xc3\xa9 \0")),
	    LIST(T("a"), T("#"), T("#/a"), T("/~"), T("/~2"), T("/a/~~0")));
	CHECK("relative-json-pointer",
	    LIST(T("0"), T("1/a"), T("10#"), T("0#"), T("0+1/a"), T("2-10#"),
		T("0/~1")),
	    LIST(T(""), T("/a"), T("-1"), T("+1"), T("01"), T("00"), T("0##"),
		T("0a"), T("1#/a"), T("0/~"), T("0+0"), T("0-01"), T("0+"),
		T("1 ")));
}

static void
test_names(void)
{
	const char *const *names = format_list();

	test("format: names");
	for (size_t i = 0; names[i]; i++) {
		ok(format_find(names[i]) != NULL);
		ok(i == 0 || strcmp(names[i - 1], names[i]) < 0);
	}
	ok(!format_find("") && !format_find("Date") && !format_find("color"));
}

int
main(void)
{
	test_dates();
	test_addresses();
	test_texts();
	test_names();
	return done();
}
