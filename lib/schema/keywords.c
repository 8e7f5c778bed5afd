/* keywords - the table of all keywords of all dialects. */
#include <string.h>

#include "core/cli.h"
#include "schema/compile.h"

#define NEW (D19 | D20)
#define OLD (D07 | D19)
#define CORE VOCAB_CORE
#define APPLY VOCAB_APPLICATOR
#define LATE VOCAB_UNEVALUATED
#define VALID VOCAB_VALIDATION
#define CONTENT VOCAB_CONTENT
#define META VOCAB_META

/* What is without a function says nothing about values. */
static const struct keyword keywords[] = {
    {"$id", D_ALL, CORE, HOLDS_NONE, compile_string},
    {"$schema", D_ALL, CORE, HOLDS_NONE, compile_string},
    {"$comment", D_ALL, CORE, HOLDS_NONE, compile_string},
    {"$ref", D_ALL, CORE, HOLDS_NONE, compile_ref},
    {"$anchor", NEW, CORE, HOLDS_NONE, compile_string},
    {"$defs", NEW, CORE, HOLDS_MAP, NULL},
    {"definitions", D_ALL, CORE, HOLDS_MAP, NULL},
    {"$vocabulary", NEW, CORE, HOLDS_NONE, NULL},
    {"$dynamicAnchor", D20, CORE, HOLDS_NONE, compile_string},
    {"$dynamicRef", D20, CORE, HOLDS_NONE, compile_dynamic_ref},
    {"$recursiveAnchor", D19, CORE, HOLDS_NONE, compile_boolean},
    {"$recursiveRef", D19, CORE, HOLDS_NONE, compile_recursive_ref},
    {"allOf", D_ALL, APPLY, HOLDS_LIST, compile_all},
    {"anyOf", D_ALL, APPLY, HOLDS_LIST, compile_any},
    {"oneOf", D_ALL, APPLY, HOLDS_LIST, compile_one},
    {"not", D_ALL, APPLY, HOLDS_SCHEMA, compile_not},
    {"if", D_ALL, APPLY, HOLDS_SCHEMA, compile_if},
    {"then", D_ALL, APPLY, HOLDS_SCHEMA, NULL},
    {"else", D_ALL, APPLY, HOLDS_SCHEMA, NULL},
    {"dependentSchemas", NEW, APPLY, HOLDS_MAP, compile_dependent_schemas},
    {"dependencies", D_ALL, APPLY, HOLDS_MAP_OR_LISTS, compile_dependencies},
    {"properties", D_ALL, APPLY, HOLDS_MAP, compile_properties},
    {"patternProperties", D_ALL, APPLY, HOLDS_MAP, compile_pattern_properties},
    {"additionalProperties", D_ALL, APPLY, HOLDS_SCHEMA,
	compile_additional_properties},
    {"propertyNames", D_ALL, APPLY, HOLDS_SCHEMA, compile_property_names},
    {"prefixItems", D20, APPLY, HOLDS_LIST, compile_prefix},
    {"items", D20, APPLY, HOLDS_SCHEMA, compile_items},
    {"items", OLD, APPLY, HOLDS_SCHEMA_OR_LIST, compile_items_old},
    {"additionalItems", OLD, APPLY, HOLDS_SCHEMA, compile_additional_items},
    {"contains", D_ALL, APPLY, HOLDS_SCHEMA, compile_contains},
    {"unevaluatedItems", NEW, LATE, HOLDS_SCHEMA, compile_unevaluated_items},
    {"unevaluatedProperties", NEW, LATE, HOLDS_SCHEMA,
	compile_unevaluated_properties},
    {"type", D_ALL, VALID, HOLDS_NONE, compile_type},
    {"const", D_ALL, VALID, HOLDS_NONE, compile_const},
    {"enum", D_ALL, VALID, HOLDS_NONE, compile_enum},
    {"minimum", D_ALL, VALID, HOLDS_NONE, compile_minimum},
    {"maximum", D_ALL, VALID, HOLDS_NONE, compile_maximum},
    {"exclusiveMinimum", D_ALL, VALID, HOLDS_NONE, compile_above},
    {"exclusiveMaximum", D_ALL, VALID, HOLDS_NONE, compile_below},
    {"multipleOf", D_ALL, VALID, HOLDS_NONE, compile_multiple},
    {"minLength", D_ALL, VALID, HOLDS_NONE, compile_min_length},
    {"maxLength", D_ALL, VALID, HOLDS_NONE, compile_max_length},
    {"pattern", D_ALL, VALID, HOLDS_NONE, compile_pattern},
    {"minItems", D_ALL, VALID, HOLDS_NONE, compile_min_items},
    {"maxItems", D_ALL, VALID, HOLDS_NONE, compile_max_items},
    {"uniqueItems", D_ALL, VALID, HOLDS_NONE, compile_unique},
    {"minContains", NEW, VALID, HOLDS_NONE, compile_count},
    {"maxContains", NEW, VALID, HOLDS_NONE, compile_count},
    {"minProperties", D_ALL, VALID, HOLDS_NONE, compile_min_properties},
    {"maxProperties", D_ALL, VALID, HOLDS_NONE, compile_max_properties},
    {"required", D_ALL, VALID, HOLDS_NONE, compile_required},
    {"dependentRequired", NEW, VALID, HOLDS_NONE, compile_dependent_required},
    {"format", D_ALL, VOCAB_FORMAT, HOLDS_NONE, compile_format},
    {"contentEncoding", D_ALL, CONTENT, HOLDS_NONE, compile_string},
    {"contentMediaType", D_ALL, CONTENT, HOLDS_NONE, compile_string},
    {"contentSchema", NEW, CONTENT, HOLDS_SCHEMA, NULL},
    {"title", D_ALL, META, HOLDS_NONE, compile_string},
    {"description", D_ALL, META, HOLDS_NONE, compile_string},
    {"default", D_ALL, META, HOLDS_NONE, NULL},
    {"examples", D_ALL, META, HOLDS_NONE, NULL},
    {"deprecated", NEW, META, HOLDS_NONE, compile_boolean},
    {"readOnly", D_ALL, META, HOLDS_NONE, compile_boolean},
    {"writeOnly", D_ALL, META, HOLDS_NONE, compile_boolean},
};
#define N_KEYWORDS (sizeof(keywords) / sizeof(*keywords))

static bool
is_known(const struct keyword *k, const struct dialect *d)
{
	return (k->drafts & d->draft) != 0 &&
	       (k->vocabulary & (d->vocabularies | VOCAB_CORE)) != 0;
}

const struct keyword *
keyword_find(const struct dialect *d, const char *name, size_t len)
{
	for (size_t i = 0; i < N_KEYWORDS; i++) {
		const struct keyword *k = &keywords[i];

		if (is_known(k, d) && strlen(k->name) == len &&
		    memcmp(k->name, name, len) == 0)
			return k;
	}
	return NULL;
}

const char *
keyword_nearest(const struct dialect *d, const char *name)
{
	const char *names[N_KEYWORDS + 1];
	size_t n = 0;

	for (size_t i = 0; i < N_KEYWORDS; i++)
		if (is_known(&keywords[i], d))
			names[n++] = keywords[i].name;
	names[n] = NULL;
	return cli_nearest(name, names);
}
