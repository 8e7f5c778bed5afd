#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/num.h"
#include "core/xmem.h"
#include "retry/codes.h"

bool
retry_codes_is_never(int code)
{
	return code == 0 || (code >= 125 && code <= 127) || code == 130 ||
	       code == 131;
}

/* One word of the list. */
static bool
take_word(char *word, struct retry_codes *codes, struct buf *why)
{
	char *dash = strchr(word, '-');
	uint64_t first = 1, last = 255;
	bool is_good = true;

	if (dash)
		*dash = '\0';
	if (strcmp(word, "any") != 0 || dash) {
		is_good =
		    num_uint(word, 0, 255, &first) == 0 &&
		    num_uint(dash ? dash + 1 : word, first, 255, &last) == 0;
		if (dash)
			*dash = '-';
	}
	if (!is_good) {
		buf_addf(why,
		    "%s: neither a status from 1 to 255, a range nor any",
		    word);
		return false;
	}
	if (first == last && retry_codes_is_never((int)first)) {
		buf_addf(why, "%s: is never tried again", word);
		return false;
	}
	for (; first <= last; first++)
		if (!retry_codes_is_never((int)first))
			codes->is_in[first] = true;
	return true;
}

bool
retry_codes_parse(const char *text, struct retry_codes *codes, struct buf *why)
{
	char *copy = xstrndup(text, strlen(text)), *word = copy;
	bool is_good = true;

	*codes = (struct retry_codes){{false}};
	while (word && is_good) {
		char *comma = strchr(word, ',');

		if (comma)
			*comma = '\0';
		is_good = take_word(word, codes, why);
		word = comma ? comma + 1 : NULL;
	}
	free(copy);
	return is_good;
}
