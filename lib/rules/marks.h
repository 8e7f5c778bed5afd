#ifndef RULES_MARKS_H
#define RULES_MARKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/buf.h"
#include "rules/rules.h"
#include "rules/view.h"

/*
 * marks - what became of each check of a record, in one word: with it
 * cdo-validate -a lets cdo-score count checks without the rules.
 *
 * It is the id of the set of checks, a colon, and then the checks in the order
 * of the rules, "1f0c92d37be4a605:CVV/V!v-/T37".  A check is a letter and its
 * outcome:
 *
 *	C V U S T  completeness, validity, uniqueness, consistency, timeliness;
 *		   lower case if the severity is below error
 *	* ' $	   before it: critical; info; of a schema
 *	/	   before these: another field begins; /N: the one of number N,
 *		   from 0, which was there before
 *	-	   after it: skipped
 *	!N	   failed, with N errors in the annotation; 1 is left out
 *	N	   passed with a grade of N percent, from 1 to 99
 *
 * Sets of checks with the same id are the same in all but their messages and
 * limits: counts go on when a limit is set anew.
 */

#define MARKS_ID 17 /* 16 hexadecimal digits and a NUL */
#define MARKS_BEFORE 16
#define MARKS_CHECKS 10000 /* more are refused by marks_read */

/* What is the same in all marks of a set of checks. */
struct marks {
	char id[MARKS_ID];
	char (*before)[MARKS_BEFORE]; /* owned; what stands before an outcome */
	size_t *fields; /* owned; the number of each check's field */
	size_t n;
};

void marks_init(struct marks *m, const struct rules *rules);
void marks_release(struct marks *m);

/* Append the marks of the record in the view.  errors: how many of each
 * check that failed stand in the annotation. */
void marks_write(struct buf *b, const struct marks *m,
    const struct rules_view *v, const uint32_t *errors);

struct marks_check {
	enum dimension dimension;
	enum severity severity;
	size_t field; /* its number */
	bool is_schema;
	enum outcome outcome;
	uint8_t grade; /* percent; of one that passed */
	uint32_t errors; /* of one that failed */
};

/*
 * Read a marks of len bytes.
 * id: out.  checks: the caller's buffer, in which the array of them, *n long,
 * is made anew.
 * Returns false if it is none, or has more than MARKS_CHECKS.
 */
bool marks_read(const char *s, size_t len, char id[MARKS_ID],
    struct buf *checks, size_t *n);

#endif
