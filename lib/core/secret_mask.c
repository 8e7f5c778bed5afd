/* What was read as a secret, and masking it. */
#include <pthread.h>
#include <stdint.h>
#include <string.h>

#include "core/secret.h"
#include "core/utf8.h"
#include "core/xmem.h"

#define SHORTEST 4 /* bytes: what is shorter cannot be masked sensibly */

/* What was read so far: never removed, never moved. */
struct known {
	struct known *next;
	size_t len;
	char *text;
};

static struct known *known;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

void
secret_remember(const char *s, size_t len)
{
	struct known *k;

	if (len < SHORTEST)
		return;
	k = xmalloc(sizeof(*k));
	k->len = len;
	k->text = xstrndup(s, len);
	pthread_mutex_lock(&lock);
	k->next = known;
	known = k;
	pthread_mutex_unlock(&lock);
}

/* The four digits of \u at s, or -1. */
static int32_t
code_unit(const char *s, size_t len)
{
	int32_t v = 0;

	if (len < 6 || s[0] != '\\' || s[1] != 'u')
		return -1;
	for (int i = 2; i < 6; i++) {
		static const char digits[] = "0123456789abcdefABCDEF";
		const char *p = s[i] ? strchr(digits, s[i]) : NULL;

		if (!p)
			return -1;
		v = v * 16 + (int32_t)(p - digits) - (p - digits > 15 ? 6 : 0);
	}
	return v;
}

/*
 * The character that JSON escapes at s, as UTF-8.  Sets *n to its bytes and
 * returns those of the escape, or 0 if there is none.
 */
static size_t
unescape(const char *s, size_t len, char *out, size_t *n)
{
	static const char names[] = "\"\\/bfnrt", values[] = "\"\\/\b\f\n\r\t";
	const char *name;
	int32_t c, low;
	size_t span = 6;

	if (len < 2 || s[0] != '\\' || !s[1])
		return 0;
	name = strchr(names, s[1]);
	if (name) {
		out[0] = values[name - names];
		*n = 1;
		return 2;
	}
	c = code_unit(s, len);
	if (c < 0)
		return 0;
	low = code_unit(s + 6, len - 6);
	if (c >> 10 == 0xD800 >> 10 && low >> 10 == 0xDC00 >> 10) {
		c = 0x10000 + ((c & 0x3FF) << 10) + (low & 0x3FF);
		span = 12;
	}
	*n = utf8_encode((uint32_t)c, out);
	return span;
}

/* Bytes at s that are the secret, some of them escaped; or 0. */
static size_t
match_escaped(const struct known *k, const char *s, size_t len)
{
	size_t from = 0, n, span;
	char c[4];

	for (size_t i = 0; i < k->len; i += n) {
		if (from == len)
			return 0;
		span = unescape(s + from, len - from, c, &n);
		if (span == 0) {
			c[0] = s[from];
			n = span = 1;
		}
		if (n > k->len - i || memcmp(c, k->text + i, n) != 0)
			return 0;
		from += span;
	}
	return from;
}

/* Bytes of the longest secret that begins at s, or 0. */
static size_t
match(const char *s, size_t len, bool has_escapes)
{
	size_t best = 0;

	for (const struct known *k = known; k; k = k->next) {
		size_t n = 0;

		if (k->len <= len && memcmp(s, k->text, k->len) == 0)
			n = k->len;
		else if (has_escapes)
			n = match_escaped(k, s, len);
		if (n > best)
			best = n;
	}
	return best;
}

size_t
secret_mask(char *text, size_t len)
{
	bool has_escapes = len > 0 && memchr(text, '\\', len);
	size_t to = 0;

	pthread_mutex_lock(&lock);
	for (size_t from = 0; known && from < len;) {
		size_t n = match(text + from, len - from, has_escapes);

		if (n > 0) {
			memcpy(text + to, SECRET_MASK, strlen(SECRET_MASK));
			to += strlen(SECRET_MASK);
			from += n;
		} else {
			text[to++] = text[from++];
		}
	}
	len = known ? to : len;
	pthread_mutex_unlock(&lock);
	return len;
}
