#include <stdlib.h>
#include <string.h>

#include "core/xmem.h"
#include "rules/memory_head.h"
#include "json/write.h"

/* Chunks hold numbers as this machine has them in memory. */
static int
version(void)
{
	const uint16_t one = 1;
	uint8_t low;

	memcpy(&low, &one, 1);
	return low ? 1 : -1;
}

static void
add_hex(struct buf *b, const uint8_t *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		buf_addf(b, "%02x", p[i]);
}

static bool
read_hex(struct jval v, uint8_t *p, size_t n)
{
	static const char digits[] = "0123456789abcdef";
	size_t len;
	const char *s = jval_string(v, &len), *d;

	if (len != 2 * n)
		return false;
	for (size_t i = 0; i < len; i++) {
		d = s[i] ? strchr(digits, s[i]) : NULL;
		if (!d)
			return false;
		p[i / 2] = (uint8_t)(p[i / 2] << 4 | (d - digits));
	}
	return true;
}

void
memory_write_head(struct buf *b, const struct rules *rules,
    const struct rules_view *v, const char *id, const size_t *chunks)
{
	const struct rules_private *p = rules->private;

	buf_adds(b, "{\"version\":");
	jwrite_int(b, version());
	jwrite_text(b, ",\"id\":", id);
	for (size_t i = 0; i < p->n_ordered; i++) {
		const struct check *c = &rules->checks[p->ordered[i]];
		const struct ordered *o = &v->work->ordered[i];

		jwrite_text(
		    b, i ? ",{\"name\":" : ",\"rules\":[{\"name\":", c->rule);
		jwrite_text(b, ",\"means\":", c->args->ordered->definition);
		buf_adds(b, ",\"key\":\"");
		add_hex(b, o->key, sizeof(o->key));
		buf_adds(b, "\",\"clock\":");
		jwrite_int(b, o->clock);
		jwrite_count(b, ",\"keys\":", o->set.n);
		jwrite_count(b, ",\"chunks\":", chunks[i]);
		buf_addc(b, '}');
	}
	buf_adds(b, p->n_ordered > 0 ? "]}" : "}");
}

static bool
parse(struct jdoc *d, const char *text, size_t len)
{
	char *padded = xcalloc(len + JDOC_PADDING, 1);
	enum jerror why;

	memcpy(padded, text, len);
	jdoc_init(d);
	why = jdoc_parse(d, padded, len);
	free(padded);
	return !why &&
	       jval_int(jval_get(jval_root(d), "version", 7)) == version();
}

static bool
read_id(const struct jdoc *d, char id[MEMORY_ID])
{
	size_t len;
	const char *s = jval_string(jval_get(jval_root(d), "id", 2), &len);

	if (len != MEMORY_ID - 1)
		return false;
	memcpy(id, s, MEMORY_ID);
	return true;
}

bool
memory_read_id(const char *text, size_t len, char id[MEMORY_ID])
{
	struct jdoc d;
	bool good = parse(&d, text, len) && read_id(&d, id);

	jdoc_release(&d);
	return good;
}

/* The rule of that name among those kept; its place: out. */
static struct jval
find(struct jval list, const char *name, size_t *place)
{
	struct jiter it = jval_iter(list);

	for (*place = 0; jiter_next(&it); (*place)++)
		if (jval_is_string(
			jval_get(it.value, "name", 4), name, strlen(name)))
			return it.value;
	return (struct jval){list.doc, 0};
}

static bool
read_rule(const struct check *c, struct jval kept, struct ordered *o,
    size_t *chunks, struct buf *why)
{
	const char *now = c->args->ordered->definition;
	struct jval means = jval_get(kept, "means", 5);
	struct jval n = jval_get(kept, "chunks", 6);
	struct jval clock = jval_get(kept, "clock", 5);
	size_t len;
	const char *was = jval_string(means, &len);

	*chunks = 0;
	if (!kept.at)
		return true;
	if (!jval_is_string(means, now, strlen(now))) {
		buf_addf(why,
		    "rule %s has become another one: what is kept is for "
		    "\"%.*s\", but now it is \"%s\"; give it a new name",
		    c->rule, (int)len, was, now);
		return false;
	}
	if (jval_type(n) != J_INT || jval_type(clock) != J_INT ||
	    jval_int(n) < 0 ||
	    !read_hex(jval_get(kept, "key", 3), o->key, sizeof(o->key))) {
		buf_addf(why, "what is kept of rule %s is damaged", c->rule);
		return false;
	}
	o->clock = jval_int(clock);
	*chunks = (size_t)jval_int(n);
	return true;
}

bool
memory_read_head(const char *text, size_t len, const struct rules *rules,
    struct rules_view *v, size_t *chunks, size_t *places, struct buf *why)
{
	const struct rules_private *p = rules->private;
	struct jdoc d;
	struct jval list;
	bool good = parse(&d, text, len);

	if (!good)
		buf_adds(why, "what is kept is damaged, or of another version");
	list =
	    good ? jval_get(jval_root(&d), "rules", 5) : (struct jval){&d, 0};
	for (size_t i = 0; good && i < p->n_ordered; i++) {
		const struct check *c = &rules->checks[p->ordered[i]];
		struct jval kept = find(list, c->rule, &places[i]);

		good =
		    read_rule(c, kept, &v->work->ordered[i], &chunks[i], why);
	}
	jdoc_release(&d);
	return good;
}

static bool
is_there(const struct rules *rules, const char *name)
{
	const struct rules_private *p = rules->private;
	size_t i = 0;

	while (i < p->n_ordered &&
	       strcmp(rules->checks[p->ordered[i]].rule, name) != 0)
		i++;
	return i < p->n_ordered;
}

void
memory_find_gone(
    const char *text, size_t len, const struct rules *rules, struct buf *names)
{
	struct jdoc d;
	struct jval list = {&d, 0};
	struct jiter it;
	size_t n;

	if (parse(&d, text, len))
		list = jval_get(jval_root(&d), "rules", 5);
	for (it = jval_iter(list); jiter_next(&it);) {
		const char *name =
		    jval_string(jval_get(it.value, "name", 4), &n);

		if (!is_there(rules, name))
			buf_addf(names, "%s%s", names->len ? ", " : "", name);
	}
	jdoc_release(&d);
}
