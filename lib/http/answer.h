#ifndef HTTP_ANSWER_H
#define HTTP_ANSWER_H

#include <stdbool.h>
#include <stddef.h>

/*
 * answer - the status and the headers of an answer.  Private to http.
 *
 * It is built from the lines of the header as they come.  A line of status
 * begins anew, so that what counts is the last answer: interim ones (1xx)
 * come before it.  Lines without a name and a colon are passed over; one that
 * begins with a blank belongs to the line before (RFC 9112, 5.2).
 */

struct answer;

struct answer *answer_new(void);

/* NULL is fine. */
void answer_free(struct answer *a);

/* Take a line, with its end or without. */
void answer_line(struct answer *a, const char *line, size_t len);

/* 0 before the first line of status. */
int answer_status(const struct answer *a);

/* The value, without blanks around it; several of the name are joined by
 * ", ".  NULL if there is none.  Lent. */
const char *answer_get(const struct answer *a, const char *name);

/* Step through the headers: *i is 0 before the first call.  Lent.  Returns
 * false behind the last. */
bool answer_next(
    const struct answer *a, size_t *i, const char **name, const char **value);

#endif
