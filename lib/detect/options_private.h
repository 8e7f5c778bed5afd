#ifndef DETECT_OPTIONS_PRIVATE_H
#define DETECT_OPTIONS_PRIVATE_H

#include "detect/options.h"

/* As -f and -k. */
void options_add_field(struct options *o, const char *text);
void options_set_key(struct options *o, const char *text);

/* Refuse what only a method looks at. */
void options_refuse_all(const struct options *o, unsigned jobs);

/* Print the methods, and end. */
_Noreturn void options_list(void);

/* Say that there is no such method, and end. */
_Noreturn void options_refuse_method(const struct options *o);

/* Score by --model: what else is said of it must agree. */
void options_use_model(struct options *o, unsigned jobs);

/* Score by what is at --fit, if it is what would be made there, and younger
 * than --retrain says. */
void options_use_fresh(struct options *o);

#endif
