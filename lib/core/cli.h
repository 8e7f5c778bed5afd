#ifndef CORE_CLI_H
#define CORE_CLI_H

#include <getopt.h>
#include <stdbool.h>

/*
 * cli - the options that all programs share, their usage and help.
 *
 * The third exception, besides diag and out, to "lib/ never prints or
 * exits": -h, --help and -V print and end the process, a wrong call too.
 *
 *	while ((c = cli_next(&cli, argc, argv, "a" CLI_LETTERS, options)) !=
 *	    -1)
 *		switch (c) {
 *		case 'a': ...
 *		default: cli_option(&cli, c, optarg);
 *		}
 */

struct buf;

struct cli {
	/* The man page's SYNOPSIS to the letter: one call a line, each with
	 * the program's name and ended by LF. */
	const char *usage;
	/* One line an option, "  -a, --all       what it does\n". */
	const char *help;
	bool is_filter; /* takes FILTER_OPTIONS (stream/filter.h) too */
};

enum { CLI_HELP = 0x100, CLI_LOG_FORMAT, CLI_END };
#define CLI_LETTERS "hqvV"
#define CLI_OPTIONS \
	{"help", no_argument, NULL, CLI_HELP}, \
	    {"quiet", no_argument, NULL, 'q'}, \
	    {"verbose", no_argument, NULL, 'v'}, \
	    {"version", no_argument, NULL, 'V'}, \
	{ \
		"log-format", required_argument, NULL, CLI_LOG_FORMAT \
	}

/*
 * getopt_long, but for '?': what is wrong with an option is told, with the
 * nearest known one, and the process ends as cli_wrong ends it.
 */
int cli_next(const struct cli *cli, int argc, char *argv[], const char *letters,
    const struct option *options);

/* Take the option c with its argument, as they came. */
void cli_option(const struct cli *cli, int c, const char *arg);

/* "prog: message" and the usage on stderr, exit 64. */
_Noreturn void cli_wrong(const struct cli *cli, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* One verb of an admin program: cdo-cache get, cdo-alert list ... */
struct cli_verb {
	const char *name;
	/* argv[0] is the verb itself.  Returns the exit status. */
	int (*run)(int argc, char *argv[]);
};

/*
 * Run the verb that argv[1] names.  verbs ends with {NULL, NULL}.  Options
 * before the verb are the common ones.  A verb that is unknown is told with
 * the nearest known one.
 */
int cli_verbs(const struct cli *cli, const struct cli_verb *verbs, int argc,
    char *argv[]);

/* Is the verb among those in list, "get put", with spaces between them? */
bool cli_takes(const char *list, const char *verb);

/*
 * The word in names, which ends with NULL, that is most like word (edit
 * distance at most a third of its length), or else one that begins like it
 * ("min" for "minimum"), or NULL.
 */
const char *cli_nearest(const char *word, const char *const *names);

/*
 * Append the way out for a word that is none of the names: "; did you mean
 * NAME?", or where none is like it "; known are A, B, C".
 */
void cli_hint(struct buf *b, const char *word, const char *const *names);

#endif
