#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "core/buf.h"
#include "core/diag.h"
#include "core/share.h"
#include "core/xmem.h"
#include "json/doc.h"
#include "json/fault.h"
#include "json/text.h"

#define MAX_SIZE ((size_t)16 << 20)
#define BLOCK ((size_t)64 << 10)
#define SHOWN 20 /* faults told of one document */

/* Print "name:line:column: " and the message, for the place p in the text. */
static void
tell(struct doc *d, const char *p, const char *message)
{
	size_t line = 1;
	const char *start = d->text, *lf;

	if (++d->n_faults > SHOWN) {
		if (d->n_faults == SHOWN + 1)
			diag_error("%s: there are more faults", d->name);
		return;
	}
	while ((lf = memchr(start, '\n', (size_t)(p - start))) != NULL) {
		start = lf + 1;
		line++;
	}
	diag_error(
	    "%s:%zu:%zu: %s", d->name, line, (size_t)(p - start) + 1, message);
}

/* Is the string that starts at p this name? */
static bool
is_name(const char *p, const char *name)
{
	size_t len = (size_t)(jtext_string(p) - p);
	json_t *s;
	bool same;

	if (!memchr(p, '\\', len))
		return len - 2 == strlen(name) &&
		       memcmp(p + 1, name, len - 2) == 0;
	s = json_loadb(p, len, JSON_DECODE_ANY, NULL);
	same = s && strcmp(json_string_value(s), name) == 0;
	json_decref(s);
	return same;
}

/* From an object or array to the value of a member or element in it; the
 * value itself if it has none such. */
static const char *
step(const char *value, const struct doc_place *to)
{
	const char *p = jtext_space(value + 1), *name;
	bool found;

	if (*value != (to->key ? '{' : '['))
		return value;
	for (size_t i = 0; *p != '}' && *p != ']'; i++) {
		name = p;
		if (to->key) /* over the name and the colon */
			p = jtext_space(jtext_space(jtext_string(p)) + 1);
		found = to->key ? is_name(name, to->key) : i == to->index;
		if (found)
			return p;
		p = jtext_space(jtext_value(p));
		if (*p == ',')
			p = jtext_space(p + 1);
	}
	return value;
}

/* Where the value at a place starts in the text. */
static const char *
locate(const struct doc *d, const struct doc_place *at)
{
	if (!at || !d->is_sound)
		return jtext_space(d->text);
	return step(locate(d, at->up), at);
}

/* Append the place as a JSON Pointer (RFC 6901). */
static void
add_pointer(struct buf *b, const struct doc_place *at)
{
	if (!at)
		return;
	add_pointer(b, at->up);
	buf_addc(b, '/');
	if (!at->key) {
		buf_addf(b, "%zu", at->index);
		return;
	}
	for (const char *s = at->key; *s; s++) {
		if (*s == '~')
			buf_adds(b, "~0");
		else if (*s == '/')
			buf_adds(b, "~1");
		else
			buf_addc(b, *s);
	}
}

const char *
doc_text(const struct doc *d, const struct doc_place *at, size_t *len)
{
	const char *p = locate(d, at);

	*len = (size_t)(jtext_value(p) - p);
	return p;
}

void
doc_fault(struct doc *d, const struct doc_place *at, const char *fmt, ...)
{
	struct buf message = {0};
	va_list ap;

	add_pointer(&message, at);
	if (at)
		buf_adds(&message, ": ");
	va_start(ap, fmt);
	buf_addv(&message, fmt, ap);
	va_end(ap);
	tell(d, locate(d, at), message.data);
	buf_release(&message);
}

/* Tell why Jansson refuses a text that is well-formed. */
static void
tell_error(struct doc *d, const json_error_t *error)
{
	struct buf message = {0};
	/* its position is behind the token */
	const char *end = d->text + error->position;
	const char *p = end[-1] == '"' ? jtext_back_string(end) : end - 1;

	if (json_error_code(error) == json_error_duplicate_key)
		buf_addf(
		    &message, "member given twice: %.*s", (int)(end - p), p);
	else if (json_error_code(error) == json_error_null_character)
		buf_adds(&message, "\\u0000 cannot be used here");
	else
		buf_adds(&message, error->text);
	buf_addc(&message, '\0');
	tell(d, p, message.data);
	buf_release(&message);
}

/* Is the text that d owns well-formed? */
static int
proofread(struct doc *d)
{
	size_t at;
	enum jerror why = jfault_find(d->text, d->len, &at);

	if (why) {
		tell(d, d->text + at, jdoc_reason(why));
		return EX_CONFIG;
	}
	d->is_sound = true;
	return 0;
}

/*
 * Parse the text that d owns.  Jansson alone would not do: it skips bytes
 * that are 0 (2.14).
 */
static int
parse(struct doc *d)
{
	json_error_t error;

	if (proofread(d) != 0)
		return EX_CONFIG;
	d->root = json_loadb(
	    d->text, d->len, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &error);
	if (!d->root)
		tell_error(d, &error);
	return d->root ? 0 : EX_CONFIG;
}

/* Take the text over, without a BOM. */
static void
set_text(struct doc *d, const char *name, const char *text, size_t len)
{
	size_t bom = len >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;

	*d = (struct doc){.name = xstrndup(name, strlen(name)),
	    .text = xstrndup(text + bom, len - bom),
	    .len = len - bom};
}

int
doc_parse(struct doc *d, const char *name, const char *text, size_t len)
{
	set_text(d, name, text, len);
	return parse(d);
}

int
doc_parse_text(struct doc *d, const char *name, const char *text, size_t len)
{
	set_text(d, name, text, len);
	return proofread(d);
}

/* Read all of fd.  Returns 0, or an EX_ status with a diagnostic. */
static int
read_all(int fd, const char *name, struct buf *b)
{
	ssize_t n;

	do {
		if (b->len > MAX_SIZE) {
			diag_error("%s: larger than 16 MiB", name);
			return EX_CONFIG;
		}
		buf_reserve(b, BLOCK);
		n = read(fd, b->data + b->len, BLOCK);
		b->len += n > 0 ? (size_t)n : 0;
	} while (n > 0 || (n < 0 && errno == EINTR));
	if (n < 0) {
		diag_error("%s: read: %s", name, strerror(errno));
		return errno == EISDIR ? EX_NOINPUT : EX_IOERR;
	}
	return 0;
}

/* Read a file to d->text. */
static int
read_file(struct doc *d, const char *path)
{
	bool is_stdin = strcmp(path, "-") == 0;
	const char *name = is_stdin ? "<stdin>" : path;
	int fd = is_stdin ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
	struct buf text = {0};
	int status;

	*d = (struct doc){0};
	if (fd < 0) {
		diag_error("%s: open: %s", name, strerror(errno));
		return EX_NOINPUT;
	}
	status = read_all(fd, name, &text);
	if (!is_stdin)
		close(fd);
	if (status == 0)
		set_text(d, name, text.data ? text.data : "", text.len);
	buf_release(&text);
	return status;
}

int
doc_load(struct doc *d, const char *path)
{
	int status = read_file(d, path);

	return status == 0 ? parse(d) : status;
}

int
doc_load_text(struct doc *d, const char *path)
{
	int status = read_file(d, path);

	return status == 0 ? proofread(d) : status;
}

int
doc_find(struct doc *d, const char *kind, const char *name)
{
	char *path = share_find(kind, name);
	struct stat st;
	int status;

	if (!path && !strchr(name, '/') && stat(name, &st) != 0) {
		*d = (struct doc){0};
		path = share_nearest(kind, name);
		diag_error("%s: no such file, and no %s of that name%s%s%s",
		    name, kind, path ? "; did you mean " : "", path ? path : "",
		    path ? "?" : "");
		free(path);
		return EX_NOINPUT;
	}
	status = doc_load(d, path ? path : name);
	free(path);
	return status;
}

void
doc_release(struct doc *d)
{
	json_decref(d->root);
	free(d->name);
	free(d->text);
	*d = (struct doc){0};
}
