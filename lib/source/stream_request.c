/* task: the request for a page of a stream. */
#include "core/diag.h"
#include "core/timestamp.h"
#include "source/task.h"
#include "json/write.h"

/* The variables that are always there. */
void
stream_set_variables(struct stream *st)
{
	json_t *vars = st->task->vars;
	char now[TIMESTAMP_SIZE];
	struct buf since = {0}, until = {0};

	timestamp_format(timestamp_now(), now);
	json_object_set_new(vars, "now", json_string(now));
	json_object_set_new(vars, "today", json_stringn(now, 10));
	if (!st->track.c)
		return;
	track_since(&st->track, &since);
	track_until(&st->track, &until);
	json_object_set_new(vars, "since",
	    since.len ? json_stringn(since.data, since.len) : json_null());
	json_object_set_new(vars, "until",
	    until.len ? json_stringn(until.data, until.len) : json_null());
	buf_release(&since);
	buf_release(&until);
}

int
stream_compose(struct stream *st, struct composed *c, bool is_shown)
{
	struct extra extras[COMPOSE_EXTRAS] = {{0}};
	const struct incremental *cursor = &st->d->cursor;
	struct compose how = {.d = st->d,
	    .vars = st->task->vars,
	    .url =
		pager_url(&st->pager) ? pager_url(&st->pager) : st->task->url,
	    .extras = extras,
	    .headers = st->w->source->options->headers,
	    .is_shown = is_shown};
	struct buf why = {0};
	int status;

	how.n_extras = pager_extras(&st->pager, extras);
	if (!how.url && cursor->param && st->track.from.is_set) {
		extras[how.n_extras].name = cursor->param;
		track_since(&st->track, &extras[how.n_extras++].text);
	}
	if (!how.url && cursor->end_param && st->track.until.is_set) {
		extras[how.n_extras].name = cursor->end_param;
		track_until(&st->track, &extras[how.n_extras++].text);
	}
	status = compose(c, &how, &why);
	if (status != 0)
		diag_error("%s: %.*s", st->name.data, (int)why.len, why.data);
	for (size_t i = 0; i < how.n_extras; i++)
		buf_release(&extras[i].text);
	buf_release(&why);
	return status;
}

int
stream_compose_page(struct stream *st, bool is_shown)
{
	composed_release(&st->request);
	return stream_compose(st, &st->request, is_shown);
}

int
stream_print(struct stream *st)
{
	const struct composed *c = &st->request;
	struct buf b = {0};
	int status = stream_compose_page(st, true);

	jwrite_text(&b, "{\"source\":", st->d->name);
	jwrite_text(&b, ",\"method\":", status == 0 ? c->method : "");
	jwrite_text(&b, ",\"url\":", c->url.data);
	buf_adds(&b, ",\"headers\":[");
	for (size_t i = 0; i < c->n_headers; i++)
		jwrite_text(&b, i ? "," : "", c->headers[i]);
	buf_addc(&b, ']');
	if (c->body.len > 0) {
		buf_adds(&b, ",\"body\":");
		jwrite_string(&b, c->body.data, c->body.len);
	}
	buf_adds(&b, "}\n");
	if (status == 0)
		emit_raw(&st->w->emit, b.data, b.len);
	emit_keep(&st->w->emit);
	buf_release(&b);
	return status;
}
