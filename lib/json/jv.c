/* The bridges between the tape and jq's values, declared in jq.h. */
#include <float.h>
#include <math.h>

#include "json/jq.h"
#include "json/write.h"

static jv
string_to_jv(struct jval v)
{
	size_t len;
	const char *s = jval_string(v, &len);

	return jv_string_sized(s, (int)len);
}

static jv
members_to_jv(struct jval v)
{
	jv object = jv_object();
	struct jiter it = jval_iter(v);

	while (jiter_next(&it))
		object = jv_object_set(
		    object, string_to_jv(it.name), jval_to_jv(it.value));
	return object;
}

static jv
elements_to_jv(struct jval v)
{
	jv array = jv_array();
	struct jiter it = jval_iter(v);

	while (jiter_next(&it))
		array = jv_array_append(array, jval_to_jv(it.value));
	return array;
}

jv
jval_to_jv(struct jval v)
{
	switch (jval_type(v)) {
	case J_OBJECT:
		return members_to_jv(v);
	case J_ARRAY:
		return elements_to_jv(v);
	case J_STRING:
		return string_to_jv(v);
	case J_INT:
	case J_UINT:
	case J_DOUBLE:
		return jv_number(jval_double(v));
	case J_TRUE:
		return jv_true();
	case J_FALSE:
		return jv_false();
	default:
		return jv_null();
	}
}

/* Each of these appends a value that it borrows. */
static void write_jv(struct buf *b, jv v);

static void
write_string(struct buf *b, jv v)
{
	jwrite_string(
	    b, jv_string_value(v), (size_t)jv_string_length_bytes(jv_copy(v)));
}

/* As jq does it: infinity is the largest number. */
static void
write_number(struct buf *b, jv v)
{
	double x = jv_number_value(v);

	jwrite_double(b, isinf(x) ? copysign(DBL_MAX, x) : x);
}

static void
write_object(struct buf *b, jv v)
{
	char before = '{';

	jv_object_foreach(v, key, value)
	{
		buf_addc(b, before);
		write_string(b, key);
		buf_addc(b, ':');
		write_jv(b, value);
		jv_free(key);
		jv_free(value);
		before = ',';
	}
	buf_adds(b, before == '{' ? "{}" : "}");
}

static void
write_array(struct buf *b, jv v)
{
	char before = '[';

	jv_array_foreach(v, i, value)
	{
		buf_addc(b, before);
		write_jv(b, value);
		jv_free(value);
		before = ',';
	}
	buf_adds(b, before == '[' ? "[]" : "]");
}

static void
write_jv(struct buf *b, jv v)
{
	switch (jv_get_kind(v)) {
	case JV_KIND_OBJECT:
		write_object(b, v);
		return;
	case JV_KIND_ARRAY:
		write_array(b, v);
		return;
	case JV_KIND_STRING:
		write_string(b, v);
		return;
	case JV_KIND_NUMBER:
		write_number(b, v);
		return;
	case JV_KIND_TRUE:
		buf_adds(b, "true");
		return;
	case JV_KIND_FALSE:
		buf_adds(b, "false");
		return;
	default:
		buf_adds(b, "null");
	}
}

/* jv_dump_string would do, if it wrote more than 256 levels. */
void
jv_write(struct buf *b, jv v)
{
	write_jv(b, v);
	jv_free(v);
}
