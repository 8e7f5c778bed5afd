/* lib/schema: references, identifiers, anchors, dialects, files. */
#include <stdio.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "core/diag.h"
#include "schema_unit.h"

static const struct row rows[] = {
    {"schema: $ref to the root, to places, with escapes",
	"{'properties':{'c':{'$ref':'#'},'x':{'$ref':'#/$defs/a~1b~0%25'}},"
	"'additionalProperties':false,'$defs':{'a/b~%':{'type':'integer'}}}",
	"{'c':{'c':{'x':1}}}", "{'c':{'c':{'y':1}}}\n{'x':'s'}"},
    {"schema: $ref goes with its siblings",
	"{'$ref':'#/$defs/a','maximum':5,'$defs':{'a':{'minimum':2}}}", "2\n5",
	"1\n6"},
    {"schema: $ref into an unknown keyword",
	"{'$ref':'#/foo/0','foo':[{'$ref':'#/bar'}],'bar':{'type':'null'}}",
	"null", "1"},
    {"schema: a property called $ref",
	"{'properties':{'$ref':{'type':'string'}}}", "{'$ref':'#/nowhere'}",
	"{'$ref':1}"},
    {"schema: anchors, of each resource its own",
	"{'$ref':'#a','$defs':{'x':{'$anchor':'a','type':'integer'},"
	"'y':{'$id':'http://e.org/y','$anchor':'a','type':'string'}}}",
	"1", "'x'"},
    {"schema: embedded resources by their identifiers",
	"{'$id':'http://e.org/root/main.json','properties':{"
	"'a':{'$ref':'sub/a.json'},'b':{'$ref':'/b.json#/$defs/n'},"
	"'c':{'$ref':'sub/a.json#x'}},'$defs':{"
	"'one':{'$id':'sub/a.json','type':'array','$defs':"
	"{'x':{'$anchor':'x','$ref':'#/$defs/y'},'y':{'minLength':2}}},"
	"'two':{'$id':'http://e.org/b.json','$defs':{'n':{'const':1}}}}}",
	"{'a':[],'b':1,'c':'xy'}", "{'a':1}\n{'b':2}\n{'c':'x'}"},
    {"schema: identifiers that are names",
	"{'$id':'urn:example:root','$ref':'urn:example:sub#/$defs/n','$defs':"
	"{'s':{'$id':'urn:example:sub','$defs':{'n':{'type':'null'}}}}}",
	"null", "1"},
    {"schema: $id in enum and unknown keywords is data",
	"{'$defs':{'d':{'enum':[{'$id':'http://e.org/x','type':'null'}]},"
	"'r':{'$id':'http://e.org/x','type':'string'}},"
	"'anyOf':[{'$ref':'#/$defs/d'},{'$ref':'http://e.org/x'}]}",
	"{'$id':'http://e.org/x','type':'null'}\n'a'", "null\n1"},
    {"schema: an embedded resource of another dialect",
	"{'prefixItems':[{'$ref':'old'}],'$defs':{'o':{'$id':'old',"
	"'$schema':'http://json-schema.org/draft-07/schema#',"
	"'items':[{'type':'integer'}],'prefixItems':[false]}}}",
	"[[1,'x']]", "[['x']]"},
    {"schema: $dynamicRef finds the outermost anchor",
	"{'$id':'http://e.org/strict','$dynamicAnchor':'node','$ref':'tree',"
	"'unevaluatedProperties':false,'$defs':{'t':{'$id':'tree',"
	"'$dynamicAnchor':'node','properties':{'data':true,"
	"'children':{'items':{'$dynamicRef':'#node'}}}}}}",
	"{'children':[{'data':1}]}", "{'children':[{'daat':1}]}\n{'daat':1}"},
    {"schema: $dynamicRef to an anchor that is none is a reference",
	"{'$id':'http://e.org/a','$dynamicAnchor':'n','$ref':'b','$defs':"
	"{'b':{'$id':'b','items':{'$dynamicRef':'#n'},"
	"'$defs':{'x':{'$anchor':'n','type':'integer'}}}}}",
	"[1]", "['x']"},
    {"schema: the metaschemas are built in",
	"{'$ref':'https://json-schema.org/draft/2020-12/schema'}",
	"{}\ntrue\n{'type':'string','properties':{'a':{'minLength':1}}}",
	"{'type':'strnig'}\n{'properties':{'a':{'minLength':-1}}}\n7"},
    {"schema: the metaschema of draft-07",
	"{'$ref':'http://json-schema.org/draft-07/schema#'}",
	"{'definitions':{'a':true}}", "{'definitions':{'a':1}}"},
    {"schema: the metaschema of 2019-09",
	"{'$ref':'https://json-schema.org/draft/2019-09/schema'}",
	"{'$defs':{'a':true}}", "{'$defs':{'a':{'items':1}}}"},
};

/* Files in a folder of their own. */
static char dir[] = "/tmp/schema-XXXXXX";

static char *
file(const char *name)
{
	struct buf b = {0};

	buf_addf(&b, "%s/%s", dir, name);
	return b.data;
}

static void
put(const char *name, const char *text)
{
	char *path = file(name), *json = quoted(text);
	FILE *f = fopen(path, "w");

	ok(f && fputs(json, f) >= 0 && fclose(f) == 0);
	free(path);
	free(json);
}

static void
drop(const char *name)
{
	char *path = file(name);

	remove(path);
	free(path);
}

static struct schema *
load(const char *name, const struct schema_options *o)
{
	char *path = file(name);
	struct schema *s = NULL;

	ok(schema_load(&s, path, o) == 0);
	free(path);
	return s;
}

static void
check_files(void)
{
	struct schema *s;

	test("schema: references to files are relative to the file");
	put("a.json", "{'properties':{'b':{'$ref':'b.json#/$defs/x'},"
		      "'a':{'$ref':'a.json'},'n':{'type':'integer'}}}");
	put("b.json", "{'$defs':{'x':{'items':{'$ref':'#/$defs/y'}},"
		      "'y':{'$ref':'./a.json'}}}");
	s = load("a.json", NULL);
	check_lines(s, "{'b':[{'n':1}]}\n{'a':{'b':[]}}", true);
	check_lines(s, "{'b':[{'n':'x'}]}\n{'a':{'n':null}}", false);
	schema_free(s);

	test("schema: ... even where it has an identifier");
	put("a.json", "{'$id':'https://e.org/s/a.json',"
		      "'items':{'$ref':'c.json'}}");
	put("c.json", "{'$id':'https://e.org/s/c.json','type':'null'}");
	s = load("a.json", NULL);
	check_lines(s, "[null]", true);
	check_lines(s, "[1]", false);
	schema_free(s);
}

static void
map(struct schema_refs *refs, const char *url, const char *name)
{
	char *path = file(name);
	struct buf b = {0};

	buf_addf(&b, "%s=%s", url, path);
	ok(schema_refs_add(refs, b.data) == 0);
	buf_release(&b);
	free(path);
}

static void
check_mappings(void)
{
	struct schema_options o = {.refs = schema_refs_new()};
	struct schema_refs *refs = schema_refs_new();
	struct schema *s;

	test("schema: --ref maps URLs and folders");
	schema_refs_free((struct schema_refs *)o.refs);
	map(refs, "https://e.org/exact", "c.json");
	map(refs, "https://e.org/all/", "");
	ok(schema_refs_add(refs, "nothing") == -1);
	ok(schema_refs_add(refs, "=x") == -1);
	ok(schema_refs_add(refs, "x=") == -1);
	o.refs = refs;
	s = compile_text("{'anyOf':[{'$ref':'https://e.org/exact'},"
			 "{'$ref':'https://e.org/all/c.json'}]}",
	    &o);
	ok(s != NULL);
	if (s)
		check_lines(s, "1", false);
	schema_free(s);
	schema_refs_free(refs);
}

/* A metaschema that knows no validation, and one that asserts formats. */
static void
check_vocabularies(void)
{
	struct schema_refs *refs = schema_refs_new();
	struct schema_options o = {.refs = refs};
	struct schema *s;

	put("meta.json",
	    "{'$schema':'https://json-schema.org/draft/2020-12/schema',"
	    "'$id':'http://e.org/meta','$vocabulary':{"
	    "'https://json-schema.org/draft/2020-12/vocab/core':true,"
	    "'https://json-schema.org/draft/2020-12/vocab/applicator':true,"
	    "'https://json-schema.org/draft/2020-12/vocab/format-assertion':"
	    "true,'http://e.org/mine':false}}");
	map(refs, "http://e.org/meta", "meta.json");

	test("schema: $vocabulary says which keywords there are");
	s = compile_text("{'$schema':'http://e.org/meta','minimum':7,"
			 "'properties':{'a':{'format':'ipv4'},'b':false}}",
	    &o);
	ok(s != NULL);
	if (s) {
		check_lines(s, "1\n{'a':'127.0.0.1'}\n{'a':1}", true);
		check_lines(s, "{'a':'127.0.0.256'}\n{'b':1}", false);
	}
	schema_free(s);

	test("schema: a vocabulary that is required and not known is a fault");
	put("meta.json", "{'$schema':'https://json-schema.org/draft/2020-12/"
			 "schema','$vocabulary':{'http://e.org/mine':true}}");
	ok(!compile_text("{'$schema':'http://e.org/meta'}", &o));
	schema_refs_free(refs);
}

static void
check_options(void)
{
	struct schema_options o = {.asserts_format = true};
	enum schema_draft draft = SCHEMA_2020_12;
	struct schema *s;

	test("schema: formats are asserted if the caller wants it");
	s = compile_text("{'format':'date'}", &o);
	check_lines(s, "'2026-01-31'\n7", true);
	check_lines(s, "'2026-01-32'\n''", false);
	schema_free(s);
	test("schema: unknown formats are ignored");
	s = compile_text("{'format':'datum'}", &o);
	check_lines(s, "'x'", true);
	schema_free(s);
	test("schema: drafts have names");
	ok(schema_draft_find("2019-09", &draft) == 0 &&
	    draft == SCHEMA_2019_09);
	ok(schema_draft_find("7", &draft) == 0 && draft == SCHEMA_07);
	ok(schema_draft_find("6", &draft) == -1 && draft == SCHEMA_07);
	test("schema: $schema is stronger than the option");
	o.draft = SCHEMA_07;
	s = compile_text("{'$schema':'https://json-schema.org/draft/2020-12/"
			 "schema','prefixItems':[false]}",
	    &o);
	check_lines(s, "[1]", false);
	schema_free(s);
}

/* Schemas that recur, as deep as values may be, and wide ones. */
static void
check_depth(void)
{
	struct buf deep = {0}, schema = {0};
	struct schema *s = compile_text(
	    "{'items':{'$ref':'#'},'type':'array','unevaluatedItems':false}",
	    NULL);

	test("schema: as deep as values may be");
	for (int i = 0; i < 1023; i++)
		buf_addc(&deep, '[');
	for (int i = 0; i < 1023; i++)
		buf_addc(&deep, ']');
	buf_addc(&deep, '\0');
	ok(accepts(s, deep.data));
	schema_free(s);
	buf_release(&deep);

	test("schema: a chain of references is no matter");
	buf_adds(&schema, "{'$ref':'#/$defs/0','$defs':{");
	for (int i = 0; i < 5000; i++)
		buf_addf(&schema, "'%d':{'maximum':%d,'$ref':'#/$defs/%d'},", i,
		    i + 7, i + 1);
	buf_adds(&schema, "'5000':{'minimum':2}}}");
	buf_addc(&schema, '\0');
	s = compile_text(schema.data, NULL);
	ok(s != NULL);
	if (s) {
		ok(accepts(s, "2"));
		ok(!accepts(s, "1"));
		ok(!accepts(s, "8"));
	}
	schema_free(s);
	buf_release(&schema);

	test("schema: what would take for ever is given up");
	s = compile_text("{'$defs':{'x':{'type':['array','null']}},"
			 "'anyOf':[{'items':{'$ref':'#'}},"
			 "{'items':{'$ref':'#'},'minItems':0}],"
			 "'type':'array'}",
	    NULL);
	for (int i = 0; i < 200; i++)
		buf_addc(&deep, '[');
	buf_addc(&deep, '1');
	for (int i = 0; i < 200; i++)
		buf_addc(&deep, ']');
	buf_addc(&deep, '\0');
	ok(!accepts(s, deep.data));
	schema_free(s);
	buf_release(&deep);
}

static void
tell(const struct schema_fault *f, void *arg)
{
	(void)arg;
	ok(is(f->schema, strlen(f->schema), "/schema/a/minimum"));
}

static void
check_inner(void)
{
	static const char text[] =
	    "{\"rules\":[],\"schema\":{\"a\":{\"minimum\":1,"
	    "\"items\":{\"$ref\":\"#/items2\"},\"items2\":false}}}";
	struct doc_place outer = {.key = "schema"};
	struct doc_place at = {.up = &outer, .key = "a"};
	struct schema_view *v;
	struct schema *s = NULL;
	struct jdoc j;
	struct doc d;

	test("schema: a schema within another document");
	jdoc_init(&j);
	ok(doc_parse(&d, "rules.json", text, strlen(text)) == 0);
	ok(schema_from(&s, &d, &at, NULL) == 0);
	doc_release(&d);
	check_lines(s, "2\n[]", true);
	check_lines(s, "0\n[1]", false);
	v = schema_view_new(s);
	ok(schema_explain(s, v, parse_value(&j, "0"), 9, tell, NULL) == 1);
	schema_view_free(v);
	schema_free(s);
	jdoc_release(&j);
}

int
main(void)
{
	static const char *const names[] = {
	    "a.json", "b.json", "c.json", "meta.json"};

	diag_set_level((enum diag_level)(DIAG_ERROR + 1));
	ok(mkdtemp(dir) != NULL);
	CHECK_ROWS(rows, NULL);
	check_files();
	check_mappings();
	check_vocabularies();
	check_options();
	check_depth();
	check_inner();
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		drop(names[i]);
	rmdir(dir);
	return done();
}
