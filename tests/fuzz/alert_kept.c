/*
 * Any bytes as what the store keeps of alerts, and as what people write on the
 * command line.  A letter that can be read is written so that it reads again.
 */
#include <stdint.h>
#include <stdlib.h>

#include "alert/matcher.h"
#include "alert/outbox.h"
#include "alert/silence.h"
#include "alert/window.h"
#include "core/xmem.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_letter(const char *text, size_t len)
{
	struct buf why = {0}, again = {0};
	struct letter e, copy;

	if (letter_read(&e, text, len, &why)) {
		letter_write(&again, &e);
		if (!letter_read(&copy, again.data, again.len, &why) ||
		    copy.n != e.n)
			abort();
		letter_release(&copy);
	}
	letter_release(&e);
	buf_release(&again);
	buf_release(&why);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = xstrndup((const char *)data, size);
	struct buf why = {0};
	struct matchers m = {0};
	struct silence s;
	struct window w;

	check_letter(text, size);
	silence_read(&s, text, size, &why);
	silence_release(&s);
	matchers_parse(&m, text, &why);
	matchers_release(&m);
	window_parse(&w, text, &why);
	buf_release(&why);
	free(text);
	return 0;
}
