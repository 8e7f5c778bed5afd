/* lib/schema: what is told of schemas and of values that are wrong. */
#include <sysexits.h>

#include "core/diag.h"
#include "schema_unit.h"

static struct buf told;

static void
keep(enum diag_level level, const char *text, size_t len)
{
	(void)level;
	buf_add(&told, text, len);
	buf_addc(&told, '\n');
}

static const struct {
	const char *schema, *faults;
} wrong[] = {
    {"7", "test.json:1:1: must be a schema: an object, true or false\n"},
    {"{'type':'strnig',\n 'minimum':'1'}",
	"test.json:1:9: /type: must be one of null, boolean, integer, number, "
	"string, array, object\n"
	"test.json:2:12: /minimum: must be a number\n"},
    {"{'$defs':{'a':{'minLength':-1}}}",
	"test.json:1:28: /$defs/a/minLength: must be an integer from 0\n"},
    {"{'properties':{'a/b':{'pattern':'('}}}",
	"test.json:1:33: /properties/a~1b/pattern: is no regular expression: "},
    {"{'patternProperties':{'[':true}}",
	"test.json:1:27: /patternProperties/[: is no regular expression: "},
    {"{'$ref':'#/nowhere'}",
	"test.json:1:9: /$ref: leads to no schema in file:///"},
    {"{'$ref':'#none'}", "test.json:1:9: /$ref: leads to no schema in "},
    {"{'const':{'a':1},'items':{'$ref':'#/const/a'}}",
	"test.json:1:34: /items/$ref: leads to no schema in "},
    {"{'$ref':'https://example.org/x.json'}",
	"test.json:1:9: /$ref: https://example.org/x.json is not here; --ref "
	"https://example.org/x.json=PATH can tell where it is, nothing is "
	"fetched\n"},
    {"{'$schema':'https://example.org/meta'}",
	"test.json:1:12: /$schema: this dialect is not known, only the drafts "
	"2020-12, 2019-09 and 7; --ref https://example.org/meta=PATH can tell "
	"of others\n"},
    {"{'allOf':[{'$ref':'#'}]}",
	"test.json:1:11: /allOf/0: leads back to itself, without end\n"},
    {"{'$defs':{'a':{'$ref':'#/$defs/b'},'b':{'$ref':'#/$defs/a'}}}",
	"test.json:1:40: /$defs/b: leads back to itself, without end\n"},
    {"{'items':[1]}",
	"test.json:1:10: /items: must be a schema: an object, true or false; "
	"an array is prefixItems since 2020-12\n"},
    {"{'name':'x','rules':[]}",
	"test.json:1:1: is a rule file, not a schema: it goes with -R\n"},
    {"{'allOf':{},'$defs':[],'not':1}",
	"test.json:1:10: /allOf: must be an array of schemas\n"
	"test.json:1:21: /$defs: must be an object of schemas\n"
	"test.json:1:30: /not: must be a schema: an object, true or false\n"},
    {"{'minimum':1,'minimum':2}",
	"test.json:1:12: /minimum: this member is given twice\n"},
    {"{'required':'a','dependentRequired':{'a':[1]},'enum':1,"
     "'multipleOf':0,'uniqueItems':1}",
	"test.json:1:13: /required: must be an array of names\n"
	"test.json:1:43: /dependentRequired/a/0: must be a string\n"
	"test.json:1:54: /enum: must be an array\n"
	"test.json:1:69: /multipleOf: must be a number above 0\n"
	"test.json:1:85: /uniqueItems: must be true or false\n"},
    {"{'$defs':{'a':{'$anchor':'x'},'b':{'$anchor':'x'}}}",
	"test.json:1:46: /$defs/b/$anchor: this anchor is given twice\n"},
    {"{'$defs':{'a':{'$id':'x'},'b':{'$id':'x'}}}",
	"test.json:1:38: /$defs/b/$id: this is given twice\n"},
};

static void
check_wrong(void)
{
	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
		const char *want = wrong[i].faults;

		test(wrong[i].schema[0] == '{' ? "schema: a fault by place"
					       : "schema: no schema at all");
		told.len = 0;
		ok(!compile_text(wrong[i].schema, NULL));
		buf_addc(&told, '\0');
		if (strncmp(told.data, want, strlen(want)) != 0)
			printf("# %s", told.data);
		ok(strncmp(told.data, want, strlen(want)) == 0);
		/* and no more of them */
		if (want[strlen(want) - 1] == '\n')
			ok(told.data[strlen(want)] == '\0');
	}
}

static void
check_unknown(void)
{
	struct schema_options o = {.tells_unknown = true};
	struct schema *s;

	test("schema: keywords that are not known can be told");
	told.len = 0;
	s = compile_text("{'minimun':1,'x-mine':2,'properties':{'minimun':{"
			 "'prefixItem':[],'elephant':1}}}",
	    &o);
	ok(s && schema_n_unknown(s) == 3);
	ok(is(told.data, told.len,
	    "test.json:1:12: /minimun: unknown keyword; did you mean "
	    "minimum?\n"
	    "test.json:1:63: /properties/minimun/prefixItem: unknown keyword; "
	    "did you mean prefixItems?\n"
	    "test.json:1:77: /properties/minimun/elephant: unknown keyword\n"));
	schema_free(s);
	told.len = 0;
	s = compile_text("{'items':{'format':'emial'},'format':'colour'}", &o);
	ok(s && schema_n_unknown(s) == 2);
	ok(is(told.data, told.len,
	    "test.json:1:38: /format: unknown format\n"
	    "test.json:1:20: /items/format: unknown format; did you mean "
	    "email?\n"));
	schema_free(s);
	told.len = 0;
	s = compile_text("{'minimun':1,'format':'emial'}", NULL);
	ok(s && schema_n_unknown(s) == 0 && told.len == 0);
	schema_free(s);
}

static const struct {
	const char *name, *schema, *value, *faults;
} explained[] = {
    {"of every type of value, in the order of the schema",
	"{'properties':{'b':{'minimum':0},'a':{'maxLength':1},'c':"
	"{'pattern':'^x'},'e':{'enum':['C','F']},'d':{'type':['number','null']"
	"}}}",
	"{'a':'xy','b':-1,'c':'a','d':'1','e':'K'}",
	"/b minimum /properties/b/minimum is below 0\n"
	"/a maxLength /properties/a/maxLength is longer than 1 character\n"
	"/c pattern /properties/c/pattern does not match ^x\n"
	"/e enum /properties/e/enum is not one of 'C', 'F'\n"
	"/d type /properties/d/type is a string, not null or a number\n"},
    {"of numbers",
	"{'items':{'maximum':3,'exclusiveMinimum':1,'exclusiveMaximum':2.5,"
	"'multipleOf':0.5}}",
	"[4,1,1.7]",
	"/0 maximum /items/maximum is above 3\n"
	"/0 exclusiveMaximum /items/exclusiveMaximum is not below 2.5\n"
	"/1 exclusiveMinimum /items/exclusiveMinimum is not above 1\n"
	"/2 multipleOf /items/multipleOf is not a multiple of 0.5\n"},
    {"of types",
	"{'prefixItems':[{'type':'integer'},{'type':'object'},{'type':"
	"['string','boolean','array']}]}",
	"[1.5,null,7]",
	"/0 type /prefixItems/0/type is a fraction, not an integer\n"
	"/1 type /prefixItems/1/type is null, not an object\n"
	"/2 type /prefixItems/2/type is an integer, not a boolean, a string "
	"or an array\n"},
    {"of members that lack, or are too many",
	"{'required':['a','b'],'properties':{'a':true},"
	"'additionalProperties':false,'dependentRequired':{'z':['y']}}",
	"{'z':1,'q/~':2}",
	" required /required lacks 'a'\n"
	" required /required lacks 'b'\n"
	"/z additionalProperties /additionalProperties is not allowed\n"
	"/q~1~0 additionalProperties /additionalProperties is not allowed\n"
	" dependentRequired /dependentRequired/z lacks 'y', which 'z' asks "
	"for\n"},
    {"of counts",
	"{'properties':{'a':{'minItems':2},'b':{'maxItems':1,"
	"'uniqueItems':true},'c':{'minProperties':1},'d':{'maxProperties':0},"
	"'e':{'minLength':3}}}",
	"{'a':[],'b':[1,1],'c':{},'d':{'x':1},'e':''}",
	"/a minItems /properties/a/minItems has fewer than 2 elements\n"
	"/b maxItems /properties/b/maxItems has more than 1 element\n"
	"/b uniqueItems /properties/b/uniqueItems has equal elements\n"
	"/c minProperties /properties/c/minProperties has fewer than 1 "
	"member\n"
	"/d maxProperties /properties/d/maxProperties has more than 0 "
	"members\n"
	"/e minLength /properties/e/minLength is shorter than 3 characters\n"},
    {"of const, not and false",
	"{'prefixItems':[{'const':{'a':1}},{'not':{'type':'null'}},false]}",
	"[1,null,2]",
	"/0 const /prefixItems/0/const is not {'a':1}\n"
	"/1 not /prefixItems/1/not is what 'not' excludes\n"
	"/2 prefixItems /prefixItems/2 is not allowed\n"},
    {"of contains",
	"{'prefixItems':[{'contains':{'const':1}},{'contains':{'const':1},"
	"'minContains':2},{'contains':{'const':1},'maxContains':1}]}",
	"[[],[1],[1,1]]",
	"/0 contains /prefixItems/0/contains has no element as wanted\n"
	"/1 minContains /prefixItems/1/minContains has 1 elements as wanted, "
	"at least 2 must be\n"
	"/2 maxContains /prefixItems/2/maxContains has 2 elements as wanted, "
	"at most 1 may be\n"},
    {"of names", "{'propertyNames':{'maxLength':2}}", "{'ab':1,'abc':2}",
	"/abc propertyNames /propertyNames has a name that is longer than 2 "
	"characters\n"},
    {"through references and conditions only what then says",
	"{'if':{'properties':{'k':{'const':'a'}}},'then':{'$ref':'#/$defs/a'},"
	"'else':false,'$defs':{'a':{'properties':{'v':{'maximum':1}}}}}",
	"{'k':'a','v':2}",
	"/v maximum /$defs/a/properties/v/maximum is above 1\n"},
    {"of alternatives the one whose constant is right",
	"{'oneOf':[{'properties':{'k':{'const':'a'},'v':{'properties':{'w':"
	"{'maximum':1}}}}},{'properties':{'k':{'const':'b'},'v':{'type':"
	"'string'}}}]}",
	"{'k':'b','v':{'w':2}}",
	"/v type /oneOf/1/properties/v/type is an object, not a string (the "
	"closest of 2 alternatives)\n"},
    {"of alternatives the one that got furthest",
	"{'anyOf':[{'type':'string'},{'properties':{'a':{'type':'null'}}},"
	"{'properties':{'a':{'items':{'minimum':5}}}}]}",
	"{'a':[7,1]}",
	"/a/1 minimum /anyOf/2/properties/a/items/minimum is below 5 (the "
	"closest of 3 alternatives)\n"},
    {"of alternatives not the one of another type",
	"{'anyOf':[{'type':'string'},{'type':'object','required':['a']}]}",
	"{}",
	" required /anyOf/1/required lacks 'a' (the closest of 2 "
	"alternatives)\n"},
    {"of too many alternatives", "{'oneOf':[true,{'minimum':5},{}]}", "1",
	" oneOf /oneOf is valid by alternatives 0 and 2, not by one alone\n"},
    {"of what is not evaluated, without noise",
	"{'properties':{'a':{'type':'integer'}},'anyOf':[{'properties':{'b':"
	"{'maximum':1}},'required':['b']}],'unevaluatedProperties':false}",
	"{'a':'x','b':2,'c':3}",
	"/a type /properties/a/type is a string, not an integer\n"
	"/b maximum /anyOf/0/properties/b/maximum is above 1\n"
	"/c unevaluatedProperties /unevaluatedProperties is not allowed\n"},
    {"of elements that are not evaluated",
	"{'prefixItems':[true],'unevaluatedItems':{'type':'null'}}",
	"[1,null,2]",
	"/2 type /unevaluatedItems/type is an integer, not null\n"},
    {"in another document",
	"{'$ref':'http://json-schema.org/draft-07/schema#'}",
	"{'minLength':-1}",
	"/minLength minimum http://json-schema.org/draft-07/schema#"
	"/definitions/nonNegativeInteger/minimum is below 0\n"},
    {"of members with one name only the last",
	"{'additionalProperties':{'type':'integer'}}",
	"{'a':'x','a':1,'b':1,'b':'x'}",
	"/b type /additionalProperties/type is a string, not an integer\n"},
    {"of a schema that leads back to itself by $dynamicRef",
	"{'$id':'http://e.org/r','$dynamicAnchor':'n','maxProperties':0,"
	"'allOf':[{'$dynamicRef':'sub#n'}],'$defs':"
	"{'sub':{'$id':'sub','$dynamicAnchor':'n'}}}",
	"{'a':1}",
	"   cannot be checked: here the schema leads too deep, or back to "
	"itself\n"},
};

static void
write_fault(const struct schema_fault *f, void *arg)
{
	struct buf *b = arg;

	buf_addf(
	    b, "%s %s %s %s\n", f->path, f->keyword, f->schema, f->message);
}

static void
explain(const char *text, const char *value, size_t max, struct buf *b)
{
	struct schema *s = compile_text(text, NULL);
	struct schema_view *v = schema_view_new(s);
	char *json = quoted(value);
	struct jdoc d;
	struct jval root;
	size_t first;

	jdoc_init(&d);
	root = parse_value(&d, json);
	schema_explain(s, v, root, max, write_fault, b);
	first = b->len;
	schema_explain(s, v, root, max, write_fault, b);
	ok(b->len == 2 * first && /* the same again */
	    memcmp(b->data, b->data + first, first) == 0);
	b->len = first;
	jdoc_release(&d);
	schema_view_free(v);
	schema_free(s);
	free(json);
}

static void
check_explained(void)
{
	struct buf b = {0}, many = {0};

	for (size_t i = 0; i < sizeof(explained) / sizeof(*explained); i++) {
		char *want = quoted(explained[i].faults);

		test(explained[i].name);
		b.len = 0;
		explain(explained[i].schema, explained[i].value, 20, &b);
		ok(is(b.data, b.len, want));
		free(want);
	}
	test("schema: no more faults than wanted");
	b.len = 0;
	buf_adds(&many, "[1");
	for (int i = 0; i < 50; i++)
		buf_adds(&many, ",1");
	buf_adds(&many, "]");
	buf_addc(&many, '\0');
	explain("{'items':{'type':'null'}}", many.data, 2, &b);
	ok(is(b.data, b.len,
	    "/0 type /items/type is an integer, not null\n"
	    "/1 type /items/type is an integer, not null\n"));
	buf_release(&b);
	buf_release(&many);
}

/* Two alternatives a level: nobody can look at all of the ways down, nor keep
 * what is wrong on each of them. */
static void
check_many_ways(void)
{
	static const char end[] = " takes too long to check\n";
	struct buf value = {0}, b = {0};

	test("schema: more ways to be wrong than there is time for");
	for (int i = 0; i < 500; i++)
		buf_adds(&value, "{'a':");
	buf_adds(&value, "1");
	for (int i = 0; i < 500; i++)
		buf_adds(&value, "}");
	buf_addc(&value, '\0');
	explain("{'anyOf':[{'properties':{'a':{'$ref':'#'}},'required':['x']},"
		"{'properties':{'a':{'$ref':'#'}},'required':['y']}]}",
	    value.data, SIZE_MAX, &b);
	ok(b.len < 8 << 20 && b.len > strlen(end) &&
	    memcmp(b.data + b.len - strlen(end), end, strlen(end)) == 0);
	buf_release(&value);
	buf_release(&b);
}

static void
check_missing(void)
{
	struct schema *s = NULL;

	test("schema: a file that is not there");
	told.len = 0;
	ok(schema_load(&s, "/nowhere/x.json", NULL) == EX_NOINPUT && !s);
	ok(is(told.data, told.len,
	    "/nowhere/x.json: open: No such file or directory\n"));
	told.len = 0;
	ok(schema_load(&s, "nowhere", NULL) == EX_NOINPUT && !s);
	ok(is(told.data, told.len,
	    "nowhere: no such file, and no schema of that name\n"));
}

int
main(void)
{
	diag_set_level((enum diag_level)(DIAG_ERROR + 1));
	diag_set_log(keep);
	check_wrong();
	check_unknown();
	check_explained();
	check_many_ways();
	check_missing();
	buf_release(&told);
	return done();
}
