#ifndef CORE_DIAG_H
#define CORE_DIAG_H

#include <stdbool.h>
#include <stddef.h>

/*
 * diag - one-line diagnostics on standard error.
 *
 * A message is "prog: text\n", or with diag_set_json one JSON object a line,
 * and leaves in a single write(2), so that the tools of a pipeline sharing one
 * stderr do not cut each other's lines.  Control characters in the text (it
 * may quote the data) become '?', bytes that are not UTF-8 too; secrets that
 * were read are masked (see secret); what is longer than 1 KiB is cut.
 * The program's name is coloured on a terminal, unless NO_COLOR is set.
 * Any thread may report.
 */

#define DIAG_PRINTF(f, a) __attribute__((format(printf, f, a)))

enum diag_level { DIAG_DEBUG, DIAG_INFO, DIAG_WARNING, DIAG_ERROR };

/* Remember the base name of argv0 as the prefix.  Call first in main. */
void diag_init(const char *argv0);

/* The prefix: never NULL, borrowed, lives as long as the process. */
const char *diag_prog(void);

/* Print what is at least this grave; DIAG_WARNING from the start. */
void diag_set_level(enum diag_level least);

/* Print {"time":..,"level":..,"program":..,"message":..} from now on. */
void diag_set_json(bool on);

/* "debug", "info", "warning", "error".  Static. */
const char *diag_level_name(enum diag_level level);

/*
 * Hand every message, whatever its level, to log as well: the text without
 * the program's name, cleaned, not ended by NUL.  For obs/log.
 */
void diag_set_log(void (*log)(enum diag_level, const char *text, size_t len));

/* Have die call end(status) before it exits.  For obs/run. */
void diag_set_end(int (*end)(int status));

/* Call that, if anybody set it; returns the status.  For _exit in out. */
int diag_end(int status);

void diag_debug(const char *fmt, ...) DIAG_PRINTF(1, 2);
void diag_info(const char *fmt, ...) DIAG_PRINTF(1, 2);
void diag_warn(const char *fmt, ...) DIAG_PRINTF(1, 2);
void diag_error(const char *fmt, ...) DIAG_PRINTF(1, 2);

/*
 * Print an event: text for people or, with diag_set_json, line, a JSON object
 * ended by LF.  It does not go to the log.
 */
void diag_event(enum diag_level level, const char *text, const char *line);

/*
 * Show text as the terminal's last line until the next call, or until a
 * message comes, which takes its place; NULL clears it.  Where stderr is no
 * terminal, text is a line like others.  For progress.
 */
void diag_status(const char *text);

/* Print and exit(status), an EX_ code.  For src/, and lib's exceptions. */
_Noreturn void die(int status, const char *fmt, ...) DIAG_PRINTF(2, 3);

/* The same with ": " and strerror(errno) behind it. */
_Noreturn void die_errno(int status, const char *fmt, ...) DIAG_PRINTF(2, 3);

#endif
