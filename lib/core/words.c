#include <ctype.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "core/words.h"
#include "core/xmem.h"

/* Is the character at p, within quotes (or 0), an escape? */
static bool
is_escape(const char *p, char quote)
{
	if (*p != '\\' || quote == '\'')
		return false;
	return quote == 0 || p[1] == '"' || p[1] == '\\';
}

/* Copy the word at p to *out, ended by NUL.  Returns what is behind it, or
 * NULL: it has no end. */
static const char *
copy_word(const char *p, char **out)
{
	char quote = 0;

	for (; *p && (quote || !isspace((unsigned char)*p)); p++) {
		if (is_escape(p, quote)) {
			if (*++p == '\0')
				return NULL;
			*(*out)++ = *p;
		} else if (*p == quote) {
			quote = 0;
		} else if (!quote && (*p == '\'' || *p == '"')) {
			quote = *p;
		} else {
			*(*out)++ = *p;
		}
	}
	*(*out)++ = '\0';
	return quote ? NULL : p;
}

char **
words_split(const char *text, struct buf *why)
{
	size_t len = strlen(text), most = len / 2 + 2, n = 0;
	/* the pointers, and behind them the text, which does not grow */
	char **words = xmalloc(most * sizeof(*words) + len + 1);
	char *out = (char *)(words + most);
	const char *p = text;

	for (;;) {
		while (isspace((unsigned char)*p))
			p++;
		if (*p == '\0')
			break;
		words[n++] = out;
		p = copy_word(p, &out);
		if (!p) {
			buf_adds(why, "a quote or backslash without an end");
			free(words);
			return NULL;
		}
	}
	words[n] = NULL;
	if (n > 0 && *words[0])
		return words;
	buf_adds(why, "no command");
	free(words);
	return NULL;
}
