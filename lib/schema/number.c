#include "schema/number.h"
#include "json/parse.h"

/* Read digits, a point, an exponent: what jdoc_shortest writes. */
static struct decimal
read_digits(const char *s, size_t len)
{
	struct decimal d = {0, 0};
	bool is_fraction = false, is_negative = false;
	int exponent = 0;
	size_t i = 0;

	for (; i < len && s[i] != 'e' && s[i] != 'E'; i++) {
		if (s[i] == '.')
			is_fraction = true;
		if (s[i] < '0' || s[i] > '9')
			continue;
		if (d.digits > (UINT64_MAX - 9) / 10) {
			d.power += !is_fraction; /* zeros, to fill */
			continue;
		}
		d.digits = d.digits * 10 + (uint64_t)(s[i] - '0');
		d.power -= is_fraction;
	}
	for (i++; i < len; i++) {
		if (s[i] == '-')
			is_negative = true;
		else if (s[i] != '+')
			exponent = exponent * 10 + (s[i] - '0');
	}
	d.power += is_negative ? -exponent : exponent;
	return d;
}

struct decimal
decimal_of(struct jval v)
{
	struct decimal d = {0, 0};
	char text[JDOC_NUMBER];
	int64_t n;

	switch (jval_type(v)) {
	case J_INT:
		n = jval_int(v);
		d.digits = n < 0 ? -(uint64_t)n : (uint64_t)n;
		break;
	case J_UINT:
		d.digits = jval_uint(v);
		break;
	default:
		d = read_digits(text, jdoc_shortest(jval_double(v), text));
	}
	while (d.digits > 0 && d.digits % 10 == 0) {
		d.digits /= 10;
		d.power++;
	}
	return d;
}

/* a * b mod m, by doubling: m may have all 64 bits. */
static uint64_t
multiply(uint64_t a, uint64_t b, uint64_t m)
{
	uint64_t sum = 0;

	for (a %= m; b > 0; b >>= 1) {
		if (b & 1)
			sum = a >= m - sum ? a - (m - sum) : sum + a;
		a = a >= m - a ? a - (m - a) : a + a;
	}
	return sum;
}

bool
decimal_is_multiple(struct decimal a, struct decimal b)
{
	int shift = a.power - b.power;
	uint64_t rest, ten;

	if (a.digits == 0)
		return true;
	/* a.digits has no zeros at its end, but b.digits times ten to the
	 * power has: it can divide only if the power is none */
	if (shift < 0)
		return false;
	rest = a.digits % b.digits;
	ten = 10 % b.digits;
	for (; shift > 0 && rest > 0; shift >>= 1) {
		if (shift & 1)
			rest = multiply(rest, ten, b.digits);
		ten = multiply(ten, ten, b.digits);
	}
	return rest == 0;
}
