/*
 * select - the array at a path in a body of JSON, cut into its elements as
 * they come; what is around it is kept, and small as a rule.
 *
 * Only the names on the way are read, everything else is skipped: brackets
 * are counted.  Who takes the envelope parses it, so faults in it are found
 * there.
 */
#include <string.h>

#include "core/xmem.h"
#include "source/decode.h"

struct select {
	struct decoder d;
	const struct jpath *path;
	struct envelope *envelope;
	struct decoder *inner; /* cuts the array; NULL outside of it */
	uint64_t depth; /* brackets open outside of it */
	size_t matched; /* steps of the path that we are in */
	struct buf name; /* of the member at hand, as it is spelt */
	bool is_string, is_escaped;
	bool is_name; /* the string is one, on the way */
	bool wants_name; /* the next string is one */
	bool is_target; /* the value that comes next is at the path */
	bool is_step; /* it is on the way there */
};

/* Are we in the object whose members are on the way? */
static bool
is_on_way(const struct select *s)
{
	return s->depth == s->matched + 1 && s->matched < s->path->n;
}

static void
keep(struct select *s, char c)
{
	struct buf *text = &s->envelope->text;

	if (text->len >= s->d.options.max_value)
		s->d.is_long = true;
	else
		buf_addc(text, c);
}

/* A byte of a string. */
static void
in_string(struct select *s, char c)
{
	bool was_escaped = s->is_escaped;

	s->is_escaped = c == '\\' && !was_escaped;
	if (c != '"' || was_escaped) {
		if (s->is_name && s->name.len <= s->path->steps[s->matched].len)
			buf_addc(&s->name, c); /* longer is another one */
		return;
	}
	s->is_string = s->is_name = false;
}

/* A colon on the way: is the member the next step? */
static void
on_colon(struct select *s)
{
	const struct jstep *step = &s->path->steps[s->matched];
	bool is_it = s->name.len == step->len &&
		     (step->len == 0 ||
			 memcmp(s->name.data, step->name, step->len) == 0);

	s->is_target = is_it && s->matched + 1 == s->path->n;
	s->is_step = is_it && !s->is_target;
	s->wants_name = false;
}

static void
on_open(struct select *s, char c)
{
	if (s->is_step && c == '{')
		s->matched++;
	s->depth++;
	s->is_step = s->is_target = false;
	s->wants_name = c == '{' && is_on_way(s);
	s->name.len = 0;
}

static void
on_close(struct select *s)
{
	if (s->depth > 0)
		s->depth--;
	if (s->matched > 0 && s->depth == s->matched)
		s->matched--;
	s->wants_name = false;
}

/* The array at the path begins. */
static void
begin(struct select *s, uint64_t offset)
{
	struct decode_options o = s->d.options;

	o.path = NULL;
	s->inner = decoder_new(FORMAT_JSON, &o, &s->d.sink);
	s->inner->is_inner = true;
	s->inner->offset = offset;
	s->inner->n = s->d.n;
	s->is_target = false;
	s->envelope->is_cut = true;
	buf_adds(&s->envelope->text, "[]");
}

/* A byte outside of the array and of strings. */
static void
step(struct select *s, char c)
{
	if (c == '"') {
		s->is_string = true;
		s->is_name = s->wants_name;
		s->name.len = 0;
	} else if (c == '{' || c == '[') {
		on_open(s, c);
		return;
	} else if (c == '}' || c == ']') {
		on_close(s);
	} else if (c == ':' && is_on_way(s)) {
		on_colon(s);
		return;
	} else if (c == ',' && is_on_way(s)) {
		s->wants_name = true;
	} else if (c == ' ' || c == '\t' || c == '\r' || c == '\n') {
		return; /* the value may still come */
	}
	s->is_target = s->is_step = false;
}

/* Let the inner decoder have what is there.  Returns what it left, or NULL if
 * nothing more is wanted. */
static const char *
feed_inner(struct select *s, const char *p, const char *end)
{
	struct decoder *inner = s->inner;
	bool more = decoder_feed(inner, p, (size_t)(end - p));
	const char *rest = inner->is_ended ? p + inner->taken : end;

	if (more && inner->is_ended) {
		s->d.n = inner->n;
		decoder_free(inner);
		s->inner = NULL;
	}
	return more ? rest : NULL;
}

static bool
feed(struct decoder *d, const char *data, size_t len)
{
	struct select *s = (struct select *)d;
	const char *p = data, *end = data + len;

	while (p && p < end) {
		if (!s->inner && s->is_target && *p == '[' && !s->is_string)
			begin(s, d->offset + (uint64_t)(p - data));
		if (s->inner) {
			p = feed_inner(s, p, end);
			continue;
		}
		keep(s, *p);
		if (s->is_string)
			in_string(s, *p);
		else
			step(s, *p);
		p++;
	}
	return p != NULL;
}

static bool
finish(struct decoder *d)
{
	struct select *s = (struct select *)d;
	struct piece p = {.offset = d->offset, .is_top = true};

	if (s->inner) { /* tells where it breaks */
		decoder_finish(s->inner);
		d->is_cut = true;
	} else if (s->depth > 0 || s->is_string) {
		d->sink.fault(d->sink.arg, &p, "value without an end");
		d->is_cut = true;
	} else if (d->is_long) {
		d->sink.fault(d->sink.arg, &p, "too much around the records");
	}
	return !d->is_cut;
}

static void
release(struct decoder *d)
{
	struct select *s = (struct select *)d;

	decoder_free(s->inner);
	buf_release(&s->name);
}

struct decoder *
select_new(const struct decode_options *o)
{
	struct select *s = xcalloc(1, sizeof(*s));

	s->path = o->path;
	s->envelope = o->envelope;
	s->envelope->text.len = 0;
	s->envelope->is_used = true;
	s->envelope->is_cut = false;
	s->is_target = o->path->n == 0;
	s->d.feed = feed;
	s->d.finish = finish;
	s->d.release = release;
	return &s->d;
}
