#ifndef ALERT_TEXT_H
#define ALERT_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/buf.h"

/*
 * text - what a service shows: data made harmless, and cut where the service
 * would cut or refuse it.
 *
 * Data may be any bytes.  What is no UTF-8, control characters (NUL, ESC) and
 * those that turn the direction of writing become U+FFFD; CR LF and CR become
 * LF.  Then each character is escaped on its own, so a cut never leaves half
 * an escape.  What was cut ends with an ellipsis.
 */

/* In what a service counts. */
enum text_unit { TEXT_BYTES, TEXT_CODE_POINTS, TEXT_UTF16 };

#define TEXT_ESCAPED 16 /* bytes that one character may become */

/*
 * Write the character c, printable or LF or TAB, in such a way that the
 * service shows it and does nothing else.  out: TEXT_ESCAPED bytes.  Returns
 * how many it took; pure.
 */
typedef size_t text_escape(uint32_t c, char *out);

/* As they are; for services that read no markup. */
size_t text_plain(uint32_t c, char *out);

/* & < > as Slack wants them: without < there are no links or mentions. */
size_t text_slack(uint32_t c, char *out);

/* HTML text and attribute values. */
size_t text_html(uint32_t c, char *out);

/* The same, with <br> for line ends. */
size_t text_html_lines(uint32_t c, char *out);

/* Telegram's HTML.  It makes mentions of @name: not with a word joiner in
 * between. */
size_t text_telegram(uint32_t c, char *out);

/* Markdown as Discord has it, with a backslash before what may be markup. */
size_t text_markdown(uint32_t c, char *out);

/* Printable ASCII, for what takes nothing else; other characters are "?". */
size_t text_ascii(uint32_t c, char *out);

struct text {
	struct buf *out; /* lent; appended to */
	text_escape *escape;
	enum text_unit unit;
	size_t max; /* units that it may get */
	bool is_line; /* line ends and tabs become spaces */
	bool is_cut; /* out: something did not fit, nor will what follows */
	size_t used; /* private: units so far */
	size_t cut_len, cut_used; /* private: where an ellipsis still fits */
};

/* Append data. */
void text_add(struct text *t, const char *s, size_t len);
void text_adds(struct text *t, const char *s);

/*
 * Append words or markup of our own: not escaped, never in part.  Nothing if
 * the text is cut, unless it ends what has begun (is_end).  It is counted, but
 * may go beyond max: leave room for it.
 */
void text_own(struct text *t, const char *s, bool is_end);

/* Units in the len bytes of UTF-8 at s. */
size_t text_size(enum text_unit unit, const char *s, size_t len);

#endif
