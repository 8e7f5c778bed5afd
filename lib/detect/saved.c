#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "core/diag.h"
#include "core/xmem.h"
#include "detect/saved.h"
#include "store/snapshot.h"
#include "stream/out.h"
#include "json/value.h"
#include "json/write.h"

#define KIND "detect"
#define KEY_MAX ((size_t)16 << 20) /* bytes of a key */

struct saved {
	const char *name;
	struct snapshot *snapshot;
	struct buf terms; /* the line, with its LF */
};

bool
saved_is_name(const char *name)
{
	return snapshot_is_name(name);
}

static void
add_names(struct buf *b, const struct saved_terms *t)
{
	const char *before = ",\"fields\":[";

	for (size_t i = 0; i < t->options->columns; i++) {
		jwrite_text(b, before, t->fields[i]);
		before = ",";
	}
	buf_addc(b, ']');
	if (t->key)
		jwrite_text(b, ",\"key\":", t->key);
	if (t->time)
		jwrite_text(b, ",\"time\":", t->time);
}

static void
write_terms(struct buf *b, const struct saved_terms *t)
{
	const struct detect_options *o = t->options;
	unsigned traits = t->method->traits;

	jwrite_text(b, "{\"version\":2,\"method\":", t->method->name);
	add_names(b, t);
	if (t->method->window > 0)
		jwrite_count(b, ",\"window\":", o->window);
	if (traits & DETECT_SEEDED)
		jwrite_count(b, ",\"seed\":", o->seed);
	if (traits & DETECT_SEASONS && o->has_time)
		jwrite_count(b, ",\"period_ms\":", (uint64_t)o->period_ms);
	if (o->is_rest_ms)
		buf_adds(b, ",\"cooldown\":\"time\"");
	buf_adds(b, "}\n");
}

struct saved *
saved_new(const char *name, const struct saved_terms *terms)
{
	struct saved *s = xcalloc(1, sizeof(*s));

	s->name = name;
	s->snapshot = snapshot_new(KIND, name);
	write_terms(&s->terms, terms);
	return s;
}

void
saved_free(struct saved *s)
{
	if (!s)
		return;
	snapshot_free(s->snapshot);
	buf_release(&s->terms);
	free(s);
}

/* Pack one, or load it; returns whether it was sound. */
static void
pack_key(struct pack *p, char **key, size_t *len)
{
	pack_size(p, "length", len, 0, KEY_MAX);
	if (p->mode == PACK_LOAD && *len > p->len - p->at)
		p->is_bad = true;
	if (p->mode == PACK_LOAD && !p->is_bad)
		*key = xcalloc(*len + 1, 1);
	if (!p->is_bad)
		pack_bytes(p, "key", *key, *len);
}

static void
write_one(void *arg, const char *key, size_t len, struct detector *d)
{
	struct pack p = {.mode = PACK_SAVE, .out = arg};
	char *copy = xstrndup(key, len);

	pack_key(&p, &copy, &len);
	free(copy);
	detector_pack(d, &p);
}

void
saved_write(const struct detectors *all, struct buf *b)
{
	detectors_each(all, write_one, b);
}

bool
saved_read(struct detectors *all, const char *data, size_t len)
{
	struct pack p = {.mode = PACK_LOAD, .in = data, .len = len};

	while (!p.is_bad && p.at < p.len) {
		char *key = NULL;
		size_t key_len = 0;

		pack_key(&p, &key, &key_len);
		if (!p.is_bad && detectors_has(all, key, key_len))
			p.is_bad = true;
		if (!p.is_bad)
			detector_pack(detectors_get(all, key, key_len), &p);
		free(key);
	}
	return !p.is_bad;
}

static int
refuse_damaged(const char *name)
{
	diag_error(
	    "state %s: what is kept is damaged; 'cdo-cache del --state " KIND
	    ":%s:head' makes it start over",
	    name, name);
	return EX_DATAERR;
}

/* The length of the line of terms, with its LF; 0: none. */
static size_t
terms_len(const struct buf *b)
{
	const char *end = b->len > 0 ? memchr(b->data, '\n', b->len) : NULL;

	return end ? (size_t)(end - b->data) + 1 : 0;
}

static int
refuse_other(const struct saved *s, const struct buf *b, size_t len)
{
	diag_error("state %s: is about %.*s, this run about %.*s; give another "
		   "--state, or the same options",
	    s->name, (int)len - 1, b->data, (int)s->terms.len - 1,
	    s->terms.data);
	return EX_CONFIG;
}

int
saved_load(struct saved *s, struct detectors *all)
{
	struct buf b = {0};
	bool is_there;
	size_t len;
	int rc = snapshot_load(s->snapshot, &b, &is_there);

	if (rc != 0 || !is_there)
		goto out;
	len = terms_len(&b);
	if (len == 0)
		rc = refuse_damaged(s->name);
	else if (len != s->terms.len || memcmp(b.data, s->terms.data, len) != 0)
		rc = refuse_other(s, &b, len);
	else if (!saved_read(all, b.data + len, b.len - len))
		rc = refuse_damaged(s->name);
out:
	buf_release(&b);
	return rc;
}

int
saved_save(struct saved *s, const struct detectors *all)
{
	struct buf b = {0};
	int rc;

	buf_add(&b, s->terms.data, s->terms.len);
	saved_write(all, &b);
	rc = snapshot_save(s->snapshot, b.data, b.len);
	buf_release(&b);
	return rc;
}

static size_t
get_count(struct jval v, const char *name, size_t high)
{
	double x = jval_double(jval_get(v, name, strlen(name)));

	return x >= 0 && x <= (double)high ? (size_t)x : 0;
}

/* The method and the options that the line tells of; NULL: none of ours. */
static const struct detect_method *
read_terms(struct jval v, struct detect_options *o)
{
	const struct detect_method *m;
	struct jval fields = jval_get(v, "fields", 6);
	size_t len;

	m = detect_find(jval_string(jval_get(v, "method", 6), &len));
	*o = (struct detect_options){
	    .window = get_count(v, "window", DETECT_WINDOW_MAX),
	    .seed = get_count(v, "seed", SIZE_MAX),
	    .period_ms = (int64_t)get_count(v, "period_ms", INT64_MAX),
	    .has_time = jval_type(jval_get(v, "time", 4)) == J_STRING,
	    .is_rest_ms = jval_type(jval_get(v, "cooldown", 8)) == J_STRING};
	while (jval_type(jval_at(fields, (int64_t)o->columns)) == J_STRING)
		o->columns++;
	return o->columns > 0 && get_count(v, "version", 2) == 2 ? m : NULL;
}

static void
show_one(void *arg, const char *key, size_t len, struct detector *d)
{
	struct buf *b = arg;
	struct pack p = {.mode = PACK_SHOW, .out = b};

	buf_adds(b, "{\"key\":");
	if (len > 0 && key[0] == '"')
		jwrite_string(b, key + 1, len - 1);
	else if (len == 1 && key[0] == '-')
		buf_adds(b, "null");
	else
		buf_add(b, key, len);
	p.any = true;
	detector_pack(d, &p);
	buf_adds(b, "}\n");
	out_write(STDOUT_FILENO, "<stdout>", b->data, b->len);
	b->len = 0;
}

static int
show(const char *name, struct buf *b)
{
	size_t len = terms_len(b);
	struct detect_options o;
	struct detectors all = {.options = &o, .max = SIZE_MAX};
	struct buf line = {0};
	struct jdoc doc;
	int rc = 0;

	jdoc_init(&doc);
	buf_reserve(b, JDOC_PADDING);
	if (len == 0 || jdoc_parse(&doc, b->data, len) != JERR_NONE) {
		rc = refuse_damaged(name);
		goto out;
	}
	all.method = read_terms(jval_root(&doc), &o);
	if (!all.method || !saved_read(&all, b->data + len, b->len - len)) {
		rc = refuse_damaged(name);
		goto out;
	}
	out_write(STDOUT_FILENO, "<stdout>", b->data, len);
	detectors_each(&all, show_one, &line);
out:
	detectors_release(&all);
	buf_release(&line);
	jdoc_release(&doc);
	return rc;
}

int
saved_show(const char *name)
{
	struct snapshot *s = snapshot_new(KIND, name);
	struct buf b = {0};
	bool is_there;
	int rc = snapshot_load(s, &b, &is_there);

	if (rc == 0 && !is_there) {
		diag_error("state %s: nothing is kept under that name", name);
		rc = EX_NOINPUT;
	}
	if (rc == 0)
		rc = show(name, &b);
	buf_release(&b);
	snapshot_free(s);
	return rc;
}
