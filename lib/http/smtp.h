#ifndef HTTP_SMTP_H
#define HTTP_SMTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/buf.h"

/*
 * smtp - hand a mail to a server (RFC 5321), with one result a recipient.
 *
 * TLS (1.2 or later) is required and the certificate verified, unless the
 * caller says that there is none: by STARTTLS for smtp://, from the first byte
 * for smtps://.  Any thread may call it; each call has its own connection.
 * No signal ends it.  SIGPIPE is ignored from then on.
 */

#define SMTP_WHY 256 /* room for a message, and its NUL */

/* All lent.  Addresses must not hold line ends or control characters: what
 * they are is not looked at here. */
struct smtp_request {
	const char *url; /* smtp://HOST[:PORT] or smtps://HOST[:PORT] */
	bool is_plain; /* no TLS: for smtp:// only */
	const char
	    *ca; /* file of certificates to trust; NULL: as http has it */
	const char *user, *password; /* NULL: not asked for */
	const char *from; /* address */
	const char *const *to; /* addresses */
	size_t n_to;
	const struct buf *message; /* with CR LF; dots are not doubled */
	int64_t timeout_ms; /* for all of it */
};

enum smtp_class {
	SMTP_TAKEN,
	SMTP_TEMPORARY, /* 4yz, or nobody there */
	SMTP_PERMANENT /* 5yz; or a certificate that is not trusted */
};

struct smtp_result {
	enum smtp_class class;
	/* "SMTP 550: no such user", cut, with nothing unprintable; "" if it
	 * was taken. */
	char why[SMTP_WHY];
};

/* Send.  results: out, n_to of them. */
void smtp_send(const struct smtp_request *q, struct smtp_result *results);

/*
 * What a server says, told by each line it sends and each command to it: what
 * became of the recipients.  For smtp_send, and tests.
 */
struct smtp_talk {
	struct smtp_result *results; /* lent; n_to of them */
	size_t n_to;
	size_t n_asked; /* RCPT commands so far */
	bool is_rcpt; /* the last command was one, with no answer yet */
	int code; /* of the last answer to another command, or 0 */
	char text[SMTP_WHY]; /* that answer */
};

void smtp_talk_command(struct smtp_talk *t, const char *line, size_t len);
void smtp_talk_answer(struct smtp_talk *t, const char *line, size_t len);

#endif
