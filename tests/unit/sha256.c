/*
 * core/sha256 against the examples of FIPS 180-4 (NIST's SHA256.pdf) and
 * RFC 4231, and whole texts against the same in parts.
 */
#include "core/sha256.h"
#include "unit.h"

static bool
has_digest(const void *data, size_t len, const char *hex)
{
	uint8_t digest[SHA256_SIZE];
	char text[SHA256_HEX];

	sha256(data, len, digest);
	sha256_hex(digest, text);
	return is(text, strlen(text), hex);
}

static void
test_digests(void)
{
	static const char long_text[] =
	    "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";
	static char a[1000000];

	memset(a, 'a', sizeof(a));
	test("sha256: the examples of FIPS 180-4");
	ok(has_digest("", 0,
	    "e3b0c44298fc1c149afbf4c8996fb924"
	    "27ae41e4649b934ca495991b7852b855"));
	ok(has_digest("abc", 3,
	    "ba7816bf8f01cfea414140de5dae2223"
	    "b00361a396177a9cb410ff61f20015ad"));
	ok(has_digest(long_text, sizeof(long_text) - 1,
	    "248d6a61d20638b8e5c026930c3e6039"
	    "a33ce45964ff2167f6ecedd419db06c1"));
	ok(has_digest(a, sizeof(a),
	    "cdc76e5c9914fb9281a1c7e284d73e67"
	    "f1809a48a497200e046d39ccc7112cd0"));
}

static void
test_parts(void)
{
	uint8_t whole[SHA256_SIZE], parts[SHA256_SIZE];
	char text[200];
	struct sha256 s;

	for (size_t i = 0; i < sizeof(text); i++)
		text[i] = (char)(i * 7);
	test("sha256: any length in parts of any size is the same");
	for (size_t len = 0; len <= sizeof(text); len++) {
		sha256(text, len, whole);
		for (size_t part = 1; part <= 130; part++) {
			sha256_init(&s);
			for (size_t at = 0; at < len; at += part)
				sha256_add(&s, text + at,
				    len - at < part ? len - at : part);
			sha256_end(&s, parts);
			ok(memcmp(whole, parts, sizeof(whole)) == 0);
		}
	}
}

/* RFC 4231, section 4, cases 1, 2, 3, 4, 6, 7; case 5 is a cut of its tag. */
static void
test_hmac(void)
{
	static const struct {
		const char *key;
		size_t key_repeat; /* 0: a string */
		const char *data;
		size_t data_repeat;
		const char *hex;
	} cases_4231[] = {
	    {"\x0b", 20, "Hi There", 0,
		"b0344c61d8db38535ca8afceaf0bf12b"
		"881dc200c9833da726e9376c2e32cff7"},
	    {"Jefe", 0, "what do ya want for nothing?", 0,
		"5bdcc146bf60754e6a042426089575c7"
		"5a003f089d2739839dec58b964ec3843"},
	    {"\xaa", 20, "\xdd", 50,
		"773ea91e36800e46854db8ebd09181a7"
		"2959098b3ef8c122d9635514ced565fe"},
	    {"\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d\x0e\x0f"
	     "\x10\x11\x12\x13\x14\x15\x16\x17\x18\x19",
		0, "\xcd", 50,
		"82558a389a443c0ea4cc819899f2083a"
		"85f0faa3e578f8077a2e3ff46729665b"},
	    {"\xaa", 131,
		"Test Using Larger Than Block-Size Key - Hash Key First", 0,
		"60e431591ee0b67f0d8a26aacbf5b77f"
		"8e0bc6213728c5140546040f0ee37f54"},
	    {"\xaa", 131,
		"This is a test using a larger than block-size key and a "
		"larger than block-size data. The key needs to be hashed "
		"before being used by the HMAC algorithm.",
		0,
		"9b09ffa71b942fcb27635fbcd5b0e944"
		"bfdc63644f0713938a7f51535c3a35e2"},
	};
	char key[200], data[200], hex[SHA256_HEX];
	uint8_t digest[SHA256_SIZE];

	test("sha256: HMAC, the examples of RFC 4231");
	for (size_t i = 0; i < sizeof(cases_4231) / sizeof(*cases_4231); i++) {
		size_t k = cases_4231[i].key_repeat;
		size_t n = cases_4231[i].data_repeat;

		if (k)
			memset(key, cases_4231[i].key[0], k);
		else
			memcpy(key, cases_4231[i].key,
			    k = strlen(cases_4231[i].key));
		if (n)
			memset(data, cases_4231[i].data[0], n);
		else
			memcpy(data, cases_4231[i].data,
			    n = strlen(cases_4231[i].data));
		sha256_hmac(key, k, data, n, digest);
		sha256_hex(digest, hex);
		ok(is(hex, strlen(hex), cases_4231[i].hex));
	}
}

int
main(void)
{
	test_digests();
	test_parts();
	test_hmac();
	return done();
}
