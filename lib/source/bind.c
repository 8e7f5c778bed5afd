#include <stdlib.h>
#include <string.h>

#include "core/map.h"
#include "core/utf8.h"
#include "source/bind.h"

bool
bind_param(json_t *params, const char *text, struct buf *why)
{
	size_t len = strcspn(text, "=");
	struct buf name = {0};
	json_t *values;

	if (text[len] != '=' || !template_is_name(text, len)) {
		buf_addf(why, "%s: not NAME=VALUE", text);
		return false;
	}
	if (!utf8_is_valid(text, strlen(text))) {
		buf_addf(why, "%.*s: not UTF-8", (int)len, text);
		return false;
	}
	buf_add(&name, text, len);
	buf_addc(&name, '\0');
	values = json_object_get(params, name.data);
	if (!values) {
		values = json_array();
		json_object_set_new(params, name.data, values);
	}
	json_array_append_new(values, json_string(text + len + 1));
	buf_release(&name);
	return true;
}

/* The rows times the values of a name; takes the rows. */
static json_t *
multiply(json_t *rows, const char *name, const json_t *values)
{
	json_t *made = json_array(), *row, *copy;
	size_t i, n = json_is_array(values) ? json_array_size(values) : 1;

	json_array_foreach(rows, i, row)
	{
		for (size_t j = 0; j < n; j++) {
			copy = json_copy(row);
			json_object_set(copy, name,
			    json_is_array(values) ? json_array_get(values, j)
						  : (json_t *)values);
			json_array_append_new(made, copy);
		}
	}
	json_decref(rows);
	return made;
}

/* Over what is said otherwise, without repetitions; takes the rows. */
static json_t *
finish(json_t *rows, const json_t *vars)
{
	json_t *made = json_array(), *row, *whole;
	struct map seen = {0};
	size_t i;

	json_array_foreach(rows, i, row)
	{
		char *text = json_dumps(row, JSON_SORT_KEYS);
		size_t before = seen.n;

		if (text)
			map_put(&seen, text, strlen(text));
		free(text);
		if (seen.n == before)
			continue;
		whole = vars ? json_copy((json_t *)vars) : json_object();
		json_object_update(whole, row);
		json_array_append_new(made, whole);
	}
	map_release(&seen);
	json_decref(rows);
	return made;
}

json_t *
bind_rows(const struct definition *d, const json_t *params)
{
	json_t *rows = d->rows ? json_deep_copy(d->rows) : json_array(),
	       *values;
	const char *name;

	if (!d->rows)
		json_array_append_new(rows, json_object());
	json_object_foreach((json_t *)params, name, values)
	{
		rows = multiply(rows, name, values);
	}

	return finish(rows, d->vars);
}

static void
add_pair(struct buf *b, const char *name, const json_t *row, size_t start)
{
	if (b->len > start)
		buf_addc(b, ',');
	buf_addf(b, "%s=", name);
	template_text(b, json_object_get(row, name));
}

void
bind_name(struct buf *b, const struct definition *d, const json_t *params,
    const json_t *row)
{
	const json_t *first = json_array_get(d->rows, 0);
	size_t start = b->len;
	const char *name;
	json_t *v;

	json_object_foreach((json_t *)first, name, v)
	{
		add_pair(b, name, row, start);
	}
	json_object_foreach((json_t *)params, name, v)
	{
		if (!json_object_get(first, name))
			add_pair(b, name, row, start);
	}
}

bool
bind_is_wanted(const struct definition *d, const char *name)
{
	struct buf b = {0};
	bool is_wanted;

	buf_addf(&b, "{%s}", name);
	is_wanted = d->doc.text && strstr(d->doc.text, b.data);
	buf_release(&b);
	return is_wanted;
}
