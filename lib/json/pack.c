#include <math.h>
#include <string.h>

#include "core/xmem.h"
#include "json/pack.h"
#include "json/write.h"

/* Write ,"name": and count it as a member. */
static void
add_name(struct pack *p, const char *name)
{
	if (p->any)
		buf_addc(p->out, ',');
	jwrite_string(p->out, name, strlen(name));
	buf_addc(p->out, ':');
	p->any = true;
}

static void
put(struct pack *p, uint64_t bits)
{
	char bytes[8];

	for (size_t i = 0; i < 8; i++)
		bytes[i] = (char)(bits >> 8 * i & 0xff);
	buf_add(p->out, bytes, 8);
}

/* Are n bytes left?  If not, nothing fits any more. */
static bool
has(struct pack *p, size_t n)
{
	if (p->len - p->at < n)
		p->is_bad = true;
	return !p->is_bad;
}

static uint64_t
get(struct pack *p)
{
	uint64_t bits = 0;

	if (!has(p, 8))
		return 0;
	for (size_t i = 0; i < 8; i++)
		bits |= (uint64_t)(unsigned char)p->in[p->at++] << 8 * i;
	return bits;
}

void
pack_bits(struct pack *p, const char *name, uint64_t *x)
{
	uint64_t bits;

	switch (p->mode) {
	case PACK_SAVE:
		put(p, *x);
		break;
	case PACK_LOAD:
		bits = get(p);
		if (!p->is_bad)
			*x = bits;
		break;
	case PACK_SHOW:
		add_name(p, name);
		jwrite_uint(p->out, *x);
	}
}

/* Save or load a number, or show nothing. */
static void
move(struct pack *p, double *x, bool may_be_nan)
{
	uint64_t bits;
	double read;

	if (p->mode == PACK_SAVE) {
		memcpy(&bits, x, sizeof(bits));
		put(p, isnan(*x) ? 0x7ff8000000000000 : bits);
	} else if (p->mode == PACK_LOAD) {
		bits = get(p);
		memcpy(&read, &bits, sizeof(read));
		if (isinf(read) || (isnan(read) && !may_be_nan))
			p->is_bad = true;
		if (!p->is_bad)
			*x = read;
	}
}

void
pack_double(struct pack *p, const char *name, double *x)
{
	move(p, x, false);
	if (p->mode != PACK_SHOW)
		return;
	add_name(p, name);
	jwrite_double(p->out, *x);
}

void
pack_maybe(struct pack *p, const char *name, double *x)
{
	move(p, x, true);
	if (p->mode != PACK_SHOW)
		return;
	add_name(p, name);
	jwrite_double(p->out, *x);
}

void
pack_size(struct pack *p, const char *name, size_t *x, size_t low, size_t high)
{
	uint64_t bits = *x;

	pack_bits(p, name, &bits);
	if (p->mode != PACK_LOAD)
		return;
	if (bits < low || bits > high)
		p->is_bad = true;
	if (!p->is_bad)
		*x = (size_t)bits;
}

void
pack_int(
    struct pack *p, const char *name, int64_t *x, int64_t low, int64_t high)
{
	uint64_t bits = (uint64_t)*x;

	if (p->mode == PACK_SHOW) {
		add_name(p, name);
		jwrite_int(p->out, *x);
		return;
	}
	pack_bits(p, name, &bits);
	if (p->mode != PACK_LOAD)
		return;
	if ((int64_t)bits < low || (int64_t)bits > high)
		p->is_bad = true;
	if (!p->is_bad)
		*x = (int64_t)bits;
}

void
pack_flag(struct pack *p, const char *name, bool *x)
{
	size_t bit = *x;

	if (p->mode == PACK_SHOW) {
		add_name(p, name);
		buf_adds(p->out, *x ? "true" : "false");
		return;
	}
	pack_size(p, name, &bit, 0, 1);
	*x = bit == 1;
}

static void
show(struct pack *p, const double *x, size_t n)
{
	double low = NAN, high = NAN, mean = 0;

	for (size_t i = 0; i < n; i++) {
		low = fmin(low, x[i]);
		high = fmax(high, x[i]);
		mean += x[i] / (double)n;
	}
	jwrite_count(p->out, "{\"n\":", n);
	if (n > 0) {
		jwrite_number(p->out, ",\"low\":", low);
		jwrite_number(p->out, ",\"mean\":", mean);
		jwrite_number(p->out, ",\"high\":", high);
	}
	buf_addc(p->out, '}');
}

void
pack_doubles(struct pack *p, const char *name, double *x, size_t n)
{
	if (p->mode == PACK_SHOW) {
		add_name(p, name);
		show(p, x, n);
		return;
	}
	for (size_t i = 0; i < n && !p->is_bad; i++)
		move(p, &x[i], false);
}

void
pack_growing(struct pack *p, const char *name, double **x, size_t *n,
    size_t *cap, size_t max)
{
	if (p->mode != PACK_SHOW)
		pack_size(p, name, n, 0, max);
	if (p->mode == PACK_LOAD && has(p, *n * 8) && *n > *cap) {
		*x = xrealloc(*x, *n, sizeof(**x));
		*cap = *n;
	}
	if (p->is_bad)
		*n = 0;
	pack_doubles(p, name, *x, *n);
}

void
pack_bytes(struct pack *p, const char *name, void *x, size_t n)
{
	size_t used = 0;

	switch (p->mode) {
	case PACK_SAVE:
		buf_add(p->out, x, n);
		break;
	case PACK_LOAD:
		if (!has(p, n))
			return;
		memcpy(x, p->in + p->at, n);
		p->at += n;
		break;
	case PACK_SHOW:
		for (size_t i = 0; i < n; i++)
			used += ((const char *)x)[i] != 0;
		add_name(p, name);
		jwrite_uint(p->out, used);
	}
}

void
pack_open(struct pack *p, const char *name)
{
	if (p->mode != PACK_SHOW)
		return;
	add_name(p, name);
	buf_addc(p->out, '{');
	p->any = false;
}

void
pack_close(struct pack *p)
{
	if (p->mode != PACK_SHOW)
		return;
	buf_addc(p->out, '}');
	p->any = true;
}
