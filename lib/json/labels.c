#include <stdlib.h>

#include "core/xmem.h"
#include "json/labels.h"
#include "json/write.h"

void
labels_option(struct labels *l, const struct cli *cli, const char *option,
    const char *path)
{
	l->fields = xrealloc(l->fields, l->n + 1, sizeof(*l->fields));
	l->names = xrealloc(l->names, l->n + 1, sizeof(*l->names));
	jpath_option(cli, option, path, &l->fields[l->n]);
	l->names[l->n++] = path;
}

void
labels_key(const struct labels *l, struct jval root, struct buf *key)
{
	for (size_t i = 0; i < l->n; i++) {
		struct jval v = jpath_get(&l->fields[i], root);

		if (jval_type(v) == J_ABSENT)
			buf_adds(key, "null");
		else
			jval_canon(key, v);
		buf_addc(key, '\n');
	}
}

void
labels_write(const struct labels *l, struct jval root, struct buf *b)
{
	buf_addc(b, '{');
	for (size_t i = 0; i < l->n; i++) {
		jwrite_text(b, i ? "," : "", l->names[i]);
		buf_addc(b, ':');
		jwrite_value(b, jpath_get(&l->fields[i], root));
	}
	buf_addc(b, '}');
}

void
labels_release(struct labels *l)
{
	for (size_t i = 0; i < l->n; i++)
		jpath_release(&l->fields[i]);
	free(l->fields);
	free(l->names);
	*l = (struct labels){.n = 0};
}
