#include <stdlib.h>
#include <string.h>

#include "core/xmem.h"
#include "rules/places.h"
#include "rules/private.h"
#include "json/write.h"

struct place {
	uint64_t failed; /* records and values in them */
	uint64_t file, line; /* of the first */
	char *first; /* what it said: members of an object; owned */
};

void
places_release(struct places *p)
{
	const struct map_entry *e;
	struct place *at;

	for (size_t i = 0; (e = map_next(&p->all, &i)) != NULL;) {
		at = e->value;
		free(at->first);
		free(at);
	}
	map_release(&p->all);
}

static struct place *
find(struct places *p, const char *schema, size_t len)
{
	void **at = map_put(&p->all, schema, len);

	if (!*at)
		*at = xcalloc(1, sizeof(struct place));
	return *at;
}

struct counting {
	struct places *places;
	uint64_t file, line;
	bool redact;
};

static void
count(const struct schema_fault *f, void *arg)
{
	const struct counting *c = arg;
	struct place *at = find(c->places, f->schema, strlen(f->schema));
	struct buf b = {0};

	if (at->failed++ > 0)
		return;
	at->file = c->file;
	at->line = c->line;
	jwrite_text(&b, ",\"path\":", f->path);
	jwrite_text(&b, ",\"message\":", f->message);
	if (f->value.at && !c->redact)
		rules_add_member(&b, f->value);
	buf_addc(&b, '\0');
	at->first = b.data;
}

void
places_add(struct places *p, const struct rules *rules,
    const struct rules_view *v, size_t check, uint64_t file, uint64_t line)
{
	const struct check_args *a = rules->checks[check].args;
	struct counting c = {p, file, line, a->redact};

	schema_explain(
	    a->schema, v->work->schemas[check], v->bare, SIZE_MAX, count, &c);
}

static bool
is_before(const struct place *a, const struct place *b)
{
	return b->failed == 0 || a->file < b->file ||
	       (a->file == b->file && a->line < b->line);
}

void
places_merge(struct places *p, const struct places *from)
{
	const struct map_entry *e;

	for (size_t i = 0; (e = map_next(&from->all, &i)) != NULL;) {
		const struct place *b = e->value;
		struct place *a = find(p, e->key, e->len);

		if (is_before(b, a)) {
			free(a->first);
			a->first = xstrndup(b->first, strlen(b->first));
			a->file = b->file;
			a->line = b->line;
		}
		a->failed += b->failed;
	}
}

static int
compare(const void *a, const void *b)
{
	const struct map_entry *const *x = a, *const *y = b;

	return strcmp((*x)->key, (*y)->key);
}

static void
write_one(const struct map_entry *e, struct buf *out)
{
	const struct place *at = e->value;
	const char *slash = strrchr(e->key, '/');

	jwrite_text(out, "{\"schema\":", e->key);
	jwrite_text(out, ",\"keyword\":", slash ? slash + 1 : "");
	jwrite_count(out, ",\"failed\":", at->failed);
	jwrite_count(out, ",\"first\":{\"file\":", at->file);
	jwrite_count(out, ",\"line\":", at->line);
	buf_adds(out, at->first);
	buf_adds(out, "}}");
}

void
places_write(const struct places *p, struct buf *out)
{
	const size_t size = sizeof(struct map_entry *);
	const struct map_entry **all = xcalloc(p->all.n, size), *e;
	size_t n = 0;

	for (size_t i = 0; (e = map_next(&p->all, &i)) != NULL;)
		all[n++] = e;
	qsort(all, n, size, compare);
	buf_addc(out, '[');
	for (size_t i = 0; i < n; i++) {
		if (i)
			buf_addc(out, ',');
		write_one(all[i], out);
	}
	buf_addc(out, ']');
	free(all);
}
