/* cli_next: options as they come, and what is wrong with them, in words. */
#include <stdlib.h>
#include <string.h>

#include "core/buf.h"
#include "core/cli.h"
#include "core/xmem.h"

/* --name=value: append the name. */
static void
add_name(struct buf *b, const char *word)
{
	buf_add(b, word, strcspn(word, "="));
}

/* Append those that the word is the beginning of.  Returns how many. */
static size_t
add_meant(struct buf *b, const char *word, const struct option *options)
{
	size_t n = 0, len = strcspn(word, "=");

	for (; options->name; options++) {
		if (strncmp(options->name, word, len) != 0)
			continue;
		buf_addf(b, "%s--%s", n > 0 ? ", " : "", options->name);
		n++;
	}
	return n;
}

/* Append the way out for a long option that is unknown. */
static void
add_hint(struct buf *b, const char *word, const struct option *options)
{
	char *name = xstrndup(word, strcspn(word, "="));
	const char *names[128] = {NULL}, *nearest;

	for (size_t i = 0; options[i].name && i + 1 < 128; i++)
		names[i] = options[i].name;
	nearest = cli_nearest(name, names);
	if (nearest)
		buf_addf(b, "; did you mean --%s?", nearest);
	free(name);
}

/* What getopt_long did not take: the word, which begins with "--". */
static void
explain_long(struct buf *b, const char *word, const struct option *options)
{
	struct buf meant = {0};

	add_name(b, word);
	if (optopt != 0) { /* a known one */
		buf_adds(b, strchr(word, '=') ? ": takes no argument"
					      : ": needs an argument");
	} else if (add_meant(&meant, word + 2, options) > 0) {
		buf_adds(b, ": could be ");
		buf_add(b, meant.data, meant.len);
	} else {
		buf_adds(b, ": unknown option");
		add_hint(b, word + 2, options);
	}
	buf_release(&meant);
}

/* Was it a long one?  The word before that of a short one may be long. */
static bool
is_long(const char *word, const struct option *options)
{
	if (strncmp(word, "--", 2) != 0)
		return false;
	while (optopt != 0 && options->name && options->val != optopt)
		options++;
	return options->name != NULL;
}

int
cli_next(const struct cli *cli, int argc, char *argv[], const char *letters,
    const struct option *options)
{
	struct buf b = {0};
	int c;

	opterr = 0;
	c = getopt_long(argc, argv, letters, options, NULL);
	if (c != '?')
		return c;
	if (is_long(argv[optind - 1], options))
		explain_long(&b, argv[optind - 1], options);
	else
		buf_addf(&b, "-%c: %s", optopt,
		    optopt != ':' && strchr(letters, optopt)
			? "needs an argument"
			: "unknown option");
	buf_addc(&b, '\0');
	cli_wrong(cli, "%s", b.data);
}
