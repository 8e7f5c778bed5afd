/* Any bytes as a field path, and as a record to look it up in. */
#include <stdint.h>
#include <stdlib.h>

#include "core/xmem.h"
#include "json/path.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char record[] =
	    "{\"a\":[{\"b\":1},[2,3]],\"a\":{\"a\":[0]},\"\":{\"_\":null}}";
	char padded[sizeof(record) + JDOC_PADDING] = "";
	char *text = xstrndup((const char *)data, size);
	struct jpath_error err;
	struct jpath p;
	struct jdoc d;

	jdoc_init(&d);
	memcpy(padded, record, sizeof(record));
	if (jdoc_parse(&d, padded, sizeof(record) - 1) != JERR_NONE)
		abort();
	if (jpath_compile(&p, text, &err)) {
		if (p.n == 0 && jpath_get(&p, jval_root(&d)).at != 1)
			abort();
		jpath_get(&p, jval_root(&d));
		jpath_release(&p);
	} else if (err.at > strlen(text) || !err.what) {
		abort();
	}
	free(text);
	jdoc_release(&d);
	return 0;
}
