#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "alert/labels.h"
#include "core/utf8.h"
#include "core/xmem.h"

bool
labels_read(struct labels *l, const char *json, size_t len)
{
	json_t *root = json_loadb(json, len, JSON_ALLOW_NUL, NULL);
	const char *key;
	json_t *v;

	*l = (struct labels){0};
	if (!json_is_object(root)) {
		json_decref(root);
		return false;
	}
	l->v = xcalloc(json_object_size(root) + 1, sizeof(*l->v));
	json_object_foreach(root, key, v)
	{
		struct label *one = &l->v[l->n];

		if (!json_is_string(v))
			break;
		one->name = xstrndup(key, strlen(key));
		buf_add(&one->value, json_string_value(v),
		    json_string_length(v) + 1);
		one->value.len--;
		l->n++;
	}
	len = json_object_size(root);
	json_decref(root);
	return l->n == len;
}

const struct buf *
labels_get(const struct labels *l, const char *name)
{
	for (size_t i = 0; i < l->n; i++)
		if (strcmp(l->v[i].name, name) == 0)
			return &l->v[i].value;
	return NULL;
}

void
labels_release(struct labels *l)
{
	for (size_t i = 0; i < l->n; i++) {
		free(l->v[i].name);
		buf_release(&l->v[i].value);
	}
	free(l->v);
	*l = (struct labels){0};
}

void
labels_unquote(struct buf *out, const struct buf *json)
{
	json_t *v = json->len == 0
			? NULL
			: json_loadb(json->data, json->len,
			      JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);

	if (json_is_string(v))
		buf_add(out, json_string_value(v), json_string_length(v));
	json_decref(v);
}

void
labels_quote(struct buf *json, const char *text, size_t len)
{
	struct buf clean = {0};

	for (size_t i = 0; i < len;) {
		size_t span = utf8_span(text + i, len - i);

		buf_add(&clean, span > 0 ? text + i : "?", span > 0 ? span : 1);
		i += span > 0 ? span : 1;
	}
	json->len = 0;
	buf_add_quoted(json, clean.len > 0 ? clean.data : "", clean.len);
	buf_release(&clean);
}
