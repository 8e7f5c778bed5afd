#ifndef JSON_PACK_H
#define JSON_PACK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/buf.h"

/*
 * pack - a model to bytes, from bytes, or as JSON to be read by people: one
 * function of each method walks its members and serves all three, so that
 * what is saved and what is loaded cannot differ.
 *
 * Bytes: 8 for each number, little endian, in the order of the calls; names
 * are not in it.  Loading checks each number against its bounds; after the
 * first that is wrong, or at the end of the bytes, is_bad is set, and what
 * is loaded from then on stays as it was.
 */

enum pack_mode { PACK_SAVE, PACK_LOAD, PACK_SHOW };

struct pack {
	enum pack_mode mode;
	struct buf *out; /* save, show: lent */
	const char *in; /* load: lent */
	size_t len; /* bytes in in */
	size_t at; /* private */
	bool is_bad; /* load: what was read does not fit */
	bool any; /* private: show: a member stands before the next */
};

/* A number that is finite. */
void pack_double(struct pack *p, const char *name, double *x);
/* A number, or NaN for none. */
void pack_maybe(struct pack *p, const char *name, double *x);
void pack_size(
    struct pack *p, const char *name, size_t *x, size_t low, size_t high);
void pack_int(
    struct pack *p, const char *name, int64_t *x, int64_t low, int64_t high);
void pack_flag(struct pack *p, const char *name, bool *x);
/* 64 bits of any kind. */
void pack_bits(struct pack *p, const char *name, uint64_t *x);

/* n finite numbers; shown as their number, least, mean and greatest. */
void pack_doubles(struct pack *p, const char *name, double *x, size_t n);

/*
 * Numbers in memory that grows: *n of them at *x, of which *cap are
 * allocated; at most max.
 */
void pack_growing(struct pack *p, const char *name, double **x, size_t *n,
    size_t *cap, size_t max);

/* n bytes; shown as how many are not 0. */
void pack_bytes(struct pack *p, const char *name, void *x, size_t n);

/* Members up to pack_close are shown as an object of that name. */
void pack_open(struct pack *p, const char *name);
void pack_close(struct pack *p);

#endif
