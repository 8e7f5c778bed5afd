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
#define OWN 0, 0 /* the function knows what to add, if anything */

/* What is without a function says nothing about values. */
static const struct keyword keywords[] = {
    {"$id", D_ALL, CORE, HOLDS_NONE, compile_string, OWN},
    {"$schema", D_ALL, CORE, HOLDS_NONE, compile_string, OWN},
    {"$comment", D_ALL, CORE, HOLDS_NONE, compile_string, OWN},
    {"$ref", D_ALL, CORE, HOLDS_NONE, compile_ref, OWN},
    {"$anchor", NEW, CORE, HOLDS_NONE, compile_string, OWN},
    {"$defs", NEW, CORE, HOLDS_MAP, NULL, OWN},
    {"definitions", D_ALL, CORE, HOLDS_MAP, NULL, OWN},
    {"$vocabulary", NEW, CORE, HOLDS_NONE, NULL, OWN},
    {"$dynamicAnchor", D20, CORE, HOLDS_NONE, compile_string, OWN},
    {"$dynamicRef", D20, CORE, HOLDS_NONE, compile_dynamic_ref, OWN},
    {"$recursiveAnchor", D19, CORE, HOLDS_NONE, compile_boolean, OWN},
    {"$recursiveRef", D19, CORE, HOLDS_NONE, compile_recursive_ref, OWN},
    {"allOf", D_ALL, APPLY, HOLDS_LIST, compile_list, CLASS_ANY, OP_ALL},
    {"anyOf", D_ALL, APPLY, HOLDS_LIST, compile_list, CLASS_ANY, OP_ANY},
    {"oneOf", D_ALL, APPLY, HOLDS_LIST, compile_list, CLASS_ANY, OP_ONE},
    {"not", D_ALL, APPLY, HOLDS_SCHEMA, compile_child, CLASS_ANY, OP_NOT},
    {"if", D_ALL, APPLY, HOLDS_SCHEMA, compile_if, OWN},
    {"then", D_ALL, APPLY, HOLDS_SCHEMA, NULL, OWN},
    {"else", D_ALL, APPLY, HOLDS_SCHEMA, NULL, OWN},
    {"dependentSchemas", NEW, APPLY, HOLDS_MAP, compile_dependent_schemas, OWN},
    {"dependencies", D_ALL, APPLY, HOLDS_MAP_OR_LISTS, compile_dependencies,
	OWN},
    {"properties", D_ALL, APPLY, HOLDS_MAP, compile_properties, OWN},
    {"patternProperties", D_ALL, APPLY, HOLDS_MAP, compile_pattern_properties,
	OWN},
    {"additionalProperties", D_ALL, APPLY, HOLDS_SCHEMA,
	compile_additional_properties, OWN},
    {"propertyNames", D_ALL, APPLY, HOLDS_SCHEMA, compile_child, CLASS_OBJECT,
	OP_PROPERTY_NAMES},
    {"prefixItems", D20, APPLY, HOLDS_LIST, compile_list, CLASS_ARRAY,
	OP_PREFIX},
    {"items", D20, APPLY, HOLDS_SCHEMA, compile_items, OWN},
    {"items", OLD, APPLY, HOLDS_SCHEMA_OR_LIST, compile_items_old, OWN},
    {"additionalItems", OLD, APPLY, HOLDS_SCHEMA, compile_additional_items,
	OWN},
    {"contains", D_ALL, APPLY, HOLDS_SCHEMA, compile_contains, OWN},
    {"unevaluatedItems", NEW, LATE, HOLDS_SCHEMA, compile_child, CLASS_LATE,
	OP_UNEVALUATED_ITEMS},
    {"unevaluatedProperties", NEW, LATE, HOLDS_SCHEMA, compile_child,
	CLASS_LATE, OP_UNEVALUATED_PROPERTIES},
    {"type", D_ALL, VALID, HOLDS_NONE, compile_type, OWN},
    {"const", D_ALL, VALID, HOLDS_NONE, compile_const, OWN},
    {"enum", D_ALL, VALID, HOLDS_NONE, compile_enum, OWN},
    {"minimum", D_ALL, VALID, HOLDS_NONE, compile_limit, CLASS_NUMBER,
	OP_MINIMUM},
    {"maximum", D_ALL, VALID, HOLDS_NONE, compile_limit, CLASS_NUMBER,
	OP_MAXIMUM},
    {"exclusiveMinimum", D_ALL, VALID, HOLDS_NONE, compile_limit, CLASS_NUMBER,
	OP_ABOVE},
    {"exclusiveMaximum", D_ALL, VALID, HOLDS_NONE, compile_limit, CLASS_NUMBER,
	OP_BELOW},
    {"multipleOf", D_ALL, VALID, HOLDS_NONE, compile_multiple, OWN},
    {"minLength", D_ALL, VALID, HOLDS_NONE, compile_size, CLASS_STRING,
	OP_MIN_LENGTH},
    {"maxLength", D_ALL, VALID, HOLDS_NONE, compile_size, CLASS_STRING,
	OP_MAX_LENGTH},
    {"pattern", D_ALL, VALID, HOLDS_NONE, compile_pattern, OWN},
    {"minItems", D_ALL, VALID, HOLDS_NONE, compile_size, CLASS_ARRAY,
	OP_MIN_ITEMS},
    {"maxItems", D_ALL, VALID, HOLDS_NONE, compile_size, CLASS_ARRAY,
	OP_MAX_ITEMS},
    {"uniqueItems", D_ALL, VALID, HOLDS_NONE, compile_unique, OWN},
    {"minContains", NEW, VALID, HOLDS_NONE, compile_count, OWN},
    {"maxContains", NEW, VALID, HOLDS_NONE, compile_count, OWN},
    {"minProperties", D_ALL, VALID, HOLDS_NONE, compile_size, CLASS_OBJECT,
	OP_MIN_PROPERTIES},
    {"maxProperties", D_ALL, VALID, HOLDS_NONE, compile_size, CLASS_OBJECT,
	OP_MAX_PROPERTIES},
    {"required", D_ALL, VALID, HOLDS_NONE, compile_required, OWN},
    {"dependentRequired", NEW, VALID, HOLDS_NONE, compile_dependent_required,
	OWN},
    {"format", D_ALL, VOCAB_FORMAT, HOLDS_NONE, compile_format, OWN},
    {"contentEncoding", D_ALL, CONTENT, HOLDS_NONE, compile_string, OWN},
    {"contentMediaType", D_ALL, CONTENT, HOLDS_NONE, compile_string, OWN},
    {"contentSchema", NEW, CONTENT, HOLDS_SCHEMA, NULL, OWN},
    {"title", D_ALL, META, HOLDS_NONE, compile_string, OWN},
    {"description", D_ALL, META, HOLDS_NONE, compile_string, OWN},
    {"default", D_ALL, META, HOLDS_NONE, NULL, OWN},
    {"examples", D_ALL, META, HOLDS_NONE, NULL, OWN},
    {"deprecated", NEW, META, HOLDS_NONE, compile_boolean, OWN},
    {"readOnly", D_ALL, META, HOLDS_NONE, compile_boolean, OWN},
    {"writeOnly", D_ALL, META, HOLDS_NONE, compile_boolean, OWN},
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
