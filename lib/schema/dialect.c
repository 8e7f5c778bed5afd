/* dialect - which keywords a $schema makes known. */
#include <stdlib.h>
#include <string.h>

#include "core/xmem.h"
#include "schema/compile.h"
#include "schema/uri.h"

#define DEEPEST 8 /* metaschemas that are each other's */

static const struct dialect drafts[] = {
    [SCHEMA_2020_12] = {D20, VOCAB_ALL, false},
    [SCHEMA_2019_09] = {D19, VOCAB_ALL, false},
    [SCHEMA_07] = {D07, VOCAB_ALL, false},
};

static const char *const uris[] = {
    [SCHEMA_2020_12] = "https://json-schema.org/draft/2020-12/schema",
    [SCHEMA_2019_09] = "https://json-schema.org/draft/2019-09/schema",
    [SCHEMA_07] = "http://json-schema.org/draft-07/schema",
};
#define N_DRAFTS (sizeof(uris) / sizeof(*uris))

/* What stands behind https://json-schema.org/draft/2020-12/vocab/, or so. */
static const struct {
	const char *name;
	unsigned bits;
} vocabularies[] = {
    {"core", VOCAB_CORE},
    {"applicator", VOCAB_APPLICATOR},
    {"unevaluated", VOCAB_UNEVALUATED},
    {"validation", VOCAB_VALIDATION},
    {"meta-data", VOCAB_META},
    {"format", VOCAB_FORMAT},
    {"format-annotation", VOCAB_FORMAT},
    {"format-assertion", VOCAB_FORMAT},
    {"content", VOCAB_CONTENT},
};
#define N_VOCABULARIES (sizeof(vocabularies) / sizeof(*vocabularies))

struct dialect
dialect_of_draft(const struct schema_options *o)
{
	struct dialect d = drafts[o->draft];

	d.asserts_format = o->asserts_format;
	return d;
}

/* Add a vocabulary; false if we do not know it. */
static bool
add_vocabulary(struct dialect *d, const char *uri, bool is_required)
{
	static const char *const bases[] = {
	    "https://json-schema.org/draft/2020-12/vocab/",
	    "https://json-schema.org/draft/2019-09/vocab/"};
	const char *name = NULL;

	for (size_t i = 0; i < 2; i++)
		if (strncmp(uri, bases[i], strlen(bases[i])) == 0)
			name = uri + strlen(bases[i]);
	for (size_t i = 0; name && i < N_VOCABULARIES; i++) {
		if (strcmp(name, vocabularies[i].name) != 0)
			continue;
		d->vocabularies |= vocabularies[i].bits;
		/* 2019-09 has no unevaluated, they are applicators there */
		if (strcmp(name, "applicator") == 0 && d->draft == D19)
			d->vocabularies |= VOCAB_UNEVALUATED;
		if (strcmp(name, "format-assertion") == 0 ||
		    (strcmp(name, "format") == 0 && is_required))
			d->asserts_format = true;
		return true;
	}
	return false;
}

/* Read the $vocabulary of the metaschema meta. */
static void
read_vocabularies(
    struct compiler *c, uint32_t source, struct jval meta, struct dialect *d)
{
	struct jval list = jval_get(meta, "$vocabulary", 11);
	struct jiter it;

	if (jval_type(list) != J_OBJECT)
		return;
	d->vocabularies = 0;
	for (it = jval_iter(list); jiter_next(&it);) {
		bool is_required = jval_type(it.value) == J_TRUE;
		size_t len;
		const char *uri = jval_string(it.name, &len);

		if (!add_vocabulary(d, uri, is_required) && is_required)
			compile_fault(c, source, it.value,
			    "this vocabulary is not known, but required");
	}
}

static bool
is_draft(const char *uri, const struct schema_options *o, struct dialect *d)
{
	for (size_t i = 0; i < N_DRAFTS; i++)
		if (strcmp(uri, uris[i]) == 0) {
			*d = drafts[i];
			d->asserts_format = o->asserts_format;
			return true;
		}
	return false;
}

/* The dialect that the metaschema of a URI, which is none of ours, sets. */
static struct dialect
read_dialect(struct compiler *c, uint32_t source, struct jval at,
    const char *uri, struct dialect fallback)
{
	struct dialect d = fallback;
	const struct resource *r;
	struct jval meta;
	bool is_told;
	uint32_t n;

	if (c->depth >= DEEPEST)
		return fallback;
	c->depth++;
	n = source_find(c, uri, &is_told);
	c->depth--;
	if (n == NO_NODE) {
		compile_fault(c, source, at,
		    "this dialect is not known, only the drafts 2020-12, "
		    "2019-09 and 7; --ref %s=PATH can tell of others",
		    uri);
		return fallback;
	}
	r = &c->resources[n];
	source = r->source;
	meta = (struct jval){&c->s->sources[source]->tape, r->at};
	d = c->resources[place_find(c, source, r->at)->resource].dialect;
	read_vocabularies(c, source, meta, &d);
	return d;
}

struct dialect
dialect_find(struct compiler *c, uint32_t source, struct jval uri,
    struct dialect fallback)
{
	size_t len;
	const char *s = jval_string(uri, &len);
	char *text = xstrndup(s, len);
	struct dialect d;

	uri_cut_fragment(text);
	if (!is_draft(text, c->options, &d))
		d = read_dialect(c, source, uri, text, fallback);
	free(text);
	return d;
}
