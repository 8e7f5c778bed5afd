#ifndef CACHE_VERBS_H
#define CACHE_VERBS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cache/memo.h"
#include "store/server.h"
#include "store/store.h"
#include "stream/filter.h"

/*
 * verbs - what cdo-cache does, verb by verb: cdo-cache(1) says what.
 *
 * Each takes the options, checked, and the operands, which end with NULL;
 * writes to standard output by out, tells trouble by diag, and returns the
 * exit status.
 */

enum { VERB_PARTIAL = 3, VERB_FAILED = 125 }; /* exit status: cdo(7) */

struct verb_options {
	struct store *store;
	enum store_db db; /* --state */
	int64_t ttl_ms; /* -t */
	uint64_t max_size; /* --max-size */
	bool zero, json; /* -0, --json */
	const char *name; /* --name */
	bool drops_missing; /* --missing drop */
	bool stops_on_error; /* --on-store-error fail */
	struct jpath *keys; /* -k */
	size_t n_keys;
	struct memo memo; /* of run */
	bool takes_stdin; /* --stdin */
	struct server_options server; /* of serve */
	struct filter filter; /* options of filters */
};

int verb_get(struct verb_options *o, char **operands);
int verb_put(struct verb_options *o, char **operands);
int verb_del(struct verb_options *o, char **operands);
int verb_ls(struct verb_options *o, char **operands);
int verb_stats(struct verb_options *o, char **operands);
int verb_gc(struct verb_options *o, char **operands);
int verb_clear(struct verb_options *o, char **operands);
int verb_check(struct verb_options *o, char **operands);
int verb_dump(struct verb_options *o, char **operands);
int verb_load(struct verb_options *o, char **operands);
int verb_run(struct verb_options *o, char **operands);
int verb_dedup(struct verb_options *o, char **operands);
int verb_commit(struct verb_options *o, char **operands);
int verb_serve(struct verb_options *o, char **operands);

/* Tell why the store failed, if it did; returns status.  Private. */
int verb_report(const struct verb_options *o, int status);

/* How many operands there are.  Private. */
int verb_count(char *const *operands);

#endif
