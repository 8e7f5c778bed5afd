/* lib/json/doc: documents, their faults by place, tables, secrets. */
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "core/diag.h"
#include "unit.h"
#include "json/doc.h"

static char told[8192];
static int saved_stderr, capture;

/* What goes to standard error is kept from here ... */
static void
listen(void)
{
	fflush(stderr);
	if (ftruncate(capture, 0) != 0 || lseek(capture, 0, SEEK_SET) != 0)
		abort();
	dup2(capture, STDERR_FILENO);
}

/* ... to here.  Is it this? */
static bool
heard(const char *text)
{
	ssize_t n = pread(capture, told, sizeof(told) - 1, 0);

	dup2(saved_stderr, STDERR_FILENO);
	return is(told, n < 0 ? 0 : (size_t)n, text);
}

static bool
parses(const char *text, int status, const char *message)
{
	struct doc d;
	int got;

	listen();
	got = doc_parse(&d, "t.json", text, strlen(text));
	doc_release(&d);
	doc_release(&d);
	return heard(message) && got == status;
}

static void
test_syntax(void)
{
	struct doc d;

	test("doc: what is no JSON is told by line and column");
	ok(parses("{\"a\":1}", 0, ""));
	ok(parses("\xEF\xBB\xBF[1]\n", 0, ""));
	ok(parses(
	    "{\n  \"a\" 1}", EX_CONFIG, "unit: t.json:2:7: colon expected\n"));
	ok(parses("[1,\n\n2", EX_CONFIG,
	    "unit: t.json:3:2: the text ends too early\n"));
	ok(parses("{\"a\":1,\n \"\\u0061\":2}", EX_CONFIG,
	    "unit: t.json:2:2: member given twice: \"\\u0061\"\n"));
	ok(parses("{\"\xc3\xa9\":1, x}", EX_CONFIG,
	    "unit: t.json:1:10: name in quotes expected\n"));
	ok(parses("[\n1, 12345678901234567890123]", EX_CONFIG,
	    "unit: t.json:2:26: too big integer\n"));
	listen();
	ok(doc_parse(&d, "t", "1\0", 2) == EX_CONFIG);
	ok(heard("unit: t:1:1: malformed number\n"));
	doc_release(&d);
	ok(parses("[\"\\u0000\"]", EX_CONFIG,
	    "unit: t.json:1:2: \\u0000 cannot be used here\n"));
}

static bool
loads(const char *path, int status, const char *message)
{
	struct doc d;
	int got;

	listen();
	got = doc_load(&d, path);
	doc_release(&d);
	return heard(message) && got == status;
}

static void
test_files(void)
{
	char path[] = "/tmp/unit-doc-XXXXXX", message[128];
	int fd = mkstemp(path);

	test("doc: files that are missing, folders, too large, or good");
	ok(loads("/nowhere/x.json", EX_NOINPUT,
	    "unit: /nowhere/x.json: open: No such file or directory\n"));
	ok(loads("/tmp", EX_NOINPUT, "unit: /tmp: read: Is a directory\n"));
	ok(write(fd, "[1]\n", 4) == 4 && loads(path, 0, ""));
	ok(ftruncate(fd, 17 << 20) == 0);
	snprintf(
	    message, sizeof(message), "unit: %s: larger than 16 MiB\n", path);
	ok(loads(path, EX_CONFIG, message));
	ok(ftruncate(fd, 0) == 0);
	snprintf(
	    message, sizeof(message), "unit: %s:1:1: nothing there\n", path);
	ok(loads(path, EX_CONFIG, message));
	close(fd);
	unlink(path);
}

#define TEN(s) s s s s s s s s s s

static void
test_places(void)
{
	static const char text[] =
	    "{ \"x\": [1, {\"a/b~\": \"}\\\"\", \"\\u0062\":\n"
	    " [true, null ]}]\n,\"y\":2}";
	struct doc d;
	struct doc_place x = {NULL, "x", 0}, one = {&x, NULL, 1};
	struct doc_place ab = {&one, "a/b~", 0}, b = {&one, "b", 0};
	struct doc_place last = {&b, NULL, 1}, y = {NULL, "y", 0};
	struct doc_place none = {&y, "z", 0}, far = {&x, NULL, 9};

	test("doc: each place is told by line, column and pointer");
	ok(doc_parse(&d, "t", text, strlen(text)) == 0);
	listen();
	doc_fault(&d, NULL, "root");
	doc_fault(&d, &x, "%s %d", "x", 7);
	doc_fault(&d, &one, "one");
	doc_fault(&d, &ab, "ab");
	doc_fault(&d, &b, "b");
	doc_fault(&d, &last, "last");
	doc_fault(&d, &y, "y");
	doc_fault(&d, &none, "none");
	doc_fault(&d, &far, "far");
	ok(heard("unit: t:1:1: root\n"
		 "unit: t:1:8: /x: x 7\n"
		 "unit: t:1:12: /x/1: one\n"
		 "unit: t:1:21: /x/1/a~1b~0: ab\n"
		 "unit: t:2:2: /x/1/b: b\n"
		 "unit: t:2:9: /x/1/b/1: last\n"
		 "unit: t:3:6: /y: y\n"
		 "unit: t:3:6: /y/z: none\n"
		 "unit: t:1:8: /x/9: far\n"));
	ok(d.n_faults == 9);
	listen();
	for (int i = 0; i < 40; i++)
		doc_fault(&d, &y, "again");
	ok(heard("unit: t:3:6: /y: again\n" TEN(
	    "unit: t:3:6: /y: again\n") "unit: t: there are more faults\n"));
	ok(d.n_faults == 49);
	doc_release(&d);
}

struct sample {
	const char *s;
	bool b;
	double x;
	uint64_t n, size;
	int64_t ms;
	int word;
	const json_t *strings, *object, *array, *value;
};

static const char *const words[] = {"error", "warning", NULL};
#define MEMBER(name, type, is_required) \
	{ \
#name, type, offsetof(struct sample, name), is_required, words \
	}
static const struct doc_member members[] = {MEMBER(s, DOC_STRING, true),
    MEMBER(b, DOC_BOOL, false), MEMBER(x, DOC_NUMBER, false),
    MEMBER(n, DOC_COUNT, false), MEMBER(size, DOC_SIZE, false),
    MEMBER(ms, DOC_DURATION, false), MEMBER(word, DOC_WORD, false),
    MEMBER(strings, DOC_STRINGS, false), MEMBER(object, DOC_OBJECT, false),
    MEMBER(array, DOC_ARRAY, false), MEMBER(value, DOC_VALUE, false),
    {NULL, DOC_VALUE, 0, false, NULL}};

static void
test_read(void)
{
	static const char text[] =
	    "{\"s\":\"t\",\"b\":true,\"x\":-1,\"n\":7,\"size\":\"64K\","
	    "\"ms\":\"1h30m\",\"word\":\"warning\",\"strings\":[\"a\"],"
	    "\"object\":{},\"array\":[],\"value\":null}";
	struct sample v = {.x = 5};
	struct doc d;

	test("doc: a table reads members of every type");
	ok(doc_parse(&d, "t", text, strlen(text)) == 0);
	ok(doc_read(&d, NULL, d.root, members, &v));
	ok(strcmp(v.s, "t") == 0 && v.b && v.x == -1 && v.n == 7);
	ok(v.size == 65536 && v.ms == 5400000 && v.word == 1);
	ok(json_array_size(v.strings) == 1 && json_is_object(v.object));
	ok(json_is_array(v.array) && json_is_null(v.value));
	doc_release(&d);
	test("doc: what is absent stays as it was");
	v = (struct sample){.x = 5, .word = -1};
	ok(doc_parse(&d, "t", "{\"s\":\"\",\"size\":9}", 17) == 0);
	ok(doc_read(&d, NULL, d.root, members, &v));
	ok(v.x == 5 && v.size == 9 && v.word == -1 && !v.strings);
	ok(d.n_faults == 0);
	doc_release(&d);
}

static bool
reads(const char *text, const char *message)
{
	struct sample v = {.x = 5};
	struct doc d;
	struct doc_place at = {NULL, "r", 0};
	bool good;

	listen();
	good = doc_parse(&d, "t", text, strlen(text)) == 0 &&
	       doc_read(&d, &at, json_object_get(d.root, "r"), members, &v);
	good = heard(message) && !good && d.n_faults > 0;
	doc_release(&d);
	return good;
}

static void
test_read_faults(void)
{
	test("doc: each wrong member is told, with the way out");
	ok(reads("{\"r\":[]}", "unit: t:1:6: /r: must be an object\n"));
	ok(reads("{\"r\":{}}", "unit: t:1:6: /r: s is missing\n"));
	ok(reads("{\"r\":{\"s\":1,\n\"valu\":1,\"quux\":2}}",
	    "unit: t:2:8: /r/valu: unknown member; did you mean value?\n"
	    "unit: t:2:17: /r/quux: unknown member\n"
	    "unit: t:1:11: /r/s: must be a string\n"));
	ok(reads("{\"r\":{\"s\":\"\",\"b\":0,\"x\":\"1\",\"n\":-1,"
		 "\"size\":\"1Q\",\"ms\":5}}",
	    "unit: t:1:18: /r/b: must be true or false\n"
	    "unit: t:1:24: /r/x: must be a number\n"
	    "unit: t:1:32: /r/n: must be an integer from 0\n"
	    "unit: t:1:42: /r/size: must be a size such as 64K or 10M,"
	    " or bytes\n"
	    "unit: t:1:52: /r/ms: must be a duration such as 90s or 1h30m\n"));
	ok(reads("{\"r\":{\"s\":\"\",\"word\":\"warnin\",\"object\":[],"
		 "\"array\":{},\"strings\":[\"a\",1,null]}}",
	    "unit: t:1:21: /r/word: must be one of error, warning;"
	    " did you mean warning?\n"
	    "unit: t:1:68: /r/strings/1: must be a string\n"
	    "unit: t:1:70: /r/strings/2: must be a string\n"
	    "unit: t:1:39: /r/object: must be an object\n"
	    "unit: t:1:50: /r/array: must be an array\n"));
	ok(reads("{\"r\":{\"s\":\"\",\"word\":1,\"strings\":{}}}",
	    "unit: t:1:21: /r/word: must be one of error, warning\n"
	    "unit: t:1:33: /r/strings: must be a string or an array of"
	    " strings\n"));
}

static bool
secret(const char *text, const char *want, const char *message)
{
	struct doc d;
	char *s;
	bool good;

	listen();
	good = doc_parse(&d, "t", text, strlen(text)) == 0;
	s = doc_secret(&d, NULL, d.root);
	good = heard(message) && good;
	good = (want ? s && strcmp(s, want) == 0 : !s) && good;
	free(s);
	doc_release(&d);
	return good;
}

static void
test_secrets(void)
{
	test("doc: secrets by reference, with a prefix, or plain");
	setenv("UNIT_TOKEN", "hunter22", 1);
	unsetenv("UNIT_NONE");
	ok(secret("\"plain\"", "plain", ""));
	ok(secret("{\"secret\":\"env:UNIT_TOKEN\"}", "hunter22", ""));
	ok(secret("{\"secret\":\"env:UNIT_TOKEN\",\"prefix\":\"Bearer \"}",
	    "Bearer hunter22", ""));
	ok(secret("{\"secret\":\"env:UNIT_NONE\"}", NULL,
	    "unit: t:1:11: /secret: env:UNIT_NONE: the variable"
	    " is not set\n"));
	ok(secret("{\"secret\":\"env:UNIT_TOKEN\",\"prefx\":\"\"}", NULL,
	    "unit: t:1:36: /prefx: unknown member; did you mean prefix?\n"));
	ok(secret("{}", NULL, "unit: t:1:1: secret is missing\n"));
	ok(secret("7", NULL,
	    "unit: t:1:1: must be a string or {\"secret\":\"env:NAME\"}\n"));
}

int
main(void)
{
	char path[] = "/tmp/unit-doc-XXXXXX";

	diag_init("unit");
	saved_stderr = dup(STDERR_FILENO);
	capture = mkstemp(path);
	if (saved_stderr < 0 || capture < 0 || unlink(path) != 0)
		abort();
	test_syntax();
	test_files();
	test_places();
	test_read();
	test_read_faults();
	test_secrets();
	close(capture);
	close(saved_stderr);
	return done();
}
