#ifndef ALERT_MAIL_H
#define ALERT_MAIL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/buf.h"

/*
 * mail - a message for people, as RFC 5322, 2045 to 2047 and 3834 have it.
 *
 * Pure: the same mail gives the same bytes.  Lines end with CR LF and have at
 * most 78 bytes, but for addresses and names of hosts that are longer than
 * that; all bytes are ASCII.  Data gets nowhere but into the subject and the
 * parts, encoded there.
 */

#define MAIL_ADDRESS_MAX 254 /* bytes (RFC 5321, section 4.5.3.1.3) */

/* All lent. */
struct mail {
	const char *from; /* an address */
	const char *from_name; /* who that is; any text, or NULL */
	const char *const *to; /* addresses; ends with NULL */
	const struct buf *subject; /* any bytes; one line is made of them */
	int64_t date; /* ms since 1970 */
	const char *id; /* letters and digits, of this mail only */
	const char *thread; /* the same, of all mails that belong together */
	const struct buf *text, *html; /* two forms of the contents, UTF-8 */
};

/* Append the message. */
void mail_write(struct buf *out, const struct mail *m);

/*
 * Is it an address that can go into a header and a command: local@domain,
 * both of ASCII without quotes, spaces, comments or control characters?
 */
bool mail_is_address(const char *s);

/*
 * Read "Name <address>", or an address alone, of which name is "".  name and
 * address: out, owned by the caller.  Returns whether it was one.
 */
bool mail_parse(const char *s, char **name, char **address);

/* Append an unstructured value (a subject) that begins at that column of the
 * line, folded and encoded as need be (RFC 2047). */
void mail_add_words(struct buf *out, size_t column, const char *s, size_t len);

/* Append a part's contents, quoted-printable; LF become CR LF. */
void mail_add_quoted(struct buf *out, const char *s, size_t len);

#endif
