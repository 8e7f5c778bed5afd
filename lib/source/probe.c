#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sysexits.h>
#include <unistd.h>

#include "core/diag.h"
#include "core/timestamp.h"
#include "source/probe.h"
#include "source/task.h"
#include "source/url.h"
#include "stream/out.h"

#define BODY_MAX ((uint64_t)16 << 20)
#define DEPTH_MAX 4 /* of arrays that could be the records */
#define FIELDS_MAX 12 /* of a map that is proposed */

/* Where the most records are. */
struct place {
	struct buf path; /* ".data.items", a string */
	const json_t *list;
};

static bool
is_plain_name(const char *s)
{
	return template_is_name(s, strlen(s));
}

static void
add_step(struct buf *path, const char *name)
{
	if (is_plain_name(name)) {
		buf_addf(path, ".%s", name);
		return;
	}
	buf_addc(path, '.');
	buf_add_quoted(path, name, strlen(name));
}

/* Look for the longest array of objects. */
static void
find_list(struct place *best, const json_t *v, struct buf *path, int depth)
{
	const char *key;
	json_t *each;
	size_t len = path->len;

	if (json_is_array(v) && json_is_object(json_array_get(v, 0)) &&
	    json_array_size(v) > json_array_size(best->list)) {
		best->list = v;
		best->path.len = 0;
		buf_add(&best->path, path->data, path->len);
		buf_addc(&best->path, '\0');
	}
	if (!json_is_object(v) || depth == DEPTH_MAX)
		return;
	json_object_foreach((json_t *)v, key, each)
	{
		add_step(path, key);
		find_list(best, each, path, depth + 1);
		path->len = len;
	}
}

/* Words that mean a thing, in the order of how sure they are. */
static const char *const url_words[] = {
    "next", "next_url", "next_page_url", "nextLink", "@odata.nextLink", NULL};
static const char *const token_words[] = {"next_cursor", "nextCursor",
    "next_page_token", "nextPageToken", "next_token", "nextToken", "cursor",
    "continuation", NULL};
static const char *const time_words[] = {"updated_at", "updatedAt", "updated",
    "modified", "last_modified", "timestamp", "created_at", "createdAt",
    "created", "date", "time", "at", NULL};

/* The path of the first member that has one of the names and is a string. */
static const json_t *
find_word(
    const json_t *v, const char *const *words, struct buf *path, int depth)
{
	size_t len = path->len;
	const json_t *found;
	const char *key;
	json_t *each;

	for (size_t i = 0; words[i]; i++) {
		found = json_object_get(v, words[i]);
		if (json_is_string(found) || json_is_integer(found)) {
			add_step(path, words[i]);
			return found;
		}
	}
	json_object_foreach((json_t *)v, key, each)
	{
		add_step(path, key);
		found = depth < 2 && json_is_object(each)
			    ? find_word(each, words, path, depth + 1)
			    : NULL;
		if (found)
			return found;
		path->len = len;
	}
	return NULL;
}

static json_t *
text_of(const struct buf *b)
{
	return json_stringn(b->data ? b->data : "", b->len);
}

static json_t *
propose_pages(const json_t *root, const struct http_result *r)
{
	const char *link = http_result_header(r, "Link");
	struct buf path = {0}, target = {0};
	const json_t *v;
	json_t *made = NULL;

	if (link && url_of_link(&target, link, "next")) {
		made = json_pack("{s:s}", "kind", "link");
	} else if ((v = find_word(root, url_words, &path, 0)) &&
		   json_is_string(v) && strchr(json_string_value(v), '/')) {
		made = json_pack(
		    "{s:s,s:o}", "kind", "next_url", "url", text_of(&path));
	} else {
		path.len = 0;
		if (find_word(root, token_words, &path, 0))
			made = json_pack("{s:s,s:o,s:s}", "kind", "cursor",
			    "token", text_of(&path), "param", "cursor");
	}
	buf_release(&path);
	buf_release(&target);
	return made;
}

static json_t *
propose_cursor(const json_t *record)
{
	struct buf path = {0};
	const json_t *v = find_word(record, time_words, &path, 1);
	json_t *made = NULL;
	int64_t ms;

	if (json_is_integer(v) ||
	    (json_is_string(v) && timestamp_parse(json_string_value(v),
				      json_string_length(v), &ms)))
		made = json_pack("{s:o,s:s,s:s}", "field", text_of(&path),
		    "type", "timestamp", "order", "none");
	buf_release(&path);
	return made;
}

/* "{id, name, main_temp: .main.temp}" */
static void
add_fields(struct buf *map, const json_t *record, const char *above, size_t *n)
{
	const char *key;
	json_t *v;

	json_object_foreach((json_t *)record, key, v)
	{
		if (*n >= FIELDS_MAX || !is_plain_name(key))
			continue;
		if (json_is_object(v) && !above) {
			add_fields(map, v, key, n);
		} else if (!json_is_object(v) && !json_is_array(v)) {
			buf_adds(map, (*n)++ ? ", " : "");
			if (above)
				buf_addf(map, "%s_%s: .%s.%s", above, key,
				    above, key);
			else
				buf_addf(map, "%s: .%s", key, key);
		}
	}
}

static json_t *
propose(struct stream *st, const struct buf *body, const struct http_result *r)
{
	json_t *root = json_loadb(body->data ? body->data : "", body->len,
		   JSON_DECODE_ANY, NULL),
	       *o = json_object(), *part;
	const json_t *record = root;
	struct place best = {0};
	struct buf path = {0}, map = {0};
	size_t n = 0;

	if (st->d->is_bare)
		json_object_set_new(
		    o, "url", json_string(st->request.url.data));
	find_list(&best, root, &path, 0);
	if (best.list)
		record = json_array_get(best.list, 0);
	if (root)
		json_object_set_new(o, "format", json_string("json"));
	else if (format_of_type(r->type) != FORMAT_AUTO)
		json_object_set_new(o, "format",
		    json_string(format_names[format_of_type(r->type)]));
	if (best.list && best.path.len > 1) {
		best.path.len--;
		buf_adds(&best.path, "[]");
		json_object_set_new(o, "records", text_of(&best.path));
	}
	add_fields(&map, record, NULL, &n);
	if (n > 0) {
		path.len = 0;
		buf_addc(&path, '{');
		buf_add(&path, map.data, map.len);
		buf_addc(&path, '}');
		json_object_set_new(o, "map", text_of(&path));
	}
	part = propose_pages(root, r);
	if (part)
		json_object_set_new(o, "paginate", part);
	part = propose_cursor(record);
	if (part)
		json_object_set_new(o, "cursor", part);
	json_decref(root);
	buf_release(&path);
	buf_release(&map);
	buf_release(&best.path);
	return o;
}

static bool
on_data(void *arg, const struct http_result *r, const char *data, size_t len)
{
	(void)r;
	buf_add(arg, data, len);
	return true;
}

static int
probe_one(void *arg, struct stream *st)
{
	struct http_policy p = HTTP_POLICY;
	struct stack stack = {.http = source_http(st->w->source),
	    .policy = &p,
	    .auth = st->d->auth};
	struct buf body = {0};
	struct http_request q = {.url = st->request.url.data,
	    .method = st->request.method,
	    .headers = (const char *const *)st->request.headers,
	    .body = st->request.body.len ? st->request.body.data : NULL,
	    .body_len = st->request.body.len,
	    .max_size = BODY_MAX,
	    .on_data = on_data,
	    .arg = &body};
	struct cache_outcome outcome;
	char *text;
	json_t *o;
	int status = 0;

	(void)arg;
	if (strncasecmp(q.url, "http", 4) != 0) {
		diag_error(
		    "%s: only http and https can be probed", st->task->name);
		return EX_USAGE;
	}
	if (stack_do(&stack, &q, NULL, &st->result, &outcome) != HTTP_OK) {
		diag_error("%s: %s", st->task->name, st->result.error);
		status = st->result.exit;
	} else {
		o = propose(st, &body, &st->result);
		text = json_dumps(o, JSON_INDENT(1));
		json_decref(o);
		if (text)
			out_write(
			    STDOUT_FILENO, "<stdout>", text, strlen(text));
		out_write(STDOUT_FILENO, "<stdout>", "\n", 1);
		free(text);
	}
	http_result_release(&st->result);
	buf_release(&body);
	return status;
}

int
source_probe(struct source *s, const char *name)
{
	struct worker w;
	struct task *t;
	int status = source_ask(s, name), rc;

	worker_init(&w, s);
	t = status == 0 ? source_next(s) : NULL; /* one row will do */
	if (t) {
		rc = stream_look(&w, t, probe_one, NULL);
		status = status ? status : rc;
		source_done(s, t);
	}
	worker_release(&w);
	return status;
}
