#include <string.h>
#include <strings.h>

#include "source/body.h"
#include "json/parse.h"

#define HEAD_MAX ((size_t)64 << 10)
#define BOM "\xEF\xBB\xBF"

struct known {
	const char *name;
	enum format format;
};

static const struct known types[] = {
    {"application/json", FORMAT_JSON},
    {"text/json", FORMAT_JSON},
    {"application/x-ndjson", FORMAT_NDJSON},
    {"application/ndjson", FORMAT_NDJSON},
    {"application/jsonl", FORMAT_NDJSON},
    {"application/x-jsonlines", FORMAT_NDJSON},
    {"application/jsonlines", FORMAT_NDJSON},
    {"text/csv", FORMAT_CSV},
    {"text/tab-separated-values", FORMAT_TSV},
    {NULL, FORMAT_AUTO},
};

static const struct known suffixes[] = {
    {".json", FORMAT_JSON},
    {".geojson", FORMAT_JSON},
    {".ndjson", FORMAT_NDJSON},
    {".jsonl", FORMAT_NDJSON},
    {".csv", FORMAT_CSV},
    {".tsv", FORMAT_TSV},
    {".tab", FORMAT_TSV},
    {NULL, FORMAT_AUTO},
};

static bool
ends_with(const char *s, size_t len, const char *end)
{
	size_t n = strlen(end);

	return len >= n && strncasecmp(s + len - n, end, n) == 0;
}

enum format
format_of_type(const char *type)
{
	size_t len = strcspn(type, "; \t");
	const struct known *k = types;

	if (ends_with(type, len, "+json"))
		return FORMAT_JSON;
	while (k->name &&
	       (strlen(k->name) != len || strncasecmp(k->name, type, len) != 0))
		k++;
	return k->format;
}

enum format
format_of_url(const char *url)
{
	size_t len = strcspn(url, "?#");
	const struct known *k = suffixes;

	while (k->name && !ends_with(url, len, k->name))
		k++;
	return k->format;
}

void
body_start(struct body *b, enum format format)
{
	body_release(b);
	b->format = format;
}

void
body_release(struct body *b)
{
	decoder_free(b->decoder);
	b->decoder = NULL;
	buf_release(&b->head);
	b->is_over = false;
}

static size_t
skip_space(const struct buf *h, size_t i)
{
	while (i < h->len && strchr(" \t\r\n", h->data[i]) && h->data[i])
		i++;
	return i;
}

/* Is the text, in memory of its own length, a JSON value? */
static bool
is_json(const char *text, size_t len)
{
	struct buf copy = {0};
	struct jdoc d;
	bool good;

	jdoc_init(&d);
	buf_add(&copy, text, len);
	buf_reserve(&copy, JDOC_PADDING);
	good = jdoc_parse(&d, copy.data, len) == JERR_NONE;
	buf_release(&copy);
	jdoc_release(&d);
	return good;
}

/*
 * What the first bytes say: FORMAT_AUTO is "more is needed", FORMAT_COUNT
 * "nothing I know".  A value in the first line and another one below it are
 * NDJSON.
 */
static enum format
guess(const struct buf *h, bool is_all)
{
	size_t i = skip_space(h, 0);
	const char *lf;

	if (i == h->len)
		return is_all ? FORMAT_JSON : FORMAT_AUTO;
	if (h->data[i] != '{' && h->data[i] != '[')
		return FORMAT_COUNT;
	lf = memchr(h->data + i, '\n', h->len - i);
	if (!lf)
		return is_all ? FORMAT_JSON : FORMAT_AUTO;
	if (!is_json(h->data + i, (size_t)(lf - h->data) - i))
		return FORMAT_JSON;
	if (skip_space(h, (size_t)(lf - h->data)) < h->len)
		return FORMAT_NDJSON;
	return is_all ? FORMAT_JSON : FORMAT_AUTO;
}

/* The head is complete, or as good as it gets: hand it to a decoder. */
static void
begin(struct body *b, enum format format)
{
	const struct buf *h = &b->head;
	size_t skip = h->len >= 3 && memcmp(h->data, BOM, 3) == 0 ? 3 : 0;
	struct piece none = {.is_top = true};

	if (format == FORMAT_COUNT) {
		b->is_over = true;
		b->sink.fault(b->sink.arg, &none,
		    h->data[skip_space(h, skip)] == '<'
			? "body is HTML or XML, not records"
			: "format unknown; name it by --format");
		return;
	}
	b->decoder = decoder_new(format, &b->options, &b->sink);
	b->decoder->offset = skip;
	b->is_over = !decoder_feed(b->decoder, h->data + skip, h->len - skip);
}

/* Has enough come to begin? */
static void
try_to_begin(struct body *b, bool is_all)
{
	const struct buf *h = &b->head;
	enum format format = b->format;
	bool is_known = h->len >= 3 || is_all;

	if (format == FORMAT_AUTO && is_known) {
		size_t skip =
		    h->len >= 3 && memcmp(h->data, BOM, 3) == 0 ? 3 : 0;
		struct buf rest = {h->data + skip, h->len - skip, 0};

		format = guess(&rest, is_all || h->len >= HEAD_MAX);
	}
	if (is_known && format != FORMAT_AUTO)
		begin(b, format);
}

bool
body_feed(struct body *b, const char *data, size_t len)
{
	if (b->is_over || len == 0)
		return !b->is_over;
	if (b->decoder) {
		b->is_over = !decoder_feed(b->decoder, data, len);
	} else {
		buf_add(&b->head, data, len);
		try_to_begin(b, false);
	}
	return !b->is_over;
}

bool
body_finish(struct body *b)
{
	if (!b->decoder && !b->is_over && b->head.len > 0)
		try_to_begin(b, true);
	b->is_over = true;
	return !b->decoder || decoder_finish(b->decoder);
}
