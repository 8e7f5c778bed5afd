#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "core/base64.h"
#include "core/diag.h"
#include "core/secret.h"
#include "core/sha256.h"
#include "core/utf8.h"
#include "source/record.h"

/* The request as it can be shown: method, URL and body, one a line. */
static int
show(struct stream *st, struct buf *text)
{
	struct composed shown = {0};
	int status = stream_compose(st, &shown, true);

	buf_addf(text, "%s %s\n", status ? "" : shown.method,
	    shown.url.data ? shown.url.data : "");
	buf_add(text, shown.body.data, shown.body.len);
	text->len = secret_mask(text->data, text->len);
	composed_release(&shown);
	return status;
}

/* DIR/HASH.json, a string. */
static void
name_file(struct buf *path, const char *dir, const struct buf *shown)
{
	uint8_t digest[SHA256_SIZE];
	char hex[SHA256_HEX];

	sha256(shown->data, shown->len, digest);
	sha256_hex(digest, hex);
	buf_addf(path, "%s/%.32s.json", dir, hex);
}

static void
set_text(json_t *o, const char *name, const char *s, size_t len)
{
	struct buf b = {0};

	if (utf8_is_valid(s, len)) {
		json_object_set_new(o, name, json_stringn(s, len));
		return;
	}
	base64_add(&b, s, len);
	json_object_set_new(
	    o, "body_base64", json_stringn(b.data ? b.data : "", b.len));
	buf_release(&b);
}

static json_t *
exchange(struct stream *st, const struct buf *shown)
{
	const struct http_result *r = &st->result;
	const char *header = stream_header(st);
	struct buf body = {0}, value = {0};
	json_t *o = json_object();

	buf_add(&body, st->recorded.data, st->recorded.len);
	body.len = body.len ? secret_mask(body.data, body.len) : 0;
	buf_adds(&value, header ? header : "");
	value.len = value.len ? secret_mask(value.data, value.len) : 0;
	json_object_set_new(
	    o, "request", json_stringn(shown->data, shown->len));
	json_object_set_new(o, "status", json_integer(r->status));
	json_object_set_new(o, "type", json_string(r->type));
	if (value.len > 0)
		set_text(o, "header", value.data, value.len);
	if (r->class != HTTP_OK && r->class != HTTP_STOPPED) {
		json_object_set_new(o, "error", json_string(r->error));
		json_object_set_new(o, "exit", json_integer(r->exit));
	}
	set_text(o, "body", body.data ? body.data : "", body.len);
	buf_release(&body);
	buf_release(&value);
	return o;
}

static int
write_file(const char *path, const json_t *o)
{
	struct buf temporary = {0};
	char *text = json_dumps(o, JSON_INDENT(1));
	size_t len = text ? strlen(text) : 0;
	int fd, error = 0;

	buf_addf(&temporary, "%s.%ld", path, (long)getpid());
	fd = open(temporary.data, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC,
	    S_IRUSR | S_IWUSR);
	if (fd < 0 || write(fd, text, len) != (ssize_t)len)
		error = errno ? errno : EIO;
	if (fd >= 0 && close(fd) != 0)
		error = errno;
	if (error == 0 && rename(temporary.data, path) != 0)
		error = errno;
	if (error != 0 && fd >= 0)
		unlink(temporary.data);
	free(text);
	buf_release(&temporary);
	return error;
}

int
record_save(struct stream *st, const char *dir)
{
	struct buf shown = {0}, path = {0};
	json_t *o;
	int error, status = show(st, &shown);

	if (status == 0) {
		if (mkdir(dir, S_IRWXU) != 0 && errno != EEXIST)
			status = EX_CANTCREAT;
		name_file(&path, dir, &shown);
		o = exchange(st, &shown);
		error = write_file(path.data, o);
		json_decref(o);
		if (error != 0) {
			diag_error("%s: %s", path.data, strerror(error));
			status = EX_CANTCREAT;
		}
	}
	buf_release(&shown);
	buf_release(&path);
	return status;
}

/* What was kept, as if it came now. */
static enum page_end
play(struct stream *st, const json_t *o)
{
	const json_t *body = json_object_get(o, "body");
	const char *type = json_string_value(json_object_get(o, "type"));
	const char *packed =
	    json_string_value(json_object_get(o, "body_base64"));
	const char *header = json_string_value(json_object_get(o, "header"));
	struct buf raw = {0};
	bool more = true;

	st->replayed.len = 0;
	buf_adds(&st->replayed, header ? header : "");
	buf_addc(&st->replayed, '\0');
	if (packed)
		base64_decode(&raw, packed, strlen(packed));
	else
		buf_add(
		    &raw, json_string_value(body), json_string_length(body));
	if (raw.len > 0) {
		page_start(st, type ? type : "");
		more = page_feed(st, raw.data, raw.len);
	}
	buf_release(&raw);
	if (!more)
		return PAGE_STOPPED;
	return page_finish(st) ? PAGE_CAME : PAGE_STOPPED;
}

enum page_end
record_replay(struct stream *st, const char *dir, int *status)
{
	struct buf shown = {0}, path = {0};
	enum page_end end = PAGE_LOST;
	const char *error;
	json_t *o;

	*status = show(st, &shown);
	name_file(&path, dir, &shown);
	o = json_load_file(path.data, 0, NULL);
	error = json_string_value(json_object_get(o, "error"));
	if (o && !error) {
		end = play(st, o);
	} else if (o) {
		int code =
		    (int)json_integer_value(json_object_get(o, "status"));

		*status = (int)json_integer_value(json_object_get(o, "exit"));
		if (code > 0 && code < 600 &&
		    st->d->on_status[code] == STATUS_IGNORE)
			end = PAGE_ABSENT;
		else
			diag_error("%s: %s", st->name.data, error);
	} else {
		diag_error(
		    "%s: no record of this request in %s", st->name.data, dir);
		*status = EX_NOINPUT;
	}
	json_decref(o);
	buf_release(&shown);
	buf_release(&path);
	return end;
}
