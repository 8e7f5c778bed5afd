#include <stdlib.h>

#include "core/xmem.h"
#include "json/grouping.h"
#include "json/write.h"

void
grouping_option(struct grouping *g, const struct cli *cli, const char *option,
    const char *path)
{
	g->fields = xrealloc(g->fields, g->n + 1, sizeof(*g->fields));
	g->names = xrealloc(g->names, g->n + 1, sizeof(*g->names));
	jpath_option(cli, option, path, &g->fields[g->n]);
	g->names[g->n++] = path;
}

void
grouping_key(const struct grouping *g, struct jval root, struct buf *key)
{
	for (size_t i = 0; i < g->n; i++) {
		struct jval v = jpath_get(&g->fields[i], root);

		if (jval_type(v) == J_ABSENT)
			buf_adds(key, "null");
		else
			jval_canon(key, v);
		buf_addc(key, '\n');
	}
}

void
grouping_write(const struct grouping *g, struct jval root, struct buf *b)
{
	buf_addc(b, '{');
	for (size_t i = 0; i < g->n; i++) {
		jwrite_text(b, i ? "," : "", g->names[i]);
		buf_addc(b, ':');
		jwrite_value(b, jpath_get(&g->fields[i], root));
	}
	buf_addc(b, '}');
}

void
grouping_release(struct grouping *g)
{
	for (size_t i = 0; i < g->n; i++)
		jpath_release(&g->fields[i]);
	free(g->fields);
	free(g->names);
	*g = (struct grouping){.n = 0};
}
