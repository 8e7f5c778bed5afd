#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "config.h"
#include "core/buf.h"
#include "core/cli.h"
#include "core/diag.h"
#include "core/xmem.h"

static const char common[] =
    "Common options, see cdo(7): -h --help -q --quiet -v --verbose -V "
    "--version\n  --log-format text|json";
static const char common_of_filters[] =
    " --max-line SIZE --[no-]progress --strip";

static const char *called; /* the verb whose options are read, or NULL */

/* Is a line of the usage, "PROG VERB|VERB ...", one of the called verb? */
static bool
is_called(const char *line)
{
	const char *verb = line + strcspn(line, " \n");

	while (called && (*verb == ' ' || *verb == '|')) {
		size_t len = strcspn(++verb, " |\n");

		if (strlen(called) == len && memcmp(verb, called, len) == 0)
			return true;
		verb += len;
		if (*verb == ' ')
			break;
	}
	return !called;
}

/* The usage as it is printed: later lines stand below the first. */
static void
add_usage(struct buf *b, const char *usage)
{
	const char *lf;

	for (bool first = true; *usage; usage = lf + 1) {
		lf = strchr(usage, '\n');
		if (!is_called(usage))
			continue;
		buf_adds(b, first ? "usage: " : "       ");
		first = false;
		buf_add(b, usage, (size_t)(lf + 1 - usage));
	}
}

static void
write_all(int fd, const struct buf *b)
{
	size_t done = 0;

	while (done < b->len) {
		ssize_t n = write(fd, b->data + done, b->len - done);

		if (n < 0)
			die_errno(EX_IOERR, "write");
		done += (size_t)n;
	}
}

/* Print to standard output, and end. */
static _Noreturn void
print(struct buf *b)
{
	write_all(STDOUT_FILENO, b);
	if (close(STDOUT_FILENO) != 0)
		die_errno(EX_IOERR, "<stdout>: write");
	buf_release(b);
	exit(0);
}

static _Noreturn void
print_help(const struct cli *cli)
{
	struct buf b = {0};

	add_usage(&b, cli->usage);
	buf_adds(&b, cli->help);
	buf_adds(&b, common);
	if (cli->is_filter)
		buf_adds(&b, common_of_filters);
	buf_addc(&b, '\n');
	print(&b);
}

/* The usage on stderr, exit 64. */
static _Noreturn void
misuse(const struct cli *cli)
{
	struct buf b = {0};

	add_usage(&b, cli->usage);
	write_all(STDERR_FILENO, &b);
	buf_release(&b);
	exit(EX_USAGE);
}

void
cli_option(const struct cli *cli, int c, const char *arg)
{
	static enum diag_level level = DIAG_WARNING;
	struct buf b = {0};

	switch (c) {
	case 'h':
		add_usage(&b, cli->usage);
		print(&b);
	case CLI_HELP:
		print_help(cli);
	case 'V':
		buf_addf(&b, "%s %s\n", diag_prog(), CDO_VERSION);
		print(&b);
	case 'q':
		level = DIAG_ERROR;
		break;
	case 'v':
		level = level == DIAG_INFO ? DIAG_DEBUG : DIAG_INFO;
		break;
	case CLI_LOG_FORMAT:
		if (strcmp(arg, "json") != 0 && strcmp(arg, "text") != 0)
			cli_wrong(cli,
			    "--log-format: %s: neither text nor json", arg);
		diag_set_json(*arg == 'j');
		break;
	default:
		misuse(cli);
	}
	diag_set_level(level);
}

void
cli_wrong(const struct cli *cli, const char *fmt, ...)
{
	struct buf text = {0};
	va_list ap;

	va_start(ap, fmt);
	buf_addv(&text, fmt, ap);
	va_end(ap);
	diag_error("%s", text.data);
	buf_release(&text);
	misuse(cli);
}

/* Levenshtein's distance, by one row of the table. */
static size_t
distance(const char *a, const char *b)
{
	size_t n = strlen(b), result;
	size_t *row = xcalloc(n + 1, sizeof(*row));

	for (size_t j = 0; j <= n; j++)
		row[j] = j;
	for (size_t i = 0; a[i]; i++) {
		size_t diagonal = row[0];

		row[0] = i + 1;
		for (size_t j = 1; j <= n; j++) {
			size_t best = diagonal + (a[i] != b[j - 1]);

			diagonal = row[j];
			if (row[j] + 1 < best)
				best = row[j] + 1;
			if (row[j - 1] + 1 < best)
				best = row[j - 1] + 1;
			row[j] = best;
		}
	}
	result = row[n];
	free(row);
	return result;
}

/* The name that starts the word, or is started by it; NULL if none does. */
static const char *
kin(const char *word, size_t len, const char *const *names)
{
	for (; *names; names++) {
		size_t n = strlen(*names);

		n = n < len ? n : len;
		if (n > 2 && strncmp(word, *names, n) == 0)
			return *names;
	}
	return NULL;
}

const char *
cli_nearest(const char *word, const char *const *names)
{
	const char *const *all = names;
	size_t len = strlen(word), best = (len + 2) / 3 + 1;
	const char *nearest = NULL;

	if (len > 64)
		return NULL;
	for (; *names; names++) {
		size_t d = distance(word, *names);

		if (d < best) {
			best = d;
			nearest = *names;
		}
	}
	return nearest ? nearest : kin(word, len, all);
}

void
cli_hint(struct buf *b, const char *word, const char *const *names)
{
	const char *nearest = cli_nearest(word, names);

	if (nearest) {
		buf_addf(b, "; did you mean %s?", nearest);
		return;
	}
	for (size_t i = 0; names[i]; i++)
		buf_addf(b, "%s%s", i ? ", " : "; known are ", names[i]);
}

bool
cli_takes(const char *list, const char *verb)
{
	size_t len = strlen(verb);
	const char *p = list;

	while ((p = strstr(p, verb))) {
		if ((p == list || p[-1] == ' ') &&
		    (p[len] == '\0' || p[len] == ' '))
			return true;
		p += len;
	}
	return false;
}

static const struct cli_verb *
find_verb(const struct cli_verb *verbs, const char *name)
{
	for (; verbs->name; verbs++)
		if (strcmp(verbs->name, name) == 0)
			return verbs;
	return NULL;
}

static const char *
nearest_verb(const struct cli_verb *verbs, const char *name)
{
	const char *names[64] = {NULL};

	for (size_t i = 0; verbs[i].name && i + 1 < 64; i++)
		names[i] = verbs[i].name;
	return cli_nearest(name, names);
}

int
cli_verbs(
    const struct cli *cli, const struct cli_verb *verbs, int argc, char *argv[])
{
	static const struct option options[] = {
	    CLI_OPTIONS, {NULL, 0, NULL, 0}};
	const struct cli_verb *verb;
	const char *near;
	int c, first;

	while ((c = cli_next(cli, argc, argv, "+" CLI_LETTERS, options)) != -1)
		cli_option(cli, c, optarg);
	if (optind == argc)
		cli_wrong(cli, "what to do?");
	verb = find_verb(verbs, argv[optind]);
	if (verb) {
		first = optind;
		called = verb->name;
		optind = 0; /* GNU's way to scan another argv */
		return verb->run(argc - first, argv + first);
	}
	near = nearest_verb(verbs, argv[optind]);
	cli_wrong(cli, "%s: unknown command%s%s%s", argv[optind],
	    near ? "; did you mean " : "", near ? near : "", near ? "?" : "");
}
