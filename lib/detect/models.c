#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/replace.h"
#include "core/sha256.h"
#include "core/slurp.h"
#include "core/timestamp.h"
#include "core/xmem.h"
#include "detect/features.h"
#include "detect/model.h"
#include "detect/models.h"
#include "json/write.h"

/* What stands before the digest, behind it, and behind the model. */
#define BEFORE "{\"sha256\":\""
#define BETWEEN "\",\"model\":"
#define BEHIND "}\n"
#define HEX ((size_t)(SHA256_HEX - 1))
#define HEAD (sizeof(BEFORE) - 1 + HEX + sizeof(BETWEEN) - 1)

void
models_options(struct buf *b, const struct gather *g)
{
	const struct batch_options *o = &g->options;

	buf_adds(b, g->is_scaled ? "{\"scale\":true" : "{\"scale\":false");
	jwrite_number(b, ",\"contamination\":", g->contamination);
	jwrite_number(b, ",\"quantile\":", g->quantile);
	jwrite_number(b, ",\"threshold\":", g->threshold);
	jwrite_count(b, ",\"seed\":", o->seed);
	jwrite_count(b, ",\"neighbours\":", o->neighbours);
	jwrite_count(b, ",\"trees\":", o->trees);
	jwrite_count(b, ",\"sample\":", o->sample);
	jwrite_number(b, ",\"eps\":", o->radius);
	jwrite_number(b, ",\"nu\":", o->nu);
	jwrite_number(b, ",\"tol\":", o->tolerance);
	buf_addc(b, '}');
}

static void
add_definition(
    struct buf *b, const struct models_definition *d, const struct gather *g)
{
	char now[TIMESTAMP_SIZE];

	timestamp_format(timestamp_now(), now);
	jwrite_count(b, "{\"version\":", MODELS_VERSION);
	jwrite_text(b, ",\"method\":", d->method);
	jwrite_text(b, ",\"fitted\":", now);
	for (size_t i = 0; i < d->n; i++)
		jwrite_text(b, i > 0 ? "," : ",\"fields\":[", d->fields[i]);
	buf_addc(b, ']');
	if (d->key)
		jwrite_text(b, ",\"key\":", d->key);
	jwrite_count(b, ",\"window\":", d->window);
	buf_adds(b, ",\"options\":");
	models_options(b, g);
}

/* Append a group, unless no row of it was whole. */
static void
add_group(struct buf *b, bool *is_first, const struct gather *g, uint32_t i,
    const struct map_entry *key)
{
	if (!g->fits[i].method)
		return;
	buf_adds(b, *is_first ? "{" : ",{");
	*is_first = false;
	if (key) {
		buf_adds(b, "\"key\":");
		jwrite_string(b, key->key, key->len);
		buf_addc(b, ',');
	}
	buf_adds(b, "\"learned\":");
	fitted_save(&g->fits[i], b);
	buf_addc(b, '}');
}

static void
add_groups(struct buf *b, const struct gather *g, bool has_key)
{
	const struct map_entry *e;
	bool is_first = true;

	buf_adds(b, ",\"groups\":[");
	if (!has_key)
		add_group(b, &is_first, g, 0, NULL);
	for (size_t i = 0; has_key && (e = map_next(&g->keys, &i));)
		add_group(b, &is_first, g, *(const uint32_t *)e->value, e);
	buf_adds(b, "]}");
}

int
models_write(
    const char *path, const struct models_definition *d, const struct gather *g)
{
	struct buf b = {0};
	uint8_t digest[SHA256_SIZE];
	char hex[SHA256_HEX];
	int error;

	buf_reserve(&b, HEAD);
	b.len = HEAD; /* filled in when the digest is known */
	add_definition(&b, d, g);
	add_groups(&b, g, d->key != NULL);
	sha256(b.data + HEAD, b.len - HEAD, digest);
	sha256_hex(digest, hex);
	memcpy(b.data, BEFORE, sizeof(BEFORE) - 1);
	memcpy(b.data + sizeof(BEFORE) - 1, hex, HEX);
	memcpy(b.data + sizeof(BEFORE) - 1 + HEX, BETWEEN, sizeof(BETWEEN) - 1);
	buf_adds(&b, BEHIND);
	error = b.len > MODELS_MAX ? EFBIG
				   : replace_file(path, b.data, b.len, 0666);
	buf_release(&b);
	return error;
}

/* The whole file, with JDOC_PADDING behind it.  Returns 0 or errno. */
static int
load(const char *path, struct buf *b)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), error;

	if (fd < 0)
		return errno;
	error = slurp(fd, MODELS_MAX, b);
	close(fd);
	buf_reserve(b, JDOC_PADDING);
	memset(b->data + b->len, 0, JDOC_PADDING);
	return error;
}

/* Is the digest that of the model's bytes? */
static bool
is_sound(const struct buf *b)
{
	const char *hex = b->data + sizeof(BEFORE) - 1;
	size_t tail = sizeof(BEHIND) - 1;
	uint8_t digest[SHA256_SIZE];
	char want[SHA256_HEX];

	if (b->len < HEAD + tail ||
	    memcmp(b->data, BEFORE, sizeof(BEFORE) - 1) != 0 ||
	    memcmp(hex + HEX, BETWEEN, sizeof(BETWEEN) - 1) != 0 ||
	    memcmp(b->data + b->len - tail, BEHIND, tail) != 0)
		return false;
	sha256(b->data + HEAD, b->len - HEAD - tail, digest);
	sha256_hex(digest, want);
	return memcmp(want, hex, HEX) == 0;
}

/* A member that is a string, copied; or NULL. */
static char *
get_text(struct jval v, const char *name)
{
	struct jval s = jval_get(v, name, strlen(name));
	size_t len;
	const char *text = jval_string(s, &len);

	return jval_type(s) == J_STRING ? xstrndup(text, len) : NULL;
}

static bool
read_fields(struct models *m, struct jval v)
{
	struct jval fields = jval_get(v, "fields", 6);
	struct jiter it = jval_iter(fields);
	size_t len;

	if (jval_type(fields) != J_ARRAY || jval_count(fields) == 0)
		return false;
	m->fields = xcalloc(jval_count(fields), sizeof(*m->fields));
	for (; jiter_next(&it); m->definition.n++) {
		const char *s = jval_string(it.value, &len);

		if (len == 0)
			return false;
		m->fields[m->definition.n] = xstrndup(s, len);
	}
	m->definition.fields = (const char *const *)m->fields;
	return true;
}

static bool
read_time(struct models *m, struct jval v)
{
	size_t len;
	const char *s = jval_string(jval_get(v, "fitted", 6), &len);

	return timestamp_parse(s, len, &m->fitted_ms);
}

/* All but the groups. */
static const char *
read_definition(struct models *m, struct jval v)
{
	struct models_definition *d = &m->definition;
	struct buf options = {0};
	size_t version;

	if (!model_get_count(v, "version", 0, 1000000, &version))
		return "no model";
	if (version != MODELS_VERSION)
		return "made by another version of cdo-detect: fit it again";
	d->method = m->name = get_text(v, "method");
	if (!d->method || !batch_find(d->method))
		return "its method is not known: fit it again";
	m->method = batch_find(d->method);
	d->key = m->key = get_text(v, "key");
	if (!read_fields(m, v) || !read_time(m, v) ||
	    !model_get_count(v, "window", 0, DETECT_WINDOW_MAX, &d->window))
		return "no model";
	m->columns = d->n * (d->window > 0 ? FEATURES : 1);
	jwrite_value(&options, jval_get(v, "options", 7));
	buf_addc(&options, '\0');
	m->options = options.data;
	return NULL;
}

static const char *
read_groups(struct models *m, struct jval v)
{
	struct jiter it = jval_iter(jval_get(v, "groups", 6));

	while (jiter_next(&it)) {
		size_t len;
		const char *key =
		    jval_string(jval_get(it.value, "key", 3), &len);
		void **place = map_put(&m->groups, key, len);
		struct fitted *f;

		if (*place)
			return "no model: a key stands twice";
		*place = f = xcalloc(1, sizeof(*f));
		if (!fitted_load(f, m->method, m->columns,
			jval_get(it.value, "learned", 7)))
			return "no model";
	}
	return NULL;
}

static const char *
read_all(struct models *m, const struct buf *b)
{
	struct jdoc doc;
	const char *wrong = "no model";
	struct jval v;

	jdoc_init(&doc);
	if (jdoc_parse(&doc, b->data, b->len) == JERR_NONE) {
		v = jval_get(jval_root(&doc), "model", 5);
		wrong = read_definition(m, v);
		if (!wrong)
			wrong = read_groups(m, v);
	}
	jdoc_release(&doc);
	return wrong;
}

const char *
models_read(struct models *m, const char *path, int *error)
{
	struct buf b = {0};
	const char *wrong;

	*m = (struct models){0};
	*error = load(path, &b);
	if (*error != 0)
		wrong = strerror(*error);
	else if (!is_sound(&b))
		wrong = "damaged, or no model: its digest does not match";
	else
		wrong = read_all(m, &b);
	buf_release(&b);
	return wrong;
}

const struct fitted *
models_find(const struct models *m, const void *key, size_t len)
{
	return map_get(&m->groups, key, m->definition.key ? len : 0);
}

void
models_release(struct models *m)
{
	const struct map_entry *e;

	for (size_t i = 0; (e = map_next(&m->groups, &i));) {
		fitted_release(e->value);
		free(e->value);
	}
	map_release(&m->groups);
	for (size_t i = 0; i < m->definition.n; i++)
		free(m->fields[i]);
	free(m->fields);
	free(m->name);
	free(m->key);
	free(m->options);
	*m = (struct models){0};
}
