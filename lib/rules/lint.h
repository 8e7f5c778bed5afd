#ifndef RULES_LINT_H
#define RULES_LINT_H

#include "rules/rules.h"
#include "schema/schema.h"

/*
 * lint - what is wrong or useless in a rule file or a schema.
 *
 * Each finding is a warning: a check that another one of the same field makes
 * moot, values of an enum that its type excludes, keywords that a schema does
 * not know.
 */

/*
 * Look at n files, or built-in ones of these names.
 * Returns 0, 1 if there are findings, or the first EX_ status of loading one,
 * after diagnostics.
 */
int lint_files(int n, char *const *paths, const struct schema_options *options);

#endif
