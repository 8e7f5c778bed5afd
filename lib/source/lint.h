#ifndef SOURCE_LINT_H
#define SOURCE_LINT_H

/*
 * lint - what is wrong or doubtful in a source file, without asking anybody.
 *
 * Each finding is a warning: secrets over http, a sample that gives no
 * records, a variable that looks like a misspelt one.
 */

/*
 * Look at n files, or sources of these names.
 * Returns 0, 1 if there are findings, or the first EX_ status of loading one,
 * after diagnostics.
 */
int source_lint(int n, char *const *names);

#endif
