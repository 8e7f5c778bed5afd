#include <stdlib.h>
#include <string.h>

#include <expat.h>

#include "core/num.h"
#include "core/percent.h"
#include "core/timestamp.h"
#include "core/xmem.h"
#include "http/s3_list.h"

#define DEPTH_MAX 16
#define READ_MAX ((size_t)1 << 20) /* bytes to expat at once */

struct reading {
	XML_Parser parser;
	bool (*each)(void *arg, const struct s3_object *o);
	void *arg;
	struct s3_page *page;
	const char *why; /* NULL: all is well */
	unsigned depth;
	bool is_list; /* the root is the right one */
	bool is_object; /* within Contents */
	bool is_encoded; /* keys are */
	struct buf text, key;
	uint64_t size;
	int64_t modified_ms;
};

static void
stop(struct reading *r, const char *why)
{
	if (!r->why)
		r->why = why;
	XML_StopParser(r->parser, XML_FALSE);
}

static void XMLCALL
on_start(void *arg, const XML_Char *name, const XML_Char **attributes)
{
	struct reading *r = arg;

	(void)attributes;
	r->text.len = 0;
	if (++r->depth > DEPTH_MAX)
		stop(r, "too deep");
	else if (r->depth == 1 && strcmp(name, "ListBucketResult") != 0)
		stop(r, "no ListBucketResult");
	r->is_list = true;
	if (r->depth == 2 && strcmp(name, "Contents") == 0) {
		r->is_object = true;
		r->key.len = 0;
		r->size = 0;
		r->modified_ms = -1;
	}
}

static void XMLCALL
on_text(void *arg, const XML_Char *s, int len)
{
	struct reading *r = arg;

	if ((size_t)len > S3_TEXT_MAX - r->text.len)
		stop(r, "a text is too long");
	else
		buf_add(&r->text, s, (size_t)len);
}

static void XMLCALL
on_doctype(void *arg, const XML_Char *name, const XML_Char *system,
    const XML_Char *public, int has_subset)
{
	(void)name;
	(void)system;
	(void)public;
	(void)has_subset;
	stop(arg, "it has a document type");
}

static void
end_object(struct reading *r)
{
	struct s3_object o = {.size = r->size, .modified_ms = r->modified_ms};
	struct buf plain = {0};

	r->is_object = false;
	if (r->page->is_stopped)
		return;
	if (r->is_encoded) { /* encoding-type=url is as in forms */
		percent_decode(&plain, r->key.data, r->key.len, true);
		buf_release(&r->key);
		r->key = plain;
	}
	if (r->key.len == 0 || r->key.len > S3_KEY_MAX ||
	    memchr(r->key.data, '\0', r->key.len)) {
		stop(r, "a key is empty, too long or has a NUL");
		return;
	}
	buf_addc(&r->key, '\0');
	o.key = r->key.data;
	if (!r->each(r->arg, &o))
		r->page->is_stopped = true;
}

/* What an element of an object says; text is a string. */
static void
take_member(struct reading *r, const char *name)
{
	const char *text = r->text.data;

	if (strcmp(name, "Key") == 0) {
		r->key.len = 0;
		buf_add(&r->key, text, r->text.len - 1);
	} else if (strcmp(name, "Size") == 0) {
		if (num_uint(text, 0, UINT64_MAX, &r->size) != 0)
			stop(r, "a size is no number");
	} else if (strcmp(name, "LastModified") == 0) {
		timestamp_parse(text, r->text.len - 1, &r->modified_ms);
	}
}

static void
take_head(struct reading *r, const char *name)
{
	const char *text = r->text.data;

	if (strcmp(name, "IsTruncated") == 0) {
		r->page->is_truncated = strcmp(text, "true") == 0;
	} else if (strcmp(name, "EncodingType") == 0) {
		r->is_encoded = strcmp(text, "url") == 0;
	} else if (strcmp(name, "NextContinuationToken") == 0) {
		free(r->page->token);
		r->page->token = xstrndup(text, r->text.len - 1);
	}
}

static void XMLCALL
on_end(void *arg, const XML_Char *name)
{
	struct reading *r = arg;

	buf_addc(&r->text, '\0');
	if (r->depth == 2 && r->is_object)
		end_object(r);
	else if (r->depth == 3 && r->is_object)
		take_member(r, name);
	else if (r->depth == 2)
		take_head(r, name);
	r->text.len = 0;
	r->depth--;
}

static bool
parse(struct reading *r, const char *xml, size_t len)
{
	enum XML_Status status = XML_STATUS_OK;

	for (size_t i = 0; i < len && status == XML_STATUS_OK; i += READ_MAX) {
		size_t n = len - i < READ_MAX ? len - i : READ_MAX;

		status = XML_Parse(r->parser, xml + i, (int)n, i + n == len);
	}
	if (!r->why && status != XML_STATUS_OK)
		r->why = XML_ErrorString(XML_GetErrorCode(r->parser));
	if (!r->why && !r->is_list)
		r->why = "it is empty";
	if (!r->why && r->page->is_truncated && !r->page->token)
		r->why = "there is more, but no token for it";
	return !r->why;
}

bool
s3_page_read(const char *xml, size_t len,
    bool (*each)(void *arg, const struct s3_object *o), void *arg,
    struct s3_page *page, struct buf *why)
{
	struct reading r = {.each = each, .arg = arg, .page = page};
	bool is_good;

	*page = (struct s3_page){0};
	r.parser = XML_ParserCreate(NULL);
	if (!r.parser)
		xmem_fail();
	XML_SetUserData(r.parser, &r);
	XML_SetElementHandler(r.parser, on_start, on_end);
	XML_SetCharacterDataHandler(r.parser, on_text);
	XML_SetStartDoctypeDeclHandler(r.parser, on_doctype);
	is_good = parse(&r, xml, len);
	if (!is_good)
		buf_addf(why, "list of the bucket: %s", r.why);
	XML_ParserFree(r.parser);
	buf_release(&r.text);
	buf_release(&r.key);
	return is_good;
}

void
s3_page_release(struct s3_page *page)
{
	free(page->token);
	page->token = NULL;
}
