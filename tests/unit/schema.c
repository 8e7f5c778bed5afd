/* lib/schema: what each keyword says of values. */
#include "schema_unit.h"

static const struct row values[] = {
    {"schema: true, false and {}", "{'properties':{'a':true,'b':false,'c':{}}}",
	"{'a':1}\n{'c':[]}\n{}\n7", "{'b':1}\n{'b':null}"},
    {"schema: type", "{'type':'integer'}", "1\n-0\n1.0\n1e3\n1e300",
	"1.5\n'1'\nnull\ntrue\n[]\n{}"},
    {"schema: type, a list", "{'type':['string','null','array']}",
	"'1'\nnull\n[]", "0\nfalse\n{}"},
    {"schema: number and boolean", "{'type':['number','boolean']}",
	"1\n1.5\ntrue\nfalse\n12345678901234567890123", "null\n'x'"},
    {"schema: const", "{'const':{'a':[1,'x'],'b':null}}",
	"{'b':null,'a':[1.0,'x']}", "{'a':[1,'x']}\n{'a':['x',1],'b':null}"},
    {"schema: 0 is not false, 1 is 1.0, -0 is 0", "{'enum':[0,true,[1]]}",
	"0\n0.0\n-0\ntrue\n[1.0]", "false\n1\n[true]\n'0'\nnull"},
    {"schema: enum of numbers, many, among others",
	"{'enum':[5,-1,0.1,1e3,9007199254740993,2.0,'3',1e300,7,8,9,[4],{},"
	"18446744073709551615]}",
	"-1\n-1.0\n2\n1000\n9007199254740993\n1e300\n9.0\n0.1\n5\n[4.0]\n{}\n'"
	"3'"
	"\n18446744073709551615",
	"1\n3\n9007199254740992\n9007199254740994\n0.2\n-2\n4\n1e301\n"
	"18446744073709551614"},
    {"schema: enum of strings, many",
	"{'enum':['a','b','c','dd','ee','ff','ggg','hhhh','','iiiii']}",
	"'a'\n'hhhh'\n''\n'iiiii'\n'ee'", "'d'\n'eee'\n'hhhg'\n1"},
    {"schema: NUL in strings and names",
	"{'enum':['a\\u0000b'],'properties':{'x\\u0000':false}}", "'a\\u0000b'",
	"'a\\u0000c'\n'a'"},
    {"schema: NUL in names", "{'properties':{'x\\u0000':false}}",
	"{'x':1}\n{'x\\u0000y':1}", "{'x\\u0000':1}"},
    {"schema: minimum", "{'minimum':-1.5}", "-1.5\n-1\n'a'\n1e300",
	"-2\n-1.6\n-9223372036854775808"},
    {"schema: maximum of 64 bits", "{'maximum':18446744073709551615}",
	"18446744073709551615\n9223372036854775807\n-1",
	"18446744073709551616\n1e300"},
    {"schema: a limit that a double cannot hold",
	"{'minimum':9007199254740993}", "9007199254740993\n9007199254740994.0",
	"9007199254740992\n9007199254740992.0"},
    {"schema: exclusiveMinimum, exclusiveMaximum",
	"{'exclusiveMinimum':0,'exclusiveMaximum':1}", "0.5\n0.001\n0.999",
	"0\n1\n-1\n2\n0.0\n1.0"},
    {"schema: multipleOf of decimals", "{'multipleOf':0.01}",
	"0.07\n19.99\n4.35\n0\n1e22\n-0.29\n1e308", "0.075\n19.999\n1e-5"},
    {"schema: multipleOf at the ends", "{'multipleOf':0.123456789}",
	"0.123456789\n0.246913578\n123456789", "1e308\n1e-300\n1"},
    {"schema: multipleOf of integers", "{'multipleOf':3}",
	"9\n-9\n0\n9.0\n18446744073709551615", "10\n9.5\n-1\n1e20"},
    {"schema: lengths are of code points", "{'minLength':2,'maxLength':3}",
	"'ab'\n'\xC3\xA9\xC3\xA9'\n'\xF0\x9F\x98\x80\xF0\x9F\x98\x80"
	"\xF0\x9F\x98\x80'\n1",
	"'a'\n'\xF0\x9F\x98\x80'\n'abcd'\n''\n'\xC3\xA9\xC3\xA9\xC3\xA9"
	"\xC3\xA9'"},
    {"schema: lengths may be decimals", "{'minLength':2.0}", "'ab'", "'a'"},
    {"schema: patterns are not anchored, and of ECMA-262",
	"{'pattern':'a\\\\d$'}", "'a1'\n'xa1'\n1",
	"'a1\\n'\n'a\xD9\xA1'\n'A1'"},
    {"schema: format is an annotation", "{'format':'date-time'}", "'x'\n1", ""},
    {"schema: content is an annotation",
	"{'contentEncoding':'base64','contentMediaType':'application/json',"
	"'contentSchema':{'type':'object'}}",
	"'%'\n1", ""},
    {"schema: unknown keywords are ignored",
	"{'$comment':'x','title':'t','foo':{'type':'string'},'x-bar':7}",
	"1\n{'foo':1}", ""},
};

static const struct row arrays[] = {
    {"schema: minItems, maxItems", "{'minItems':1,'maxItems':2}",
	"[1]\n[1,2]\n{}\n'x'", "[]\n[1,2,3]"},
    {"schema: prefixItems and items",
	"{'prefixItems':[{'type':'string'},{'type':'integer'}],"
	"'items':{'type':'boolean'}}",
	"[]\n['a']\n['a',1]\n['a',1,true,false]\n{}",
	"[1]\n['a','b']\n['a',1,1]\n['a',1,true,null]"},
    {"schema: items false", "{'prefixItems':[{}],'items':false}", "[]\n[1]",
	"[1,2]"},
    {"schema: contains", "{'contains':{'type':'integer'}}",
	"[1]\n['a',1]\n[1,2]\n'x'", "[]\n['a']"},
    {"schema: minContains, maxContains",
	"{'contains':{'const':1},'minContains':2,'maxContains':3}",
	"[1,1]\n[1,2,1,1.0]", "[1]\n[1,1,1,1]\n[]"},
    {"schema: minContains of 0", "{'contains':{'const':1},'minContains':0}",
	"[]\n[2]", ""},
    {"schema: minContains without contains", "{'minContains':2}", "[]\n[1]",
	""},
    {"schema: uniqueItems", "{'uniqueItems':true}",
	"[]\n[1,2]\n[1,true]\n[0,false]\n[[1],[true]]\n['1',1]\n"
	"[{'a':1},{'a':2}]\n['a','b','c','d','e','f']\n"
	"[1,2,3,4,5,{'a':1,'b':2},{'a':2,'b':1}]",
	"[1,1]\n[1,1.0]\n[0,-0.0,1]\n[{'a':1,'b':2},{'b':2,'a':1}]\n"
	"[1,2,3,4,5,{'a':1,'b':2},{'b':2,'a':1.0}]\n"
	"['a','b','c','d','e','f','a']\n[[[1]],2,3,4,5,[[1.0]]]"},
    {"schema: of members with one name the last counts for uniqueItems",
	"{'uniqueItems':true}", "[{'a':1,'a':2},{'a':1},3,4,5]",
	"[{'a':1,'a':2},{'a':2},3,4,5]\n[{'a':1,'a':2},{'a':2}]"},
};

static const struct row objects[] = {
    {"schema: properties",
	"{'properties':{'a':{'type':'integer'},'b':{'type':'string'}}}",
	"{'a':1,'b':'x'}\n{'b':'x','c':[]}\n{}\n[]\n1",
	"{'a':'x'}\n{'a':1,'b':2}\n{'c':1,'b':2}"},
    {"schema: keywords that name nothing",
	"{'properties':{},'required':[],'patternProperties':{},"
	"'dependentRequired':{},'dependentSchemas':{}}",
	"{'a':1,'b':{}}\n{}\n[]\n1", ""},
    {"schema: properties of none, in a member",
	"{'properties':{'p':{'type':'object','properties':{}}}}",
	"{'p':{'a':1,'b':2}}\n{'p':{}}\n{'q':1}", "{'p':1}"},
    {"schema: names of every length",
	"{'additionalProperties':false,'properties':{'':{},'a':{},"
	"'abcdefg':{},'abcdefgh':{},'abcdefghijkl':{},'abcdefghijklm':{},"
	"'a name that is longer than thirty-two bytes':{'type':'null'}}}",
	"{'':1,'a':1,'abcdefg':1,'abcdefgh':1,'abcdefghijkl':1,"
	"'abcdefghijklm':1,'a name that is longer than thirty-two bytes':null}",
	"{'b':1}\n{'abcdefghi':1}\n{'abcdefghijkln':1}\n"
	"{'a name that is longer than thirty-two bytez':null}\n"
	"{'a name that is longer than thirty-two bytes':1}"},
    {"schema: names that other languages trip on",
	"{'properties':{'__proto__':{'type':'number'},"
	"'constructor':{'type':'number'},'toString':{'type':'string'}},"
	"'required':['length']}",
	"{'length':1}\n{'length':0,'__proto__':1,'toString':'x'}",
	"{'__proto__':1}\n{'length':1,'constructor':'x'}\n"
	"{'length':1,'toString':1}"},
    {"schema: patternProperties and additionalProperties",
	"{'properties':{'x1':{'minimum':5}},'patternProperties':"
	"{'^x':{'type':'integer'},'1$':{'maximum':9}},"
	"'additionalProperties':{'type':'string'}}",
	"{'x1':7,'x2':100,'y1':3,'z':'s'}",
	"{'x1':4}\n{'x1':10}\n{'x1':'s'}\n{'x2':'s'}\n{'y1':10}\n{'z':1}"},
    {"schema: additionalProperties false, names only required",
	"{'properties':{'a':true},'required':['b'],"
	"'additionalProperties':false}",
	"", "{'a':1,'b':1}\n{'a':1}"},
    {"schema: required", "{'required':['a','b']}", "{'a':1,'b':null}\n[]",
	"{}\n{'a':1}\n{'b':1,'c':1}"},
    {"schema: minProperties, maxProperties",
	"{'minProperties':2,'maxProperties':3}",
	"{'a':1,'b':2}\n{'a':1,'b':2,'c':3}\n[]",
	"{}\n{'a':1}\n{'a':1,'b':2,'c':3,'d':4}"},
    {"schema: members are counted once",
	"{'minProperties':2,"
	"'maxProperties':2}",
	"{'a':1,'b':2,'a':3}", "{'a':1,'a':2}\n{'a':1,'a':2,'b':1,'c':3}"},
    {"schema: of members with one name the last counts",
	"{'properties':{'a':{'type':'integer'}},'patternProperties':"
	"{'^p':{'type':'integer'}},'additionalProperties':{'type':'string'}}",
	"{'a':'x','a':1}\n{'p':'x','p':1}\n{'z':1,'z':'s'}",
	"{'a':1,'a':'x'}\n{'p':1,'p':'x'}\n{'z':'s','z':1}"},
    {"schema: propertyNames",
	"{'propertyNames':{'maxLength':2,"
	"'pattern':'^[a-z]*$'}}",
	"{'ab':1,'':2}\n[]", "{'abc':1}\n{'A':1}\n{'a':1,'B':2}"},
    {"schema: dependentRequired",
	"{'dependentRequired':{'a':['b','c'],'d':[]}}",
	"{}\n{'b':1}\n{'a':1,'b':1,'c':1}\n{'d':1}", "{'a':1}\n{'a':1,'b':1}"},
    {"schema: dependentSchemas",
	"{'dependentSchemas':{'a':{'required':['b']},'c':false}}",
	"{}\n{'a':1,'b':1}\n{'b':1}", "{'a':1}\n{'c':1}"},
    {"schema: dependencies, also in new drafts",
	"{'dependencies':{'a':['b'],'c':{'required':['d']}}}",
	"{}\n{'a':1,'b':1}\n{'c':1,'d':1}", "{'a':1}\n{'c':1}"},
};

static const struct row logic[] = {
    {"schema: allOf", "{'allOf':[{'minimum':1},{'maximum':2}]}", "1\n2\n'x'",
	"0\n3"},
    {"schema: anyOf", "{'anyOf':[{'type':'string'},{'minimum':5}]}",
	"'x'\n5\nnull", "4"},
    {"schema: oneOf", "{'oneOf':[{'minimum':1},{'maximum':2},false]}", "0\n3",
	"1\n2\nnull"},
    {"schema: not", "{'not':{'type':['integer','null']}}", "'x'\n1.5",
	"1\nnull"},
    {"schema: if, then, else",
	"{'if':{'minimum':10},'then':{'multipleOf':10},"
	"'else':{'multipleOf':2}}",
	"20\n4\n'x'", "15\n3"},
    {"schema: then and else without if",
	"{'then':{'const':1},'else':{'const':2}}", "3", ""},
    {"schema: alternatives told by a constant",
	"{'oneOf':[{'properties':{'k':{'const':'a'},'v':{'type':'integer'}}},"
	"{'properties':{'k':{'const':'b'},'v':{'type':'string'}}}],"
	"'required':['k']}",
	"{'k':'a','v':1}\n{'v':'x','k':'b'}", "{'k':'a','v':'x'}\n{'k':'c'}"},
};

static const struct row late[] = {
    {"schema: unevaluatedProperties through every applicator",
	"{'properties':{'p':true},'patternProperties':{'^q':true},"
	"'allOf':[{'properties':{'all':true}}],"
	"'anyOf':[{'properties':{'x':{'const':1}},'required':['x']},"
	"{'properties':{'y':{'const':1}},'required':['y']},true],"
	"'oneOf':[{'properties':{'one':true},'required':['one']},"
	"{'not':{'required':['one']}}],"
	"'if':{'properties':{'i':{'const':1}},'required':['i']},"
	"'then':{'properties':{'t':true}},'else':{'properties':{'e':true}},"
	"'dependentSchemas':{'p':{'properties':{'d':true}}},"
	"'$ref':'#/$defs/r','$defs':{'r':{'properties':{'ref':true}}},"
	"'unevaluatedProperties':false}",
	"{'p':1,'q1':1,'all':1,'x':1,'y':1,'one':1,'i':1,'t':1,'d':1,'ref':1}\n"
	"{'e':1}\n{}\n[]",
	"{'z':1}\n{'x':2}\n{'i':1,'e':1}\n{'t':1}\n{'d':1}\n{'i':2}\n"
	"{'y':0,'x':1}"},
    {"schema: not evaluates nothing",
	"{'not':{'properties':{'a':{'const':1}},'required':['a']},"
	"'unevaluatedProperties':false}",
	"{}", "{'a':2}"},
    {"schema: unevaluatedProperties within, and a schema",
	"{'allOf':[{'properties':{'a':true},"
	"'unevaluatedProperties':{'type':'string'}}],"
	"'unevaluatedProperties':false}",
	"{'a':1,'b':'x'}\n{}", "{'b':1}"},
    {"schema: cousins do not see each other",
	"{'allOf':[{'properties':{'a':true}},"
	"{'unevaluatedProperties':false}]}",
	"{}", "{'a':1}"},
    {"schema: unevaluatedItems through every applicator",
	"{'prefixItems':[true],'contains':{'type':'string'},'minContains':0,"
	"'anyOf':[{'prefixItems':[true,{'const':2}]},true],"
	"'if':{'prefixItems':[{'const':0}]},'then':{'prefixItems':"
	"[true,true,true]},'unevaluatedItems':false}",
	"[]\n[1]\n[1,'a','b']\n[1,2]\n[1,2,'x']\n[0,5,6]",
	"[1,3]\n[1,2,3]\n"
	"[0,5,6,7]"},
    {"schema: items evaluates all of them",
	"{'allOf':[{'items':{'type':'integer'}}],'unevaluatedItems':false}",
	"[1,2]\n[]\n{}", "['a']"},
    {"schema: many members and elements",
	"{'allOf':[{'patternProperties':{'^a':true}}],"
	"'unevaluatedProperties':{'type':'array','prefixItems':[true],"
	"'unevaluatedItems':{'type':'null'}}}",
	"{'a1':0,'a2':0,'b':[1,null,null],'a3':0,'c':[]}",
	"{'a1':0,'b':[1,null,2]}\n{'c':1}"},
};

static const struct row old[] = {
    {"schema: draft-07: nothing counts beside $ref",
	"{'properties':{'a':{'$ref':'#/definitions/n','maximum':2}},"
	"'definitions':{'n':{'type':'number'}}}",
	"{'a':3}", "{'a':'x'}"},
    {"schema: draft-07: items and additionalItems",
	"{'items':[{'type':'string'}],'additionalItems':{'type':'integer'}}",
	"['a',1,2]\n[]", "[1]\n['a','b']"},
    {"schema: draft-07: additionalItems without a list of items",
	"{'items':{'type':'string'},'additionalItems':false}", "['a','b']",
	"[1]"},
    {"schema: draft-07: dependencies",
	"{'dependencies':{'a':['b'],'c':{'minProperties':2},'d':true}}",
	"{'a':1,'b':2}\n{'c':1,'d':1}", "{'a':1}\n{'c':1}"},
    {"schema: draft-07: what it does not know",
	"{'prefixItems':[false],'unevaluatedItems':false,"
	"'dependentRequired':{'a':['b']},'minContains':3,"
	"'contains':true,'$anchor':7}",
	"[1]\n{'a':1}", "[]"},
    {"schema: draft-07: identifiers with a fragment name a place",
	"{'$ref':'#here','definitions':{'x':{'$id':'#here',"
	"'type':'integer'}}}",
	"1", "'x'"},
};

static const struct row middle[] = {
    {"schema: 2019-09: contains evaluates nothing",
	"{'contains':{'const':1},'unevaluatedItems':false}", "", "[1]"},
    {"schema: 2019-09: items, additionalItems and $ref with others",
	"{'items':[true],'additionalItems':{'$ref':'#/$defs/n','minimum':2},"
	"'$defs':{'n':{'type':'number'}}}",
	"[1,2]", "[1,1]\n[1,'x']"},
    {"schema: 2019-09: $recursiveRef",
	"{'$id':'http://e.org/t','$recursiveAnchor':true,"
	"'properties':{'c':{'$recursiveRef':'#'},'n':{'type':'integer'}},"
	"'unevaluatedProperties':false}",
	"{'c':{'c':{'n':1}}}", "{'c':{'c':{'m':1}}}\n{'c':{'n':'x'}}"},
};

int
main(void)
{
	static const struct schema_options d07 = {.draft = SCHEMA_07};
	static const struct schema_options d19 = {.draft = SCHEMA_2019_09};

	CHECK_ROWS(values, NULL);
	CHECK_ROWS(arrays, NULL);
	CHECK_ROWS(objects, NULL);
	CHECK_ROWS(logic, NULL);
	CHECK_ROWS(late, NULL);
	CHECK_ROWS(old, &d07);
	CHECK_ROWS(middle, &d19);
	return done();
}
