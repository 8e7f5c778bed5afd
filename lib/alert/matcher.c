#include <stdlib.h>
#include <string.h>

#include "alert/matcher.h"
#include "core/pattern.h"
#include "core/xmem.h"

static const char *const ops[] = {"=", "!=", "=~", "!~"};

static struct matcher *
add(struct matchers *m, const char *label, size_t len, const char *value)
{
	struct matcher *one;

	m->v = xrealloc(m->v, m->n + 1, sizeof(*m->v));
	one = &m->v[m->n++];
	*one = (struct matcher){.label = xstrndup(label, len),
	    .value = xstrndup(value, strlen(value))};
	return one;
}

void
matchers_add(struct matchers *m, const char *label, const char *value)
{
	add(m, label, strlen(label), value);
}

/* Where the operator stands: the first one, and of two there the longer. */
static const char *
find_op(const char *text, enum matcher_op *op, size_t *len)
{
	size_t at = strcspn(text, "=!");

	for (*op = MATCHER_UNLIKE;; (*op)--) {
		*len = strlen(ops[*op]);
		if (strncmp(text + at, ops[*op], *len) == 0)
			return text + at;
		if (*op == MATCHER_IS)
			return NULL;
	}
}

static bool
compile(struct matcher *m, struct buf *why)
{
	struct buf whole = {0};

	buf_addf(&whole, "^(?:%s)$", m->value);
	m->pattern = pattern_new(whole.data, whole.len, PATTERN_PCRE, why);
	m->work = m->pattern ? pattern_work_new() : NULL;
	buf_release(&whole);
	return m->pattern != NULL;
}

bool
matchers_parse(struct matchers *m, const char *text, struct buf *why)
{
	enum matcher_op op;
	size_t len;
	const char *at = find_op(text, &op, &len);
	struct matcher *one;

	if (!at || at == text) {
		buf_addf(why,
		    "%s: must be a label, one of = != =~ !~, and a value",
		    text);
		return false;
	}
	one = add(m, text, (size_t)(at - text), at + len);
	one->op = op;
	return op < MATCHER_LIKE || compile(one, why);
}

bool
matcher_test(const struct matcher *m, const char *value, size_t len)
{
	bool is_equal;

	if (m->op >= MATCHER_LIKE)
		return (pattern_match(m->pattern, m->work, value, len) ==
			   PATTERN_YES) == (m->op == MATCHER_LIKE);
	is_equal = len == strlen(m->value) && memcmp(value, m->value, len) == 0;
	return is_equal == (m->op == MATCHER_IS);
}

void
matcher_write(struct buf *out, const struct matcher *m)
{
	buf_adds(out, m->label);
	buf_adds(out, ops[m->op]);
	buf_adds(out, m->value);
}

void
matchers_release(struct matchers *m)
{
	for (size_t i = 0; i < m->n; i++) {
		free(m->v[i].label);
		free(m->v[i].value);
		pattern_free(m->v[i].pattern);
		pattern_work_free(m->v[i].work);
	}
	free(m->v);
	*m = (struct matchers){0};
}
