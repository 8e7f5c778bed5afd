#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "core/timestamp.h"
#include "state/cursor.h"
#include "json/value.h"

static bool
is_sound(const void *state)
{
	const struct cursor *c = state;

	return c->version >= 0 && (c->version > 0 || c->value.len == 0);
}

static int64_t
life(const void *state, int64_t now)
{
	(void)state;
	(void)now;
	return STORE_NEVER;
}

static const struct state_member members[] = {
    {"version", STATE_INT, offsetof(struct cursor, version), 0},
    {"definition", STATE_STRING, offsetof(struct cursor, definition),
	CURSOR_DEFINITION},
    {"moved_at", STATE_INT, offsetof(struct cursor, moved_at), 0},
    {"value", STATE_JSON, offsetof(struct cursor, value), CURSOR_MAX},
    {NULL, STATE_INT, 0, 0},
};

const struct state_kind cursor_kind = {
    "cursor", sizeof(struct cursor), members, is_sound, life};

static bool
parse(struct jdoc *d, struct buf *padded, const char *text, size_t len)
{
	buf_add(padded, text, len);
	buf_reserve(padded, JDOC_PADDING);
	memset(padded->data + len, 0, JDOC_PADDING);
	return jdoc_parse(d, padded->data, len) == JERR_NONE;
}

static bool
is_time(struct jval v, int64_t *ms)
{
	size_t len;
	const char *s = jval_string(v, &len);

	return jval_type(v) == J_STRING && timestamp_parse(s, len, ms);
}

/* Where both are numbers, or both are times, is b before a? */
static bool
goes_back(struct jval a, struct jval b)
{
	int64_t from, to;

	if (jval_is_number(a) && jval_is_number(b))
		return jval_compare(b, a) < 0;
	return is_time(a, &from) && is_time(b, &to) && to < from;
}

/* Compare two values of JSON text. */
static enum cursor_verdict
compare(const char *from, size_t from_len, const char *to, size_t to_len)
{
	enum cursor_verdict verdict = CURSOR_UNSOUND;
	struct buf a_text = {0}, b_text = {0};
	struct jdoc a, b;
	bool has_from;

	jdoc_init(&a);
	jdoc_init(&b);
	has_from = parse(&a, &a_text, from, from_len);
	if (!parse(&b, &b_text, to, to_len))
		verdict = CURSOR_UNSOUND;
	else if (from_len == to_len && memcmp(from, to, to_len) == 0)
		verdict = CURSOR_SAME;
	else if (has_from && goes_back(jval_root(&a), jval_root(&b)))
		verdict = CURSOR_BACK;
	else
		verdict = CURSOR_MOVED;
	jdoc_release(&a);
	jdoc_release(&b);
	buf_release(&a_text);
	buf_release(&b_text);
	return verdict;
}

static void
define(struct cursor *c, const char *definition)
{
	snprintf(c->definition, sizeof(c->definition), "%s", definition);
}

enum cursor_verdict
cursor_move(struct cursor *c, int64_t version, const char *definition,
    const char *value, size_t len, int64_t now)
{
	enum cursor_verdict verdict;

	if (*definition && c->definition[0] != '\0' &&
	    strcmp(definition, c->definition) != 0)
		return CURSOR_REDEFINED;
	if (version != c->version)
		return CURSOR_CONFLICT;
	if (len > CURSOR_MAX)
		return CURSOR_UNSOUND;
	verdict = compare(
	    c->value.len > 0 ? c->value.data : "", c->value.len, value, len);
	if (verdict != CURSOR_MOVED)
		return verdict;
	if (*definition)
		define(c, definition);
	c->value.len = 0;
	buf_add(&c->value, value, len);
	c->version++;
	c->moved_at = now;
	return CURSOR_MOVED;
}

void
cursor_migrate(struct cursor *c, const char *definition, int64_t now)
{
	define(c, definition);
	c->version++;
	c->moved_at = now;
}

void
cursor_reset(struct cursor *c, const char *definition, int64_t now)
{
	c->value.len = 0;
	cursor_migrate(c, definition, now);
}

const char *
cursor_reason(enum cursor_verdict verdict)
{
	static const char *const reasons[] = {
	    [CURSOR_MOVED] = "moved",
	    [CURSOR_SAME] = "is there already",
	    [CURSOR_BACK] = "would go back",
	    [CURSOR_CONFLICT] = "was moved by another run",
	    [CURSOR_REDEFINED] = "was kept under another definition",
	    [CURSOR_UNSOUND] = "is not a value of JSON of 64 KiB at most",
	};

	return reasons[verdict];
}
