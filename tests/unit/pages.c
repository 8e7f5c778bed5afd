/* lib/source: templates, URLs, Link headers, the guard, the loader. */
#include <stdlib.h>

#include "core/buf.h"
#include "source/definition.h"
#include "source/guard.h"
#include "source/template.h"
#include "source/url.h"
#include "unit.h"

/* Does the template, with x and y set, come to that at the place? */
static bool
fills(const char *text, enum template_place place, const char *x,
    const char *want)
{
	json_t *vars = json_pack("{s:s, s:i}", "x", x, "y", 7);
	struct buf out = {0}, why = {0};
	struct template t;
	bool same = false;

	if (template_compile(&t, text, &why)) {
		same = template_fill(&t, vars, place, &out, &why) == 0 &&
		       out.len == strlen(want) &&
		       (out.len == 0 || memcmp(out.data, want, out.len) == 0);
		template_release(&t);
	}
	same = same || (!*want && why.len > 0);
	buf_release(&out);
	buf_release(&why);
	json_decref(vars);
	return same;
}

static bool
resolves(const char *base, const char *reference, const char *want)
{
	struct buf b = {0};
	bool good = url_resolve(&b, base, reference);
	bool same = want ? good && strcmp(b.data, want) == 0 : !good;

	if (!same)
		printf("# %s: %.*s\n", reference, (int)b.len, b.data);
	buf_release(&b);
	return same;
}

static bool
links(const char *header, const char *want)
{
	struct buf b = {0};
	bool good = url_of_link(&b, header, "next");
	bool same = want ? good && strcmp(b.data, want) == 0 : !good;

	buf_release(&b);
	return same;
}

static bool
has_origin(const char *url, const char *want)
{
	struct buf b = {0};
	bool good = url_origin(&b, url);
	bool same = want ? good && strcmp(b.data, want) == 0 : !good;

	buf_release(&b);
	return same;
}

static void
templates(void)
{
	test("templates: escaped by place, or refused");
	ok(fills("a{x}b{y}{{}}", TEMPLATE_TEXT, "&", "a&b7{}"));
	ok(fills("{x}&{y}", TEMPLATE_QUERY, "a b&=", "a%20b%26%3D%267"));
	ok(fills("http://{x}.org/{x}?q={x}", TEMPLATE_URL, "a-b",
	    "http://a-b.org/a-b?q=a-b"));
	ok(fills("http://h/{x}?q={x}", TEMPLATE_URL, "a/../?#",
	    "http://h/a%2F..%2F%3F%23?q=a%2F..%2F%3F%23"));
	ok(fills("http://{x}/", TEMPLATE_URL, "evil/", ""));
	ok(fills("http://{x}/", TEMPLATE_URL, "u@h", ""));
	ok(fills("http://h/{x}", TEMPLATE_URL, "..", ""));
	ok(fills("{x}://h/", TEMPLATE_URL, "file", ""));
	ok(fills("{x}", TEMPLATE_HEADER, "a\r\nB: c", ""));
	ok(fills("{x}", TEMPLATE_HEADER, "a b", "a b"));
	ok(fills("{x}", TEMPLATE_TEXT, "{y}", "{y}"));
	ok(fills("{z}", TEMPLATE_TEXT, "", ""));
	ok(fills("{x", TEMPLATE_TEXT, "", ""));
	ok(fills("x}", TEMPLATE_TEXT, "", ""));
	ok(fills("{9}", TEMPLATE_TEXT, "", ""));
}

/* Those of RFC 3986, 5.4, but for other schemes. */
static void
references(void)
{
	const char *base = "http://a/b/c/d?q";

	test("references: RFC 3986, 5.4");
	ok(resolves(base, "g", "http://a/b/c/g"));
	ok(resolves(base, "./g", "http://a/b/c/g"));
	ok(resolves(base, "g/", "http://a/b/c/g/"));
	ok(resolves(base, "/g", "http://a/g"));
	ok(resolves(base, "//g", "http://g"));
	ok(resolves(base, "?y", "http://a/b/c/d?y"));
	ok(resolves(base, "g?y", "http://a/b/c/g?y"));
	ok(resolves(base, "#s", "http://a/b/c/d?q"));
	ok(resolves(base, "g#s", "http://a/b/c/g"));
	ok(resolves(base, "", "http://a/b/c/d?q"));
	ok(resolves(base, ".", "http://a/b/c/"));
	ok(resolves(base, "..", "http://a/b/"));
	ok(resolves(base, "../g", "http://a/b/g"));
	ok(resolves(base, "../..", "http://a/"));
	ok(resolves(base, "../../../g", "http://a/g"));
	ok(resolves(base, "/./g", "http://a/g"));
	ok(resolves(base, "/../g", "http://a/g"));
	ok(resolves(base, "g.", "http://a/b/c/g."));
	ok(resolves(base, "..g", "http://a/b/c/..g"));
	ok(resolves(base, "g/./h", "http://a/b/c/g/h"));
	ok(resolves(base, "g/../h", "http://a/b/c/h"));
	ok(resolves(base, "g?y/../x", "http://a/b/c/g?y/../x"));
	ok(resolves("http://a", "g", "http://a/g"));
	ok(resolves(base, "https://x:8/y", "https://x:8/y"));
	ok(resolves(base, "ftp://x/", NULL));
	ok(resolves(base, "http://u@x/", NULL));
	ok(resolves(base, "a b", NULL));
	ok(resolves(base, "a\\b", NULL));
	test("origins");
	ok(has_origin("HTTP://EXAMPLE.org/x", "http://example.org:80"));
	ok(has_origin("https://[::1]:8443?x", "https://[::1]:8443"));
	ok(has_origin("https://a#b", "https://a:443"));
	ok(has_origin("http://a:/", "http://a:80"));
	ok(has_origin("http://a:b/", NULL));
	ok(has_origin("http://a@b/", NULL));
	ok(has_origin("http:///x", NULL));
	ok(has_origin("file:///x", NULL));
}

static void
headers(void)
{
	test("Link headers: RFC 8288");
	ok(links("<https://a/?page=2>; rel=\"next\"", "https://a/?page=2"));
	ok(links("<a>; rel=last, <b,c>;title=\"x, <y>; rel=next\"; rel=next",
	    "b,c"));
	ok(links("<a>;rel=\"prev NEXT\"", "a"));
	ok(links("<a>;rel=prev;rel=next", NULL));
	ok(links("<a>; rel", NULL));
	ok(links("<a; rel=next", NULL));
	ok(links("a; rel=next", NULL));
	ok(links("<a>;x=\"\\\"\";rel=next", "a"));
	ok(links("", NULL));
}

static void
guards(void)
{
	struct guard g = {0};

	test("a guard: every token, the last five bodies");
	ok(guard_token(&g, "a", 1));
	for (int i = 0; i < 1000; i++)
		ok(guard_token(&g, (const char *)&i, sizeof(i)));
	ok(!guard_token(&g, "a", 1));
	for (uint64_t h = 1; h <= 6; h++)
		ok(guard_body(&g, h));
	ok(!guard_body(&g, 2));
	ok(!guard_body(&g, 6));
	ok(guard_body(&g, 1)); /* six pages ago */
	guard_release(&g);
}

static void
loader(void)
{
	static const char text[] =
	    "{\"url\":\"http://a/"
	    "{x}\",\"for\":{\"x\":[1,2],\"y\":[\"a\",\"b\"]},"
	    "\"on_status\":{\"4xx\":\"retry\",\"404\":\"ignore\"},"
	    "\"headers\":{\"X\":{\"secret\":\"env:A\",\"prefix\":\"p \"}}}";
	struct definition d;
	struct buf b = {0};

	test("the loader: rows, statuses, secrets by reference");
	ok(definition_parse(
	       &d, "dir/stem.source.json", text, sizeof(text) - 1) == 0);
	ok(strcmp(d.name, "stem") == 0);
	ok(json_array_size(d.rows) == 4);
	ok(d.on_status[404] == STATUS_IGNORE);
	ok(d.on_status[499] == STATUS_RETRY);
	ok(d.on_status[500] == STATUS_DEFAULT);
	ok(d.pages.kind == PAGE_NONE && d.pages.max_pages == 1);
	slot_show(&d.headers.all[0].value, &b);
	ok(b.len == 9 && memcmp(b.data, "p {env:A}", 9) == 0);
	buf_release(&b);
	definition_release(&d);
	definition_release(&d);
}

int
main(void)
{
	templates();
	references();
	headers();
	guards();
	loader();
	return done();
}
