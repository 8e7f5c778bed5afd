/*
 * Any bytes as a value, which schemas that use every keyword are applied to.
 * The two runs must agree; a value must be as valid when it is read again
 * from what is written of it.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/diag.h"
#include "fuzz.h"
#include "schema/schema.h"
#include "json/doc.h"
#include "json/write.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const texts[] = {
    "{'$ref':'https://json-schema.org/draft/2020-12/schema'}",
    "{'$ref':'http://json-schema.org/draft-07/schema'}",
    "{'$ref':'https://json-schema.org/draft/2019-09/schema'}",
    "{'$id':'http://e/s','$dynamicAnchor':'n','$ref':'t',"
    "'unevaluatedProperties':false,'$defs':{'t':{'$id':'t',"
    "'$dynamicAnchor':'n','type':['object','array','integer'],"
    "'properties':{'a':true,'c':{'items':{'$dynamicRef':'#n'}}}}}}",
    "{'anyOf':[{'prefixItems':[{'$ref':'#'},{'type':'string'}],"
    "'contains':{'minimum':1},'maxContains':2},"
    "{'patternProperties':{'^a':{'$ref':'#'}},'minProperties':2},"
    "{'uniqueItems':true,'minItems':1,'maxItems':3,'items':{'$ref':'#'}},"
    "{'minLength':2,'maxLength':3,'pattern':'^[a-z]','format':'date'}],"
    "'unevaluatedItems':{'multipleOf':0.1},"
    "'unevaluatedProperties':{'exclusiveMaximum':5}}",
    "{'type':['object','array'],'required':['a'],'properties':{'a':"
    "{'enum':[1,'x',{'b':2}]},'b':{'const':{'a':[1]}}},'additionalProperties'"
    ":{'oneOf':[{'type':'number'},{'maximum':3}]},'propertyNames':"
    "{'maxLength':3},'dependentRequired':{'b':['c']},'dependentSchemas':"
    "{'c':{'maxProperties':3}},'if':{'minProperties':3},'then':{'required':"
    "['b']},'else':{'not':{'required':['c']}}}"};
#define N_TEXTS (sizeof(texts) / sizeof(*texts))

static struct schema *schemas[N_TEXTS];

static void
compile(void)
{
	static const struct schema_options o = {.asserts_format = true};

	diag_set_level((enum diag_level)(DIAG_ERROR + 1));
	for (size_t i = 0; i < N_TEXTS; i++) {
		char *text = xstrndup(texts[i], strlen(texts[i]));
		struct doc d;

		for (char *p = text; *p; p++)
			*p = *p == '\'' ? '"' : *p;
		must(doc_parse_text(&d, "fuzz", text, strlen(text)) == 0);
		must(schema_from(&schemas[i], &d, NULL, &o) == 0);
		doc_release(&d);
		free(text);
	}
}

static void
count(const struct schema_fault *f, void *arg)
{
	must(f->path && f->schema && f->message && f->keyword);
	++*(size_t *)arg;
}

static void
check(const struct schema *s, struct jval root, struct jval again)
{
	struct schema_view *v = schema_view_new(s);
	size_t told = 0, n = schema_explain(s, v, root, 5, count, &told);

	must(n == told && n <= 5);
	must(schema_check(s, v, root) == (n == 0));
	must(schema_check(s, v, again) == (n == 0));
	schema_view_free(v);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct jdoc d, e;
	struct buf copy = {0};

	if (!schemas[0])
		compile();
	jdoc_init(&d);
	jdoc_init(&e);
	if (parse(&d, (const char *)data, size) == JERR_NONE) {
		jwrite_value(&copy, jval_root(&d));
		must(parse(&e, copy.data, copy.len) == JERR_NONE);
		for (size_t i = 0; i < N_TEXTS; i++)
			check(schemas[i], jval_root(&d), jval_root(&e));
	}
	buf_release(&copy);
	jdoc_release(&d);
	jdoc_release(&e);
	return 0;
}
