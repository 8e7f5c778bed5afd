/*
 * Any bytes as a JSON text: the parser of records and the finder of faults
 * agree on whether it is one.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/xmem.h"
#include "json/fault.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *padded = xcalloc(size + JDOC_PADDING, 1);
	char *exact = xmalloc(size ? size : 1);
	size_t at = SIZE_MAX;
	struct jdoc d;
	enum jerror e, why;

	if (size > 0) {
		memcpy(padded, data, size);
		memcpy(exact, data, size);
	}
	jdoc_init(&d);
	e = jdoc_parse(&d, padded, size);
	why = jfault_find(exact, size, &at);
	if ((e == JERR_NONE) != (why == JERR_NONE))
		abort();
	if (why ? at > size || why == JERR_SYNTAX : at != SIZE_MAX)
		abort();
	jdoc_release(&d);
	free(exact);
	free(padded);
	return 0;
}
