#include "stream/replay.h"
#include <inttypes.h>
#include <stdlib.h>
#include <sysexits.h>

#include "core/base64.h"
#include "core/diag.h"
#include "core/xmem.h"
#include "json/text.h"

/* Behind "record": in the text of an object that has it last: from there to
 * the closing brace are the bytes of the line. */
static const char *
find_record(const char *p)
{
	static const char name[] = "\"record\"";
	const char *start;

	for (p = jtext_space(p) + 1; *(start = jtext_space(p)) == '"';
	     p = jtext_space(jtext_value(p)) + 1) {
		p = jtext_space(jtext_string(start)) + 1;
		if (memcmp(start, name, sizeof(name) - 1) == 0)
			return p;
	}
	return NULL;
}

static bool
is_letter(struct jval root)
{
	return jval_is_number(jval_get(root, "line", 4)) &&
	       jval_type(jval_get(root, "errors", 6)) == J_ARRAY;
}

static enum replay
add_record(struct buf *out, const struct record *r)
{
	const char *start = find_record(r->text), *end = r->text + r->len;

	while (end > r->text && end[-1] != '}') /* what is behind the letter */
		end--;
	if (!start || jtext_space(jtext_value(jtext_space(start))) != end - 1)
		return REPLAY_NONE;
	buf_add(out, start, (size_t)(end - 1 - start));
	return REPLAY_LINE;
}

enum replay
replay_line(struct buf *out, const struct record *r)
{
	struct jval raw = jval_get(r->root, "raw", 3);
	struct jval coded = jval_get(r->root, "raw_base64", 10);
	size_t len, start;
	const char *s;

	if (!is_letter(r->root))
		return REPLAY_NONE;
	if (jval_get(r->root, "record", 6).at)
		return add_record(out, r);
	if (jval_type(raw) == J_STRING) {
		s = jval_string(raw, &len);
		if (memchr(s, '\n', len))
			return REPLAY_NONE;
		buf_add(out, s, len);
		return REPLAY_LINE;
	}
	if (!coded.at)
		return raw.at ? REPLAY_NONE : REPLAY_GONE;
	s = jval_string(coded, &len);
	start = out->len;
	if (!base64_decode(out, s, len) ||
	    memchr(out->data + start, '\n', out->len - start))
		return REPLAY_NONE;
	return REPLAY_LINE;
}

/* A worker's own: of what it could not turn back. */
struct counts {
	uint64_t n_gone, n_wrong;
};

static void
start(struct worker *w)
{
	w->state = xcalloc(1, sizeof(struct counts));
}

static void
record(struct worker *w, const struct record *r)
{
	struct counts *n = w->state;

	switch (replay_line(&w->out, r)) {
	case REPLAY_LINE:
		filter_emit(w, NULL, 0);
		return;
	case REPLAY_GONE:
		if (n->n_gone++ < FILTER_SHOWN)
			diag_error("%s:%" PRIu64 ": the line was too long to "
				   "be kept, and is lost",
			    r->name, r->line);
		break;
	case REPLAY_NONE:
		if (n->n_wrong++ < FILTER_SHOWN)
			diag_error(
			    "%s:%" PRIu64 ": is no reject", r->name, r->line);
	}
	w->n_rejected++;
}

static void
end(struct worker *w)
{
	struct counts *n = w->state;

	if (n->n_gone + n->n_wrong > FILTER_SHOWN)
		diag_error("%" PRIu64 " lines are lost, %" PRIu64
			   " are no rejects",
		    n->n_gone, n->n_wrong);
	if (n->n_gone + n->n_wrong > 0)
		filter_fail(w->filter, EX_DATAERR);
	free(n);
}

void
replay_filter(struct filter *f)
{
	f->start = start;
	f->record = record;
	f->end = end;
}
