#ifndef JSON_TEXT_H
#define JSON_TEXT_H

/*
 * text - steps over JSON text that is known to be well-formed: no bounds are
 * needed.  Forward, p is at the first byte and the result behind the last
 * one; backward it is the other way round.
 */

const char *jtext_space(const char *p);
const char *jtext_string(const char *p);
const char *jtext_value(const char *p);

/*
 * The text of a member's value in the object at p, its last byte before *end;
 * or NULL.  Of members with the same name the last one counts; a name that is
 * spelt with escapes is not found.
 */
const char *jtext_member(const char *p, const char *name, const char **end);

const char *jtext_back_space(const char *p);
const char *jtext_back_string(const char *p);
/* An object or array. */
const char *jtext_back_value(const char *p);

#endif
