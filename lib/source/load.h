#ifndef SOURCE_LOAD_H
#define SOURCE_LOAD_H

#include "source/definition.h"

/*
 * load - the parts of reading a source file.  Private to source.
 *
 * Each takes the value of a member, which may be NULL if it is not there, and
 * tells its faults.
 */

void load_params(struct definition *d, const char *member, const json_t *object,
    struct params *p);
void load_body(
    struct definition *d, const struct doc_place *at, const json_t *v);
void load_rows(struct definition *d, const json_t *v);
void load_pages(struct definition *d, const json_t *v);
void load_cursor(struct definition *d, const json_t *v);
void load_statuses(struct definition *d, const json_t *v);

/* Is that an expression?  NULL is fine. */
bool load_expr(
    struct definition *d, const struct doc_place *at, const char *text);

/* Tell a fault at a member of the file. */
void load_fault(struct definition *d, const char *member, const char *what);

void params_release(struct params *p);
void slot_release(struct slot *s);

#endif
