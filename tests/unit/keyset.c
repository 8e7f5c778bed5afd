/* keyset, canonical bytes and siphash: what the rules on uniqueness stand on.
 */
#include <stdlib.h>

#include "core/siphash.h"
#include "core/xmem.h"
#include "rules/keyset.h"
#include "unit.h"
#include "json/value.h"

static void
test_siphash(void)
{
	uint8_t key[SIPHASH_KEY], data[64], other[SIPHASH_KEY];
	struct hash128 h;

	test("siphash: as in the vectors of its authors");
	for (uint8_t i = 0; i < 64; i++)
		data[i] = i;
	memcpy(key, data, sizeof(key));
	h = siphash(key, data, 0);
	ok(h.a == 0xe6a825ba047f81a3 && h.b == 0x930255c71472f66d);
	h = siphash(key, data, 1);
	ok(h.a == 0x44af996bd8c187da && h.b == 0x45fc229b11597634);
	h = siphash(key, data, 63);
	ok(h.a == 0x4a83502f77d15051 && h.b == 0x7cbd3f979a063e50);
	siphash_key(key);
	siphash_key(other);
	ok(memcmp(key, other, sizeof(key)) != 0);
}

/* A key that is a number, well spread. */
static struct hash128
hash(uint64_t i)
{
	static const uint8_t key[SIPHASH_KEY];

	return siphash(key, &i, sizeof(i));
}

static void
test_grows(void)
{
	struct keyset s, copy;
	struct buf b = {0};
	const uint64_t many = 200000;
	uint64_t *value, found = 0, wrong = 0;

	test("keyset: holds what was put in, and nothing else");
	keyset_init(&s, sizeof(uint64_t), false, many);
	for (uint64_t i = 0; i < many; i++) {
		wrong += keyset_get(&s, hash(i)) != NULL;
		wrong += !keyset_has_room(&s);
		value = keyset_put(&s, hash(i));
		*value = i;
	}
	for (uint64_t i = 0; i < 2 * many; i++) {
		value = keyset_get(&s, hash(i));
		found += value != NULL;
		wrong += value && *value != i;
	}
	ok(found == many && wrong == 0 && s.n == many);
	ok(!keyset_has_room(&s));

	test("keyset: is the same when it was written and read");
	keyset_init(&copy, sizeof(uint64_t), false, many);
	for (size_t i = 0; i < KEYSET_PARTS; i++) {
		b.len = 0;
		keyset_write(&s, i, &b);
		wrong += !keyset_read(&copy, b.data, b.len);
	}
	for (uint64_t i = 0; i < many; i++) {
		value = keyset_get(&copy, hash(i));
		wrong += !value || *value != i;
	}
	ok(wrong == 0 && copy.n == many);
	ok(!keyset_read(&copy, b.data, b.len)); /* they are there already */
	ok(!keyset_read(&copy, b.data, b.len - 1));
	keyset_release(&copy);
	keyset_release(&s);
	keyset_release(&s);
	buf_release(&b);
}

static void
test_zero(void)
{
	struct keyset s;
	struct hash128 zero = {0, 0};

	test("keyset: the hash that marks a gap is a key like others");
	keyset_init(&s, 0, false, 10);
	ok(!keyset_get(&s, zero));
	keyset_put(&s, zero);
	ok(keyset_get(&s, zero) != NULL && s.n == 1);
	keyset_release(&s);
}

static void
test_ages(void)
{
	struct keyset s;
	int64_t *seen;
	uint64_t wrong = 0;

	test("keyset: old keys make room, young ones stay");
	keyset_init(&s, sizeof(int64_t), true, 100000);
	for (int64_t i = 0; i < 1000000; i++) {
		s.oldest = i - 50000;
		wrong += !keyset_has_room(&s);
		seen = keyset_put(&s, hash((uint64_t)i));
		*seen = i;
		if (i >= 50000)
			wrong += !keyset_get(&s, hash((uint64_t)i - 50000));
	}
	ok(wrong == 0 && s.n <= 100000);
	keyset_release(&s);
}

/* Two JSON texts have the same key, and the same only if they are equal. */
static bool
is_same(const char *a, const char *b)
{
	const char *texts[] = {a, b};
	struct jdoc doc[2];
	struct buf key[2] = {{0}, {0}};
	bool same, equal;

	for (int i = 0; i < 2; i++) {
		size_t len = strlen(texts[i]);
		char *padded = xcalloc(len + JDOC_PADDING, 1);

		jdoc_init(&doc[i]);
		memcpy(padded, texts[i], len);
		if (jdoc_parse(&doc[i], padded, len) != JERR_NONE)
			printf("# does not parse: %s\n", texts[i]);
		free(padded);
		jval_canon(&key[i], jval_root(&doc[i]));
	}
	same = key[0].len == key[1].len &&
	       memcmp(key[0].data, key[1].data, key[0].len) == 0;
	equal = jval_equal(jval_root(&doc[0]), jval_root(&doc[1]));
	for (int i = 0; i < 2; i++) {
		jdoc_release(&doc[i]);
		buf_release(&key[i]);
	}
	if (same != equal)
		printf(
		    "# %s and %s: equal %d, same key %d\n", a, b, equal, same);
	return same;
}

static void
test_keys(void)
{
	static const char *const values[] = {"null", "false", "true", "0", "-0",
	    "0.0", "-0.0", "1", "1.0", "1e0", "-1", "1.5", "\"\"", "\"1\"",
	    "9007199254740993", "9007199254740992", "9007199254740992.0",
	    "9223372036854775807", "9223372036854775808",
	    "9223372036854775808.0", "18446744073709551615",
	    "18446744073709551616", "18446744073709551616.0",
	    "-9223372036854775808", "-9223372036854775808.0", "1e300", "[]",
	    "{}", "[[]]", "[1,2]", "[2,1]", "[\"1\",2]", "[1.0,2.0]",
	    "{\"a\":1}", "{\"a\":2,\"a\":1}", "{\"a\":1,\"b\":[2]}",
	    "{\"b\":[2.0],\"a\":1}", "{\"a\":[1,{\"b\":2}]}",
	    "{\"ab\":1,\"a\":1}", "{\"a\":1,\"ab\":1}", "\"\\u0000\"",
	    "[\"a\",\"b\"]", "[\"ab\"]"};
	const size_t n = sizeof(values) / sizeof(*values);
	size_t same = 0;

	test("canon: values have the same key if they are equal, only then");
	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < n; j++)
			same += is_same(values[i], values[j]);
	ok(same > n);
	ok(is_same("1", "1.0") && !is_same("1", "\"1\""));
}

int
main(void)
{
	test_siphash();
	test_grows();
	test_zero();
	test_ages();
	test_keys();
	return done();
}
