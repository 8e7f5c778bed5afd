#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/plain.h"
#include "core/xmem.h"

#define MOST_PARTS 24
#define MOST_SETS 8
#define MOST_TEXT 128 /* bytes of all texts together */
#define MOST_COUNT 65535

/* A text that must stand there, or bytes of a set. */
struct part {
	uint8_t bit; /* of the set; 0: a text */
	uint16_t at, len; /* of the text */
	uint32_t min, max; /* bytes of the set */
};

struct plain {
	uint8_t sets[256]; /* a bit for each set that has the byte */
	char text[MOST_TEXT];
	struct part parts[MOST_PARTS];
	size_t n_parts, n_sets, n_text;
	bool is_whole; /* ends with $ */
};

struct set {
	bool has[256];
};

/* Where it is read. */
struct reading {
	const char *s, *end;
};

static int
peek(const struct reading *r)
{
	return r->s < r->end ? (unsigned char)*r->s : -1;
}

static void
add_range(struct set *set, int low, int high)
{
	for (int c = low; c <= high; c++)
		set->has[c] = true;
}

/* \d and \w; false if it is neither. */
static bool
add_class(struct set *set, int c)
{
	if (c != 'd' && c != 'w')
		return false;
	add_range(set, '0', '9');
	if (c == 'd')
		return true;
	add_range(set, 'a', 'z');
	add_range(set, 'A', 'Z');
	set->has['_'] = true;
	return true;
}

/* A character that stands for itself, or is escaped to do so; -1 if not. */
static int
read_char(struct reading *r, const char *special)
{
	int c = peek(r);

	if (c < ' ' || c > '~')
		return -1;
	if (c != '\\') {
		r->s++;
		return strchr(special, c) ? -1 : c;
	}
	r->s++;
	c = peek(r);
	r->s++;
	return c > 0 && strchr("^$\\.*+?()[]{}|/", c) ? c : -1;
}

/* What stands in brackets, to the last one. */
static bool
read_members(struct reading *r, struct set *set)
{
	const char *first = r->s;

	while (peek(r) != ']') {
		int low, high;

		if (r->end - r->s > 1 && *r->s == '\\' &&
		    add_class(set, r->s[1])) {
			r->s += 2;
			if (peek(r) == '-')
				return false;
			continue;
		}
		/* a - stands for itself at either end */
		if (peek(r) == '-' && r->s > first && r->end - r->s > 1 &&
		    r->s[1] != ']')
			return false;
		low = high = read_char(r, "[^");
		if (low != '-' && r->end - r->s > 1 && *r->s == '-' &&
		    r->s[1] != ']') {
			r->s++;
			high = read_char(r, "[^-");
		}
		if (low < 0 || high < low)
			return false;
		add_range(set, low, high);
	}
	r->s++;
	return r->s > first + 1;
}

/* The digits of a count; -1 if there are none, or too many. */
static long
read_number(struct reading *r)
{
	long n = 0;
	const char *first = r->s;

	for (; peek(r) >= '0' && peek(r) <= '9' && n <= MOST_COUNT; r->s++)
		n = 10 * n + (*r->s - '0');
	return r->s > first && n <= MOST_COUNT ? n : -1;
}

/* {2}, {2,} or {2,5}, behind the bracket. */
static bool
read_bounds(struct reading *r, struct part *part)
{
	long low = read_number(r), high = low;

	if (peek(r) == ',') {
		r->s++;
		high = peek(r) == '}' ? UINT32_MAX : read_number(r);
	}
	if (low < 0 || high < low || peek(r) != '}')
		return false;
	r->s++;
	part->min = (uint32_t)low;
	part->max = (uint32_t)high;
	return true;
}

/* How many of them; one if nothing is said. */
static bool
read_count(struct reading *r, struct part *part)
{
	int c = peek(r);

	part->min = c == '?' || c == '*' ? 0 : 1;
	part->max = c == '+' || c == '*' ? UINT32_MAX : 1;
	if (c == '{') {
		r->s++;
		if (!read_bounds(r, part))
			return false;
	} else if (c == '?' || c == '+' || c == '*') {
		r->s++;
	} else {
		return true;
	}
	c = peek(r);
	return c != '?' && c != '+' && c != '*' && c != '{';
}

/* The bit of a set that is equal, or of a new one; 0 if there are too many. */
static uint8_t
keep_set(struct plain *p, const struct set *set)
{
	size_t same, bit;

	for (size_t i = 0; i < p->n_sets; i++) {
		for (same = 0; same < 256; same++)
			if ((p->sets[same] >> i & 1) != set->has[same])
				break;
		if (same == 256)
			return (uint8_t)(1 << i);
	}
	if (p->n_sets == MOST_SETS)
		return 0;
	bit = (size_t)1 << p->n_sets++;
	for (size_t c = 0; c < 256; c++)
		p->sets[c] |= set->has[c] ? (uint8_t)bit : 0;
	return (uint8_t)bit;
}

static bool
add_text(struct plain *p, char c)
{
	struct part *last = p->n_parts ? &p->parts[p->n_parts - 1] : NULL;

	if (p->n_text == MOST_TEXT)
		return false;
	if (last && last->bit == 0) {
		last->len++;
	} else {
		if (p->n_parts == MOST_PARTS)
			return false;
		p->parts[p->n_parts++] =
		    (struct part){.at = (uint16_t)p->n_text, .len = 1};
	}
	p->text[p->n_text++] = c;
	return true;
}

static bool
add_set(struct plain *p, const struct set *set, struct part part)
{
	part.bit = keep_set(p, set);
	if (part.bit == 0 || p->n_parts == MOST_PARTS)
		return false;
	p->parts[p->n_parts++] = part;
	return true;
}

/* A set in brackets, or one after a backslash. */
static bool
read_set(struct reading *r, struct set *set, bool *negated)
{
	*negated = false;
	if (peek(r) == '\\') {
		r->s += 2;
		return add_class(set, (unsigned char)r->s[-1]);
	}
	r->s++;
	if (peek(r) == '^') {
		*negated = true;
		r->s++;
	}
	if (!read_members(r, set))
		return false;
	for (size_t c = 0; *negated && c < 256; c++)
		set->has[c] = !set->has[c];
	return true;
}

static bool
read_part(struct plain *p, struct reading *r)
{
	struct set set = {{false}};
	struct part part = {0};
	bool negated = false;
	int c = peek(r);

	if (c == '[' ||
	    (c == '\\' && r->end - r->s > 1 && strchr("dw", r->s[1]))) {
		if (!read_set(r, &set, &negated) || !read_count(r, &part))
			return false;
		/* other characters have several bytes, which count as one */
		if (negated && (part.min > 1 || part.max != UINT32_MAX))
			return false;
		return add_set(p, &set, part);
	}
	c = read_char(r, "^$.*+?()[]{}|");
	if (c < 0 || !read_count(r, &part))
		return false;
	if (part.min == 1 && part.max == 1)
		return add_text(p, (char)c);
	set.has[c] = true;
	return add_set(p, &set, part);
}

/* Can the part begin with a byte of the set? */
static bool
meets(const struct plain *p, const struct part *part, uint8_t bit)
{
	if (part->bit == 0)
		return p->sets[(unsigned char)p->text[part->at]] & bit;
	for (size_t c = 0; c < 256; c++)
		if ((p->sets[c] & bit) && (p->sets[c] & part->bit))
			return true;
	return false;
}

/* Is it right to take as many bytes as there are, at every part? */
static bool
is_clear(const struct plain *p)
{
	for (size_t i = 0; i < p->n_parts; i++) {
		const struct part *part = &p->parts[i];

		if (part->bit == 0 || part->min == part->max)
			continue;
		for (size_t k = i + 1; k < p->n_parts; k++) {
			if (meets(p, &p->parts[k], part->bit))
				return false;
			if (p->parts[k].bit == 0 || p->parts[k].min > 0)
				break;
		}
	}
	return true;
}

static bool
read_all(struct plain *p, struct reading *r)
{
	if (peek(r) != '^')
		return false;
	r->s++;
	while (r->s < r->end) {
		if (*r->s == '$' && r->end - r->s == 1) {
			p->is_whole = true;
			return true;
		}
		if (!read_part(p, r))
			return false;
	}
	return true;
}

struct plain *
plain_new(const char *text, size_t len)
{
	struct reading r = {text, text + len};
	struct plain *p = xcalloc(1, sizeof(*p));

	if (read_all(p, &r) && is_clear(p))
		return p;
	free(p);
	return NULL;
}

bool
plain_match(const struct plain *p, const char *s, size_t len)
{
	const char *end = s + len;

	for (size_t i = 0; i < p->n_parts; i++) {
		const struct part *part = &p->parts[i];
		size_t left = (size_t)(end - s);
		const char *stop = s + (left < part->max ? left : part->max);
		const char *first = s;

		if (part->bit == 0) {
			if (left < part->len ||
			    memcmp(s, p->text + part->at, part->len) != 0)
				return false;
			s += part->len;
			continue;
		}
		while (s < stop && (p->sets[(unsigned char)*s] & part->bit))
			s++;
		if ((size_t)(s - first) < part->min)
			return false;
	}
	return s == end || !p->is_whole;
}
