#ifndef CORE_SHARE_H
#define CORE_SHARE_H

/*
 * share - files found by name: the user's own, and those that come with the
 * programs.
 *
 * kind is a folder: "rules", "sources".  A name that is no file here and has
 * no slash is looked for, in this order, as NAME, NAME.json, NAME.KIND.json
 * and NAME.ONE.json (where ONE is KIND without its s: weather.schema.json) in
 * $CDO_HOME/KIND (if that is not set, in KIND here), then in KIND below
 * $CDO_SHARE; if that is not set, below
 * ../share/cdo or ../share as seen from the program (moved elsewhere, or in
 * the tree it was built in), then where configure said.
 */

/*
 * The path of the file that name means; "-" is standard input and stays so.
 * Returns it, owned by the caller, or NULL if there is no such file.
 * Directories are no files, but pipes are.
 */
char *share_find(const char *kind, const char *name);

/*
 * The name among those of that kind that is most like name, without its
 * endings.  Returns it, owned by the caller, or NULL.
 */
char *share_nearest(const char *kind, const char *name);

#endif
