#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "cache/commit.h"
#include "core/xmem.h"
#include "state/cursor.h"
#include "json/text.h"
#include "json/write.h"

static struct jval
member(struct jval v, const char *name)
{
	return jval_get(v, name, strlen(name));
}

/* The cursor as it stands in the line, for a tape keeps no integers beyond 64
 * bits; or from the tape, if the names are spelt with escapes. */
static void
add_value(struct buf *b, const char *text, struct jval cursor)
{
	static const char *const way[] = {"_cdo", "checkpoint", "cursor"};
	const char *end = NULL, *p = jtext_space(text);

	for (size_t i = 0; p && i < sizeof(way) / sizeof(*way); i++)
		p = jtext_member(p, way[i], &end);
	if (p)
		buf_add(b, p, (size_t)(end - p));
	else
		jwrite_value(b, cursor);
}

/* Append a string to the key.  Returns whether it was one. */
static bool
add_part(struct buf *key, struct jval v)
{
	size_t len;
	const char *s = jval_string(v, &len);

	if (jval_type(v) != J_STRING || memchr(s, '\0', len))
		return false;
	state_add_key(key, s);
	return true;
}

static const char *
read_all(const char *text, struct jval point, struct checkpoint *c)
{
	struct jval partition = member(point, "partition");
	struct jval definition = member(point, "definition");
	struct jval version = member(point, "version");
	size_t len;
	const char *s = jval_string(definition, &len);

	buf_adds(&c->key, "cursor");
	if (!add_part(&c->key, member(point, "source")))
		return "source is no string";
	if (!add_part(&c->key, member(point, "stream")))
		return "stream is no string";
	if (partition.at && !add_part(&c->key, partition))
		return "partition is no string";
	buf_addc(&c->key, '\0');
	if (c->key.len > STORE_KEY_MAX)
		return "source and stream are too long";
	if (!member(point, "cursor").at)
		return "there is no cursor";
	if (definition.at &&
	    (jval_type(definition) != J_STRING || len >= CURSOR_DEFINITION))
		return "definition is no string of 127 bytes at most";
	if (version.at &&
	    (jval_type(version) != J_INT || jval_int(version) < 0))
		return "version is no number from 0";
	add_value(&c->value, text, member(point, "cursor"));
	buf_add(&c->definition, s, len + 1);
	c->version = version.at ? jval_int(version) : -1;
	return NULL;
}

const char *
checkpoint_read(const char *text, struct jval root, struct checkpoint *c)
{
	const char *fault;

	*c = (struct checkpoint){0};
	fault = read_all(text, member(member(root, "_cdo"), "checkpoint"), c);
	if (fault)
		checkpoint_release(c);
	return fault;
}

void
checkpoint_release(struct checkpoint *c)
{
	buf_release(&c->key);
	buf_release(&c->definition);
	buf_release(&c->value);
}

struct step {
	const struct checkpoint *point;
	int64_t version; /* out: the one left */
	int64_t wanted; /* the one to find; -1: any */
	enum cursor_verdict verdict;
};

static bool
step(void *state, int64_t now, void *arg)
{
	struct cursor *c = state;
	struct step *s = arg;
	int64_t version = s->wanted < 0 ? c->version : s->wanted;

	s->verdict = cursor_move(c, version, s->point->definition.data,
	    s->point->value.data, s->point->value.len, now);
	s->version = c->version;
	return s->verdict == CURSOR_MOVED;
}

/* Say what is to be done. */
static int
refuse(const struct checkpoint *p, enum cursor_verdict verdict, struct buf *why)
{
	const char *todo = "";

	if (verdict == CURSOR_CONFLICT)
		todo = "; run again, from where it is now";
	else if (verdict == CURSOR_REDEFINED)
		todo = "; to begin anew, remove it with cdo-cache del --state";
	buf_addf(why, "%s: %s%s", p->key.data, cursor_reason(verdict), todo);
	return verdict == CURSOR_CONFLICT ? EX_TEMPFAIL : EX_DATAERR;
}

int
commit_move(struct commit *c, const struct checkpoint *point, struct buf *why)
{
	void **place =
	    map_put(&c->versions, point->key.data, point->key.len - 1);
	int64_t *known = *place;
	struct step s = {.point = point, .wanted = point->version};
	int status;

	c->has_refused = false;
	if (known)
		s.wanted = *known;
	status =
	    state_step(c->store, &cursor_kind, point->key.data, step, &s, why);
	if (status != 0)
		return status;
	if (s.verdict == CURSOR_CONFLICT || s.verdict == CURSOR_REDEFINED ||
	    s.verdict == CURSOR_UNSOUND) {
		c->has_refused = true;
		return refuse(point, s.verdict, why);
	}
	if (!known)
		*place = known = xcalloc(1, sizeof(*known));
	*known = s.version;
	return 0;
}

void
commit_release(struct commit *c)
{
	const struct map_entry *e;
	size_t i = 0;

	while ((e = map_next(&c->versions, &i)))
		free(e->value);
	map_release(&c->versions);
}
