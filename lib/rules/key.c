#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/xmem.h"
#include "rules/key.h"

static void
add_word(struct buf *b, char tag, const void *word)
{
	buf_addc(b, tag);
	buf_add(b, word, sizeof(uint64_t));
}

void
key_add_string(struct buf *b, const char *s, size_t len)
{
	uint64_t n = len;

	add_word(b, '"', &n);
	buf_add(b, s, len);
}

/* Whole numbers in the range of 64 bits are integers, however written. */
static void
add_double(struct buf *b, double x)
{
	const double limit = -(double)INT64_MIN; /* 2^63 */
	int64_t n;
	uint64_t u;

	if (floor(x) == x && x >= -limit && x < limit) {
		n = (int64_t)x;
		add_word(b, 'l', &n);
	} else if (floor(x) == x && x > 0 && x < 2 * limit) {
		u = (uint64_t)x;
		add_word(b, 'u', &u);
	} else {
		add_word(b, 'd', &x);
	}
}

struct member {
	struct jval value;
	const char *name;
	size_t len, number;
};

/* By name, the last of the same name first. */
static int
compare(const void *a, const void *b)
{
	const struct member *x = a, *y = b;
	size_t len = x->len < y->len ? x->len : y->len;
	int c = memcmp(x->name, y->name, len);

	if (c != 0)
		return c;
	if (x->len != y->len)
		return x->len < y->len ? -1 : 1;
	return x->number < y->number ? 1 : -1;
}

static bool
is_same_name(const struct member *x, const struct member *y)
{
	return x->len == y->len && memcmp(x->name, y->name, x->len) == 0;
}

static void
add_object(struct buf *b, struct jval v)
{
	size_t n = 0, room = jval_count(v);
	struct member *all = xcalloc(room, sizeof(*all));
	struct jiter it = jval_iter(v);

	while (n < room && jiter_next(&it)) {
		all[n].value = it.value;
		all[n].name = jval_string(it.name, &all[n].len);
		all[n].number = n;
		n++;
	}
	qsort(all, n, sizeof(*all), compare);
	buf_addc(b, '{');
	for (size_t i = 0; i < n; i++) {
		if (i > 0 && is_same_name(&all[i - 1], &all[i]))
			continue;
		key_add_string(b, all[i].name, all[i].len);
		key_add(b, all[i].value);
	}
	buf_addc(b, '}');
	free(all);
}

static void
add_array(struct buf *b, struct jval v)
{
	struct jiter it = jval_iter(v);

	buf_addc(b, '[');
	while (jiter_next(&it))
		key_add(b, it.value);
	buf_addc(b, ']');
}

/* As deep as records may be. */
void
key_add(struct buf *b, struct jval v)
{
	enum jtype type = jval_type(v);
	size_t len;
	const char *s;

	switch (type) {
	case J_STRING:
		s = jval_string(v, &len);
		key_add_string(b, s, len);
		break;
	case J_INT:
	case J_UINT:
		add_word(b, (char)type, &v.doc->tape[v.at + 1]);
		break;
	case J_DOUBLE:
		add_double(b, jval_double(v));
		break;
	case J_OBJECT:
		add_object(b, v);
		break;
	case J_ARRAY:
		add_array(b, v);
		break;
	default:
		buf_addc(b, type == J_ABSENT ? '-' : (char)type);
	}
}
