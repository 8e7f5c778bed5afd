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

const char *jtext_back_space(const char *p);
const char *jtext_back_string(const char *p);
/* An object or array. */
const char *jtext_back_value(const char *p);

#endif
