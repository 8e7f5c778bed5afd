/* SCAN, and where each scan is. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/xmem.h"
#include "store/command.h"
#include "store/cursors.h"
#include "store/glob.h"

#define COUNT_MAX 10000
#define BYTES_MAX ((size_t)1 << 20) /* of keys in one reply, about */

/* One SCAN at work. */
struct scan {
	struct query_arg prefix, pattern; /* pattern.p NULL: any key */
	int64_t left; /* keys to look at */
	struct buf keys; /* replies */
	size_t n_keys;
	struct buf last; /* the last key looked at */
	bool is_over;
};

static bool
scan_key(void *arg, const char *key, size_t len)
{
	struct scan *scan = arg;

	if (len < scan->prefix.len ||
	    memcmp(key, scan->prefix.p, scan->prefix.len) != 0)
		return false;
	if (scan->left == 0 || scan->keys.len > BYTES_MAX) {
		scan->is_over = false;
		return false;
	}
	scan->left--;
	scan->last.len = 0;
	buf_add(&scan->last, key, len);
	if (scan->pattern.p &&
	    !glob_match(scan->pattern.p, scan->pattern.len, key, len))
		return true;
	answer_bulk(&scan->keys, key, len);
	scan->n_keys++;
	return true;
}

/* MATCH pattern, COUNT n. */
static bool
read_options(struct serving *s, struct session *c, struct scan *scan)
{
	const struct query *r = &s->request;

	for (size_t i = 2; i < r->n_args; i += 2) {
		const struct query_arg *arg = &r->args[i];

		if (i + 1 < r->n_args && query_is(arg, "match")) {
			scan->pattern = arg[1];
			scan->prefix = (struct query_arg){
			    arg[1].p, glob_prefix(arg[1].p, arg[1].len)};
		} else if (i + 1 < r->n_args && query_is(arg, "count")) {
			if (!command_integer(c, &arg[1], &scan->left))
				return false;
		} else {
			scan->left = 0;
			break;
		}
	}
	if (scan->left < 1) {
		reply_error(c, "ERR syntax error");
		return false;
	}
	if (scan->left > COUNT_MAX)
		scan->left = COUNT_MAX;
	return true;
}

/* Where the scan goes on. */
static bool
read_cursor(struct serving *s, struct session *c, struct buf *from)
{
	int64_t id;

	if (!query_integer(&s->request.args[1], &id) || id < 0) {
		reply_error(c, "ERR invalid cursor");
		return false;
	}
	if (id == 0 || cursors_take(s->cursors, (uint64_t)id, from))
		return true;
	reply_error(
	    c, "ERR this cursor is not known any more; begin again with 0");
	return false;
}

static void
reply_keys(struct serving *s, struct session *c, const struct scan *scan)
{
	uint64_t id = 0;
	char text[24];

	if (!scan->is_over)
		id = cursors_add(s->cursors, scan->last.data, scan->last.len);
	snprintf(text, sizeof(text), "%" PRIu64, id);
	answer_array(&c->out, 2);
	answer_bulk(&c->out, text, strlen(text));
	answer_array(&c->out, scan->n_keys);
	buf_add(&c->out, scan->keys.data, scan->keys.len);
}

COMMAND(cmd_scan)
{
	struct scan scan = {.prefix.p = "", .left = 10, .is_over = true};
	struct buf from = {0};
	int status;

	if (!read_options(s, c, &scan) || !read_cursor(s, c, &from))
		return;
	if (from.len > 0)
		buf_addc(&from, '\0'); /* the first key behind it */
	else
		buf_add(&from, scan.prefix.p, scan.prefix.len);
	status = engine_scan(
	    &s->engine, c->db, from.data, from.len, scan_key, &scan);
	if (status == 0)
		reply_keys(s, c, &scan);
	else
		reply_why(s, c, status);
	buf_release(&from);
	buf_release(&scan.keys);
	buf_release(&scan.last);
}
