/*
 * Any text as what cdo-retry takes on its command line: a command in words, a
 * backoff, exit statuses.  Words that came out come out again from quotes.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/backoff.h"
#include "core/words.h"
#include "core/xmem.h"
#include "retry/codes.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Append the word in single quotes, for words_split. */
static void
add_quoted(struct buf *b, const char *word)
{
	buf_adds(b, " '");
	for (; *word; word++) {
		if (*word == '\'')
			buf_adds(b, "'\\''");
		else
			buf_addc(b, *word);
	}
	buf_addc(b, '\'');
}

static void
check_words(const char *text)
{
	struct buf quoted = {0}, why = {0};
	char **words = words_split(text, &why), **again;

	if (!words && why.len == 0)
		abort();
	for (size_t i = 0; words && words[i]; i++)
		add_quoted(&quoted, words[i]);
	buf_addc(&quoted, '\0');
	again = words ? words_split(quoted.data, &why) : NULL;
	for (size_t i = 0; words && (words[i] || again[i]); i++)
		if (!words[i] || !again[i] || strcmp(words[i], again[i]) != 0)
			abort();
	free(words);
	free(again);
	buf_release(&quoted);
	buf_release(&why);
}

static void
check_backoff(const char *text)
{
	struct backoff b = {.is_exact = false};
	struct buf why = {0};

	if (backoff_parse(text, &b, &why))
		for (uint64_t n = 1; n < 100; n += 7) {
			int64_t ms = backoff_ms(&b, n, n * UINT64_MAX / 99);

			if (ms < b.base_ms || ms > b.cap_ms)
				abort();
		}
	else if (why.len == 0)
		abort();
	buf_release(&why);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = xstrndup((const char *)data, size);
	struct retry_codes codes;
	struct buf why = {0};

	check_words(text);
	check_backoff(text);
	if (retry_codes_parse(text, &codes, &why) == (why.len > 0))
		abort();
	for (int i = 125; i <= 127; i++)
		if (codes.is_in[i])
			abort();
	buf_release(&why);
	free(text);
	return 0;
}
