#include <stdlib.h>
#include <string.h>

#include "source/decode.h"
#include "json/parse.h"

#define MAX_VALUE ((size_t)16 << 20)
#define MAX_WHOLE ((size_t)1 << 30)

const char *const format_names[] = {
    "auto", "json", "ndjson", "csv", "tsv", "text", NULL};

struct decoder *
decoder_new(
    enum format format, const struct decode_options *o, const struct sink *sink)
{
	struct decoder *d;

	switch (format) {
	case FORMAT_NDJSON:
		d = lines_new(false);
		break;
	case FORMAT_TEXT:
		d = lines_new(true);
		break;
	case FORMAT_CSV:
		d = csv_new(',');
		break;
	case FORMAT_TSV:
		d = csv_new('\t');
		break;
	default:
		d = o->path ? select_new(o) : cut_new();
		break;
	}
	d->options = *o;
	if (o->max_value == 0)
		d->options.max_value = o->is_whole ? MAX_WHOLE : MAX_VALUE;
	d->sink = *sink;
	d->line = 1;
	return d;
}

void
decoder_free(struct decoder *d)
{
	if (!d)
		return;
	if (d->release)
		d->release(d);
	buf_release(&d->kept);
	free(d);
}

bool
decoder_feed(struct decoder *d, const char *data, size_t len)
{
	if (len > 0 && !d->is_over) {
		d->is_over = !d->feed(d, data, len);
		d->offset += len;
	}
	return !d->is_over;
}

bool
decoder_finish(struct decoder *d)
{
	if (!d->is_over)
		d->finish(d);
	d->is_over = true;
	return !d->is_cut;
}

void
decoder_keep(struct decoder *d, const char *from, const char *to)
{
	size_t n = (size_t)(to - from);

	if (n > d->options.max_value - d->kept.len)
		d->is_long = true;
	else if (!d->is_long)
		buf_add(&d->kept, from, n);
}

const char *
decoder_gather(struct decoder *d, const char *from, const char *to,
    const char *end, size_t *len)
{
	struct buf *kept = &d->kept;

	*len = (size_t)(to - from);
	if (kept->len == 0 && *len <= d->options.max_value &&
	    end - to >= JDOC_PADDING)
		return from;
	decoder_keep(d, from, to);
	buf_reserve(kept, JDOC_PADDING);
	memset(kept->data + kept->len, 0, JDOC_PADDING);
	*len = kept->len;
	return kept->data;
}
