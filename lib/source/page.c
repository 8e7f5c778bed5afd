/* task: one page - its body to records. */
#include <string.h>
#include <strings.h>

#include "core/secret.h"
#include "core/timestamp.h"
#include "obs/run.h"
#include "source/task.h"
#include "source/url.h"
#include "stream/stop.h"
#include "json/write.h"

/* A record that an expression found. */
static bool
on_record(void *arg, const char *json, size_t len)
{
	struct worker *w = arg;
	struct piece p = {
	    .len = len, .number = ++w->n_computed, .is_composed = true};

	w->text.len = 0;
	buf_add(&w->text, json, len);
	buf_reserve(&w->text, JDOC_PADDING);
	p.text = w->text.data;
	return emit_value(&w->emit, &p) && !stop_signal();
}

/* A whole value, in which the records are. */
static bool
on_whole(void *arg, const struct piece *p)
{
	struct stream *st = arg;
	struct worker *w = st->w;
	struct buf why = {0};

	if (jdoc_parse(&w->page, p->text, p->len) != JERR_NONE)
		return emit_value(&w->emit, p); /* tells it */
	st->has_body = true;
	buf_adds(&why, "records: ");
	if (!expr_each(w->records, jval_root(&w->page), on_record, w, &why)) {
		buf_addc(&why, '\0');
		emit_tell(&w->emit, why.data);
	}
	buf_release(&why);
	return !w->emit.is_full;
}

static bool
on_value(void *arg, const struct piece *p)
{
	struct stream *st = arg;
	struct worker *w = st->w;

	if (w->is_whole || (w->has_path && !w->envelope.is_used))
		return on_whole(arg, p);
	return emit_value(&w->emit, p);
}

static bool
on_fault(void *arg, const struct piece *at, const char *what)
{
	struct stream *st = arg;

	return emit_fault(&st->w->emit, at, what);
}

static enum format
format_of(const struct stream *st, const char *type)
{
	enum format format = st->w->source->options->format;
	const char *url = st->request.url.data;

	if (format == FORMAT_AUTO)
		format = (enum format)st->d->format;
	if (format == FORMAT_AUTO && url_is_of_files(url) &&
	    url[strlen(url) - 1] == '/')
		format = FORMAT_TEXT; /* names of files */
	if (format == FORMAT_AUTO)
		format = format_of_type(type);
	if (format == FORMAT_AUTO)
		format = format_of_url(url);
	return format;
}

static void
annotate(struct stream *st)
{
	struct buf *b = &st->annotation, url = {0};
	char now[TIMESTAMP_SIZE];

	b->len = 0;
	if (!st->w->source->options->annotates && !st->is_stale) {
		st->w->emit.annotation = NULL;
		return;
	}
	timestamp_format(timestamp_now(), now);
	secret_mask_url(&url, st->request.url.data);
	buf_addc(&url, '\0');
	jwrite_text(b, "{\"source\":", st->d->name);
	jwrite_text(b, ",\"url\":", url.data);
	jwrite_text(b, ",\"at\":", now);
	jwrite_count(b, ",\"page\":", st->pager.n_pages + 1);
	buf_adds(b, st->is_stale ? ",\"stale\":true}" : "}");
	buf_release(&url);
	st->w->emit.annotation = b;
}

void
page_start(struct stream *st, const char *type)
{
	struct worker *w = st->w;
	const struct source_options *o = w->source->options;

	st->body.options = (struct decode_options){
	    .is_whole = w->is_whole || (st->d->is_bare && w->map),
	    .is_strings = o->csv_strings || st->d->csv_strings,
	    .path = w->has_path ? &w->path : NULL,
	    .envelope = &w->envelope};
	st->body.sink = (struct sink){on_value, on_fault, st};
	w->envelope.is_used = w->envelope.is_cut = false;
	w->n_computed = 0;
	st->has_body = false;
	st->is_started = true;
	annotate(st);
	body_start(&st->body, format_of(st, type));
}

bool
page_feed(struct stream *st, const char *data, size_t len)
{
	st->n_bytes += len;
	return body_feed(&st->body, data, len);
}

/* What is around the records is for the pages; without an array there, it
 * says why. */
static void
look_around(struct stream *st)
{
	struct worker *w = st->w;
	struct buf *text = &w->envelope.text;
	struct piece p = {.is_top = true};

	if (!w->envelope.is_used || w->emit.is_broken || w->emit.is_full)
		return;
	buf_reserve(text, JDOC_PADDING);
	p.text = text->data;
	p.len = text->len;
	if (!w->envelope.is_cut)
		on_whole(st, &p);
	else if (jdoc_parse(&w->page, p.text, p.len) == JERR_NONE)
		st->has_body = true;
	else
		emit_fault(
		    &w->emit, &p, "malformed before or behind the records");
}

bool
page_finish(struct stream *st)
{
	if (!st->is_started)
		return true;
	st->is_cut = !body_finish(&st->body);
	if (!st->is_cut)
		look_around(st);
	return !st->is_cut;
}

enum page_end
page_ask(struct stream *st, int *status)
{
	const char *url = st->request.url.data;

	if (strncasecmp(url, "file:", 5) == 0)
		return page_from_file(st, status);
	if (strncasecmp(url, "s3:", 3) == 0)
		return page_from_bucket(st, status);
	if (url_is_of_files(url))
		return page_from_server(st, status);
	if (strncasecmp(url, "sim:", 4) == 0)
		return page_from_sim(st, status);
	return page_from_web(st, status);
}
