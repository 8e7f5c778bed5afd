/* check, fourth part: values by themselves, numbers, strings, counts. */
#include "core/utf8.h"
#include "schema/check.h"

static bool
is_equal_string(const struct named *n, const char *s, size_t len)
{
	return n->len == len && memcmp(n->s, s, len) == 0;
}

static bool
has_string(const struct enumeration *set, const char *s, size_t len)
{
	size_t low = 0, high = set->n_strings;

	while (high - low > 4) {
		size_t mid = low + (high - low) / 2;
		const struct named *n = &set->strings[mid];
		int order = n->len != len ? (n->len < len ? -1 : 1)
					  : memcmp(n->s, s, len);

		if (order == 0)
			return true;
		if (order < 0)
			low = mid + 1;
		else
			high = mid;
	}
	for (; low < high; low++)
		if (is_equal_string(&set->strings[low], s, len))
			return true;
	return false;
}

static bool
has_number(const struct enumeration *set, struct jval v)
{
	size_t low = 0, high = set->n_numbers;

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		int order = jval_compare(set->numbers[mid], v);

		if (order == 0)
			return true;
		if (order < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return false;
}

bool
set_has(const struct enumeration *set, struct jval v)
{
	size_t len;
	const char *s;

	if (jval_type(v) == J_STRING) {
		s = jval_string(v, &len);
		return has_string(set, s, len);
	}
	if (jval_is_number(v))
		return has_number(set, v);
	for (size_t i = 0; i < set->n_others; i++)
		if (jval_equal(set->others[i], v))
			return true;
	return false;
}

bool
check_set(struct schema_view *w, const struct op *op, const struct here *here,
    struct marks *marks)
{
	(void)w;
	(void)marks;
	return set_has(&op->u.set, here->v);
}

bool
check_limit(struct schema_view *w, const struct op *op, const struct here *here,
    struct marks *marks)
{
	(void)w;
	(void)marks;
	return limit_accepts(op, here->v);
}

bool
check_multiple(struct schema_view *w, const struct op *op,
    const struct here *here, struct marks *marks)
{
	(void)w;
	(void)marks;
	if (op->u.multiple.n > 0 && jval_type(here->v) == J_INT)
		return jval_int(here->v) % op->u.multiple.n == 0;
	return decimal_is_multiple(decimal_of(here->v), op->u.multiple.of);
}

bool
check_length(struct schema_view *w, const struct op *op,
    const struct here *here, struct marks *marks)
{
	uint64_t limit = op->u.count;
	size_t len;
	const char *s = jval_string(here->v, &len);

	(void)w;
	(void)marks;
	/* a code point has 1 to 4 bytes */
	if (op->code == OP_MIN_LENGTH)
		return len >= limit &&
		       (len / 4 >= limit || utf8_count(s, len) >= limit);
	return len <= limit ||
	       (len / 4 <= limit && utf8_count(s, len) <= limit);
}

bool
check_pattern(struct schema_view *w, const struct op *op,
    const struct here *here, struct marks *marks)
{
	size_t len;
	const char *s = jval_string(here->v, &len);

	(void)marks;
	return pattern_match(op->u.pattern, w->work, s, len) == PATTERN_YES;
}

bool
check_format(struct schema_view *w, const struct op *op,
    const struct here *here, struct marks *marks)
{
	size_t len;
	const char *s = jval_string(here->v, &len);

	(void)w;
	(void)marks;
	return format_check(op->u.format, s, len);
}

bool
check_count(struct schema_view *w, const struct op *op, const struct here *here,
    struct marks *marks)
{
	size_t n = jval_count(here->v);

	(void)w;
	(void)marks;
	return op->code == OP_MIN_ITEMS ? n >= op->u.count : n <= op->u.count;
}
