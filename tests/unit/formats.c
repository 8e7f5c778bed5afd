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
#define LABEL10 "a123456789"
#define LABEL60 LABEL10 LABEL10 LABEL10 LABEL10 LABEL10 LABEL10
#define LABEL61 LABEL60 "0"
#define LABEL63 LABEL60 "012"
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
		T("PD"), T("p1d"), T("P1\0"), T("P1D "), T("P1D\0")));
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
test_hosts(void)
{
	CHECK("hostname",
	    LIST(T("a"), T("1a"), T("www.example.com"), T("a-b.c--d"),
		T("r3---sn-x.example"), T(LABEL63),
		T(LABEL63 "." LABEL63 "." LABEL63 "." LABEL61),
		/* A-labels, of U+00FC, of U+0634 U+0627, of U+6E2C U+8A66 */
		T("xn--tda"), T("xn--mgbz.xn--g6w251d"), T("XN--TDA.a")),
	    LIST(T(""), T("."), T("a."), T(".a"), T("a..b"), T("-a"), T("a-"),
		T("a.-b"), T("a_b"), T("a b"), T("a\0"), T("a/b"),
		T("\xc3\xbc"),
		T("a\xe3\x80\x82"
		  "b"),
		T(LABEL63 "a"),
		T(LABEL63 "." LABEL63 "." LABEL63 "." LABEL61 "a"),
		/* not what they decode to; a hyphen only; U+0640; U+00DC */
		T("xn--"), T("xn--a"), T("xn--abc-"), T("xn--X"), T("xn--chb"),
		T("xn--wca"),
		/* a digit first beside U+05D0 */
		T("0a.xn--4db")));
	CHECK("idn-hostname",
	    LIST(T("a.b"), T("\xc3\xbc.b"), T("\xc3\x9f"),
		T("a\xe3\x80\x82"
		  "b\xef\xbc\x8e"
		  "c\xef\xbd\xa1"
		  "d"),
		T("xn--tda"), T("l\xc2\xb7l"), T("\xd7\x90"), T("a.\xd7\x90"),
		T("\xd7\x90"
		  "0.a"),
		T("\xe0\xa4\x95\xe0\xa5\x8d\xe2\x80\x8d\xe0\xa4\xb7"),
		T("\xd7\x90.\xe0\xa4\x95")),
	    LIST(T(""), T("."), T("a."), T("a\xe3\x80\x82"), T("\xe3\x80\x82"),
		T("\xc3\x9c"), /* upper case is mapped before, not here */
		T("u\xcc\x88"), /* not NFC */
		T("\xcc\x80"
		  "a"),
		T("a\xc2\xb7l"), T("\xe2\x80\x8d"), T("\xc3\xbc-"),
		T("-\xc3\xbc"), T("ab--\xc3\xbc"), T("\xd9\x80"),
		T("a\xd7\x90"), T("0.\xd7\x90"),
		T("\xd7\x90"
		  "0\xd9\xa0"),
		T("\xc3\xbc\0"),
		T("\xdb\xb0.\xd7\x90"), /* begins with a digit, as 0 does */
		T("\xd9\xa0\xd7\x90"), T("\xef\xbc\xa1"), T("\xe2\x82\xac"),
		T("\xf3\xa0\x80\x81"), T("\xed\x9f\xbf"),
		T(LABEL63 "\xc3\xbc")));
	CHECK("idn-email",
	    LIST(T("a@b"), T("\xc3\xa9.\xe5\xad\x97@\xc3\xbc.example"),
		T("\"\xc3\xa9 a\"@b"), T("a@[IPv6:::1]"), T("a@xn--tda")),
	    LIST(T(""), T("a"), T("\xc3\xa9"), T("@\xc3\xbc"), T("\xc3\xa9@"),
		T("\xc3\xa9..a@b"), T("a b@c"), T("a@-\xc3\xbc"),
		T("\"\\\xc3\xa9\"@b"),
		T("a@b\xe3\x80\x82"
		  "c"),
		T("\"a\0\"@b")));
}

static void
test_uris(void)
{
	const struct text no_uris[] = {T("%"), T("%1"), T("a:%g0"), T("a:b c"),
	    T("a:\\"), T("a:\""), T("a:<b>"), T("a:{}"), T("a:|"), T("a:^"),
	    T("a:`"), T("a:[b]"), T("a:b?[c]"), T("a:b#c#d"), T("a://b:c/"),
	    T("a://b@c@d"), T("a://[::1"), T("a://[::1]b"), T("a://[1.2.3.4]"),
	    T("a://[fe80::1%25lo]"), T("a://[v.x]"), T("a://[v1]"),
	    T("a://[v1.]"), T("a://[v1.\\]"), T("a://[]"), T("a://b[c"),
	    T("a:b\n"), T("a:\0"), T("1:b"), T(":b"), T("a_b:c"), {NULL, 0}};
	const struct text relative[] = {T(""), T("/"), T("a"), T("a/b:c"),
	    T("./a:b"), T("?a"), T("#a"), T("//"), T("//a:80/b"),
	    T("%41/..;a=b"), {NULL, 0}};
	const struct text uris[] = {T("a:"), T("a:b"), T("a+-.1:/b//c"),
	    T("A://u:p@h:80/a;b=c/?d=e/?#f/?"), T("a://"), T("a:///b"),
	    T("a://h:"), T("a://999.1.1.1"), T("a://%41"),
	    T("a://[::1.2.3.4]:1/"), T("a://[v1F.a:b!]"), T("a:!$&'()*+,;=@"),
	    T("urn:x:%00"), {NULL, 0}};
	const struct text iris[] = {T("a:\xc2\xa0"),
	    T("a://\xc3\xa9@\xc3\xa9/\xef\xbf\xaf?\xee\x80\x80#\xc3\xa9"),
	    T("a:?\xf3\xb0\x80\x80\xf4\x8f\xbf\xbd"),
	    T("a:\xf0\x9f\x98\x80\xf3\xa1\x80\x80"), {NULL, 0}};
	const struct text no_iris[] = {T("a:\xc2\x80"), T("a:\xee\x80\x80"),
	    T("a:#\xee\x80\x80"), T("a:\xef\xbf\xbe"), T("a:\xef\xb7\x90"),
	    T("a:\xf3\xb0\x80\x80"), T("a:\xf3\xa0\x80\x81"),
	    T("a:?\xf0\x9f\xbf\xbe"), T("\xc3\xa9:a"), T("a://b:\xc3\xa9"),
	    {NULL, 0}};

	check("uri", uris, no_uris);
	check("uri", uris, relative);
	check("uri", uris, iris);
	check("uri-reference", uris, no_uris);
	check("uri-reference", relative, no_iris);
	check("iri", uris, no_uris);
	check("iri", iris, no_iris);
	check("iri", iris, relative);
	check("iri-reference", relative, no_uris);
	check("iri-reference", iris, no_iris);
	CHECK("uri-template",
	    LIST(T(""), T("a"), T("http://a/{b}{?c,d*}{#e:3}"), T("{a.b_c%41}"),
		T("{+a}{#a}{.a}{/a}{;a}{?a}{&a}"), T("{a:1}{a:9999}"), T("%41"),
		T("a'b"), T("!#$&()*+,;=[]_~@:"), T("\xc3\xa9"),
		T("\xee\x80\x80")),
	    LIST(T("{}"), T("{a"), T("a}"), T("{a,}"), T("{,a}"), T("{a b}"),
		T("{a:}"), T("{a:0}"), T("{a:01}"), T("{a:10000}"), T("{a:x}"),
		T("{a*:1}"), T("{a..b}"), T("{.}"), T("{a.}"), T("{=a}"),
		T("{!a}"), T("{|a}"), T("{\xc3\xa9}"), T("{%4}"), T("{{a}}"),
		T("%"), T("%4g"), T(" "), T("\""), T("<"), T("\\"), T("^"),
		T("`"), T("|"), T("a\0"), T("\x7f"), T("\xc2\x80")));
	CHECK("regex",
	    LIST(T(""), T("^a$"), T("(?<=a+)b"), T("(a){70000}"),
		T("\\p{CWKCF}"), T("[^]"), T("a\0")),
	    LIST(T("("), T("\\Z"), T("(?i)a"), T("a++"), T("[z-a]")));
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
	test_hosts();
	test_uris();
	test_names();
	return done();
}
