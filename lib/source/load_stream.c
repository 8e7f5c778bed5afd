/* load: how a stream goes on - rows, pages and the cursor. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/num.h"
#include "core/slurp.h"
#include "core/timestamp.h"
#include "core/xmem.h"
#include "source/load.h"

#define ROWS_MAX ((size_t)100000)
#define FILE_MAX ((size_t)16 << 20)

const char *const page_kinds[] = {"none", "page", "offset", "cursor", "header",
    "next_url", "link", "s3", NULL};

/* A row is an object whose members can be filled in. */
static bool
is_row(struct definition *d, const struct doc_place *at, const json_t *row)
{
	struct doc_place member = {.up = at};
	struct buf text = {0};
	json_t *v;
	bool good = doc_is(&d->doc, at, row, JSON_OBJECT);

	json_object_foreach((json_t *)row, member.key, v)
	{
		if (!template_is_name(member.key, strlen(member.key))) {
			doc_fault(&d->doc, &member,
			    "must be of letters, digits and _");
			good = false;
		} else if (!json_is_null(v) && !template_text(&text, v)) {
			doc_fault(&d->doc, &member,
			    "must be a string, a number, true or false");
			good = false;
		}
	}
	buf_release(&text);
	return good;
}

/* Each with each: the rows times the values of one more name. */
static void
multiply(struct definition *d, const struct doc_place *at, const json_t *values)
{
	json_t *made = json_array(), *row, *each;
	size_t i, j;

	if (json_array_size(values) * json_array_size(d->rows) > ROWS_MAX) {
		doc_fault(&d->doc, at, "more than %zu rows", ROWS_MAX);
		json_decref(made);
		return;
	}
	json_array_foreach(d->rows, i, row)
	{
		json_array_foreach((json_t *)values, j, each)
		{
			json_t *copy = json_copy(row);

			json_object_set(copy, at->key, each);
			json_array_append_new(made, copy);
		}
	}
	json_decref(d->rows);
	d->rows = made;
}

static void
load_product(struct definition *d, const struct doc_place *up, const json_t *v)
{
	struct doc_place at = {.up = up}, each = {.up = &at};
	json_t *values, *one;

	d->rows = json_array();
	json_array_append_new(d->rows, json_object());
	json_object_foreach((json_t *)v, at.key, values)
	{
		if (!doc_is(&d->doc, &at, values, JSON_ARRAY))
			continue;
		json_array_foreach(values, each.index, one)
		{
			json_t *row = json_pack("{s:O}", at.key, one);

			if (!is_row(d, &at, row))
				json_array_clear(values);
			json_decref(row);
		}
		multiply(d, &at, values);
	}
}

/* The path of a file that stands beside the source file. */
static char *
beside(const struct definition *d, const char *path)
{
	const char *slash = strrchr(d->doc.name, '/');
	struct buf b = {0};

	if (*path != '/' && slash)
		buf_add(&b, d->doc.name, (size_t)(slash - d->doc.name) + 1);
	buf_add(&b, path, strlen(path) + 1);
	return b.data;
}

static void
add_line(struct definition *d, const struct doc_place *at, const char *as,
    const char *line, size_t len, size_t number)
{
	struct doc_place nowhere = {.up = at};
	json_error_t error;
	json_t *row;

	if (len > 0 && line[len - 1] == '\r')
		len--;
	if (len == 0 || d->doc.n_faults > 0)
		return;
	if (as)
		row = json_pack("{s:s%}", as, line, len);
	else
		row = json_loadb(line, len, JSON_REJECT_DUPLICATES, &error);
	if (!row)
		doc_fault(&d->doc, at, "line %zu: %s", number,
		    as ? "not UTF-8" : error.text);
	else if (json_array_size(d->rows) >= ROWS_MAX)
		doc_fault(&d->doc, at, "more than %zu rows", ROWS_MAX);
	else if (is_row(d, &nowhere, row))
		json_array_append(d->rows, row);
	json_decref(row);
}

static void
load_lines(struct definition *d, const struct doc_place *up, const char *path,
    const char *as)
{
	struct doc_place at = {.up = up, .key = "file"};
	char *file = beside(d, path);
	int fd = open(file, O_RDONLY | O_CLOEXEC);
	struct buf b = {0};
	int error = fd < 0 ? errno : slurp(fd, FILE_MAX, &b);
	const char *p = b.data, *end, *lf;

	d->rows = json_array();
	if (error != 0)
		doc_fault(&d->doc, &at, "%s: %s", file, strerror(error));
	end = p ? p + b.len : p;
	for (size_t n = 1; error == 0 && p < end; p = lf + 1, n++) {
		lf = memchr(p, '\n', (size_t)(end - p));
		if (!lf)
			lf = end;
		add_line(d, &at, as, p, (size_t)(lf - p), n);
	}
	if (fd >= 0)
		close(fd);
	free(file);
	buf_release(&b);
}

void
load_rows(struct definition *d, const json_t *v)
{
	static const struct doc_member members[] = {
	    {"file", DOC_STRING, 0, true, NULL},
	    {"as", DOC_STRING, sizeof(const char *), false, NULL},
	    {NULL, DOC_VALUE, 0, false, NULL},
	};
	struct doc_place up = {.key = "for"}, at = {.up = &up};
	const char *file[2] = {NULL, NULL};
	json_t *row;

	if (json_is_array(v)) {
		json_array_foreach((json_t *)v, at.index, row)
		{
			is_row(d, &at, row);
		}
		d->rows = json_deep_copy(v);
	} else if (json_is_string(json_object_get(v, "file"))) {
		if (doc_read(&d->doc, &up, v, members, file))
			load_lines(d, &up, file[0], file[1]);
	} else if (json_is_object(v)) {
		load_product(d, &up, v);
	} else if (v) {
		doc_fault(&d->doc, &up, "must be an array or an object");
	}
	if (d->vars)
		is_row(d, &(struct doc_place){.key = "vars"}, d->vars);
}

#define AT(member) offsetof(struct pages, member)
static const char *const page_places[] = {"query", "body", "header", NULL};
static const char *const empty_words[] = {"end", "continue", NULL};
static const struct doc_member page_members[] = {
    {"kind", DOC_WORD, AT(kind), true, page_kinds},
    {"in", DOC_WORD, AT(in), false, page_places},
    {"param", DOC_STRING, AT(param), false, NULL},
    {"size_param", DOC_STRING, AT(size_param), false, NULL},
    {"name", DOC_STRING, AT(name), false, NULL},
    {"rel", DOC_STRING, AT(rel), false, NULL},
    {"token", DOC_STRING, AT(token), false, NULL},
    {"url", DOC_STRING, AT(token), false, NULL},
    {"has_more", DOC_STRING, AT(has_more), false, NULL},
    {"total", DOC_STRING, AT(total), false, NULL},
    {"total_pages", DOC_STRING, AT(total_pages), false, NULL},
    {"start", DOC_COUNT, AT(start), false, NULL},
    {"size", DOC_COUNT, AT(size), false, NULL},
    {"max_pages", DOC_COUNT, AT(max_pages), false, NULL},
    {"max_records", DOC_COUNT, AT(max_records), false, NULL},
    {"max_bytes", DOC_SIZE, AT(max_bytes), false, NULL},
    {"on_empty", DOC_WORD, AT(on_empty), false, empty_words},
    {NULL, DOC_VALUE, 0, false, NULL},
};
#undef AT

/* Which members go with which kinds. */
static const struct {
	const char *member;
	unsigned needed, allowed; /* by 1 << kind */
} page_bounds[] = {
    {"param",
	1 << PAGE_PAGE | 1 << PAGE_OFFSET | 1 << PAGE_CURSOR | 1 << PAGE_HEADER,
	1 << PAGE_PAGE | 1 << PAGE_OFFSET | 1 << PAGE_CURSOR |
	    1 << PAGE_HEADER},
    {"token", 1 << PAGE_CURSOR, 1 << PAGE_CURSOR},
    {"url", 1 << PAGE_NEXT_URL, 1 << PAGE_NEXT_URL},
    {"name", 1 << PAGE_HEADER, 1 << PAGE_HEADER},
    {"rel", 0, 1 << PAGE_LINK},
    {"start", 0, 1 << PAGE_PAGE | 1 << PAGE_OFFSET},
    {"total_pages", 0, 1 << PAGE_PAGE},
};

static void
check_pages(struct definition *d, const struct doc_place *up, const json_t *v)
{
	const struct pages *p = &d->pages;
	const char *kind = page_kinds[p->kind];
	unsigned bit = 1u << p->kind;

	for (size_t i = 0; i < sizeof(page_bounds) / sizeof(*page_bounds);
	     i++) {
		const char *member = page_bounds[i].member;
		struct doc_place at = {.up = up, .key = member};
		bool is_there = json_object_get(v, member) != NULL;

		if (!is_there && (page_bounds[i].needed & bit))
			doc_fault(&d->doc, up, "%s needs %s", kind, member);
		if (is_there && !(page_bounds[i].allowed & bit))
			doc_fault(&d->doc, &at, "does not go with %s", kind);
	}
	if (p->size_param && p->size == UINT64_MAX)
		doc_fault(&d->doc, up, "size_param needs size");
	if (p->in == PAGE_IN_BODY && !d->body && d->form.n == 0)
		doc_fault(&d->doc, up, "in body needs a body");
	if (p->max_pages == 0 || p->max_records == 0 || p->max_bytes == 0)
		doc_fault(&d->doc, up, "a limit of 0 lets nothing through");
}

void
load_pages(struct definition *d, const json_t *v)
{
	static const char *const expressions[] = {
	    "token", "url", "has_more", "total", "total_pages"};
	struct doc_place up = {.key = "paginate"}, at = {.up = &up};

	d->pages = (struct pages){.start = UINT64_MAX,
	    .size = UINT64_MAX,
	    .max_pages = v ? 1000 : 1,
	    .max_records = UINT64_MAX,
	    .max_bytes = UINT64_MAX};
	if (!v || !doc_read(&d->doc, &up, v, page_members, &d->pages))
		return;
	check_pages(d, &up, v);
	for (size_t i = 0; i < sizeof(expressions) / sizeof(*expressions);
	     i++) {
		at.key = expressions[i];
		load_expr(
		    d, &at, json_string_value(json_object_get(v, at.key)));
	}
}

#define AT(member) offsetof(struct raw_cursor, member)
struct raw_cursor {
	struct incremental c;
	const json_t *lookback;
};

static const char *const types[] = {"timestamp", "integer", "string", NULL};
static const char *const orders[] = {"none", "asc", "desc", NULL};
static const char *const formats[] = {
    "rfc3339", "date", "unix", "unix_ms", NULL};
static const struct doc_member cursor_members[] = {
    {"field", DOC_STRING, AT(c.field), true, NULL},
    {"param", DOC_STRING, AT(c.param), false, NULL},
    {"end_param", DOC_STRING, AT(c.end_param), false, NULL},
    {"type", DOC_WORD, AT(c.type), false, types},
    {"order", DOC_WORD, AT(c.order), false, orders},
    {"format", DOC_WORD, AT(c.format), false, formats},
    {"start", DOC_VALUE, AT(c.start), false, NULL},
    {"end", DOC_VALUE, AT(c.end), false, NULL},
    {"lookback", DOC_VALUE, AT(lookback), false, NULL},
    {"step", DOC_DURATION, AT(c.step_ms), false, NULL},
    {NULL, DOC_VALUE, 0, false, NULL},
};
#undef AT

static void
load_lookback(struct definition *d, const struct doc_place *up, const json_t *v)
{
	struct doc_place at = {.up = up, .key = "lookback"};
	struct incremental *c = &d->cursor;
	bool good = !v;

	if (v && c->type == CURSOR_TIMESTAMP)
		good = json_is_string(v) &&
		       num_duration(json_string_value(v), &c->lookback) == 0 &&
		       c->lookback >= 0;
	if (v && c->type == CURSOR_INTEGER && json_is_integer(v)) {
		c->lookback = json_integer_value(v);
		good = c->lookback >= 0;
	}
	if (!good)
		doc_fault(&d->doc, &at,
		    "must be a duration for a timestamp, a number for an"
		    " integer");
}

bool
cursor_bound(const struct incremental *c, const json_t *v, int64_t now,
    struct cursor_value *out)
{
	const char *s = json_string_value(v);
	int64_t n;

	*out = (struct cursor_value){.type = c->type};
	if (c->type == CURSOR_STRING) {
		out->text = s;
		return s != NULL;
	}
	if (json_is_integer(v)) {
		out->n = json_integer_value(v);
		if (c->type == CURSOR_TIMESTAMP)
			out->n *= 1000;
		return true;
	}
	if (c->type == CURSOR_INTEGER || !s)
		return false;
	if (*s == '-' && num_duration(s + 1, &n) == 0) {
		out->n = now - n;
		return true;
	}
	return timestamp_parse(s, strlen(s), &out->n);
}

static void
check_bound(struct definition *d, const struct doc_place *up, const char *name,
    const json_t *v)
{
	struct doc_place at = {.up = up, .key = name};
	struct cursor_value value;

	if (v && !cursor_bound(&d->cursor, v, 0, &value))
		doc_fault(&d->doc, &at, "not a value of type %s",
		    types[d->cursor.type]);
}

void
load_cursor(struct definition *d, const json_t *v)
{
	struct doc_place up = {.key = "cursor"},
			 at = {.up = &up, .key = "field"};
	struct raw_cursor raw = {0};
	struct jpath_error err;

	if (!v || !doc_read(&d->doc, &up, v, cursor_members, &raw))
		return;
	d->cursor = raw.c;
	if (!jpath_compile(&d->cursor.path, raw.c.field, &err))
		doc_fault(&d->doc, &at, "at byte %zu: %s", err.at, err.what);
	else if (d->cursor.path.n == 0)
		doc_fault(&d->doc, &at, "must name a field");
	load_lookback(d, &up, raw.lookback);
	check_bound(d, &up, "start", raw.c.start);
	check_bound(d, &up, "end", raw.c.end);
	if (raw.c.step_ms < 0 ||
	    (raw.c.step_ms > 0 &&
		(raw.c.type != CURSOR_TIMESTAMP || !raw.c.start)))
		doc_fault(&d->doc, &(struct doc_place){&up, "step", 0},
		    "needs a timestamp with a start");
}
