/*
 * Any bytes as a source file, a template, and a Link header: no crash, and
 * what is filled into a URL stays in its place.
 */
#include <stdint.h>
#include <stdlib.h>

#include "core/diag.h"
#include "core/xmem.h"
#include "source/definition.h"
#include "source/url.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* NOLINTBEGIN(bugprone-reserved-identifier) */
const char *__lsan_default_suppressions(void);

/* What libjq loses when an expression does not compile is its own. */
const char *
__lsan_default_suppressions(void)
{
	return "leak:libjq.so";
}
/* NOLINTEND(bugprone-reserved-identifier) */

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	diag_set_level(DIAG_ERROR + 1);
	return 0;
}

/* The value must not add a segment, a query or a fragment. */
static void
fill(const char *value)
{
	json_t *vars = json_pack("{s:s}", "x", value);
	struct buf url = {0}, why = {0};
	struct template t;

	if (vars && template_compile(&t, "http://h/{x}/b?q={x}", &why)) {
		if (template_fill(&t, vars, TEMPLATE_URL, &url, &why) == 0) {
			buf_addc(&url, '\0');
			if (strncmp(url.data, "http://h/", 9) != 0 ||
			    !strstr(url.data, "/b?q=") ||
			    strchr(url.data, '#') ||
			    strcspn(url.data + 9, "/?") !=
				(size_t)(strstr(url.data, "/b?q=") - url.data -
					 9))
				abort();
		}
		template_release(&t);
	}
	json_decref(vars);
	buf_release(&url);
	buf_release(&why);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = xstrndup((const char *)data, size);
	struct buf b = {0}, why = {0};
	struct definition d;
	struct template t;

	definition_parse(&d, "f.json", text, size);
	definition_release(&d);
	if (template_compile(&t, text, &why))
		template_release(&t);
	fill(text);
	url_of_link(&b, text, "next");
	b.len = 0;
	if (url_resolve(&b, "https://example.org/a/b?c", text) &&
	    !url_origin(&why, b.data))
		abort();
	buf_release(&b);
	buf_release(&why);
	free(text);
	return 0;
}
