/*
 * web - a source over http or https.
 */
#include <inttypes.h>
#include <string.h>
#include <sysexits.h>

#include "core/diag.h"
#include "core/num.h"
#include "core/secret.h"
#include "obs/run.h"
#include "source/body.h"
#include "source/source.h"

struct web {
	struct source *source;
	const char *url;
	struct body body;
	bool is_started; /* the body of this attempt has begun */
	bool is_cut; /* it ended in the middle */
};

static enum format
format_of(const struct web *w, const struct http_result *r)
{
	enum format format = w->source->options->format;

	if (format == FORMAT_AUTO)
		format = format_of_type(r->type);
	if (format == FORMAT_AUTO)
		format = format_of_url(w->url);
	return format;
}

static bool
on_data(void *arg, const struct http_result *r, const char *data, size_t len)
{
	struct web *w = arg;

	if (!w->is_started)
		body_start(&w->body, format_of(w, r));
	w->is_started = true;
	run_add(&run_counts.bytes_in, len);
	return body_feed(&w->body, data, len);
}

static void
on_wait(void *arg)
{
	struct web *w = arg;

	emit_flush(&w->source->emit);
}

/* All of the body came: is it whole? */
static void
on_end(void *arg, struct http_result *r)
{
	struct web *w = arg;

	if (!w->is_started || body_finish(&w->body))
		return;
	w->is_cut = true;
	http_result_fail(r, EX_DATAERR, "body ends in the middle of a value");
}

static bool
on_retry(void *arg, const struct http_result *r, int64_t wait_ms)
{
	struct web *w = arg;
	struct emit *e = &w->source->emit;
	struct buf wait = {0};

	if (e->has_left)
		return false;
	emit_drop(e);
	w->is_started = w->is_cut = false;
	num_add_duration(&wait, wait_ms);
	diag_warn("%s: %s (retrying in %.*s)", e->name, r->error, (int)wait.len,
	    wait.data);
	buf_release(&wait);
	return true;
}

/* What the last attempt comes to. */
static int
conclude(struct web *w, const struct http_result *r)
{
	struct emit *e = &w->source->emit;
	uint64_t n = e->has_left ? e->n_records : 0;

	/* stopped: by a signal, the limit or a fault; whole values count */
	if (r->class == HTTP_OK || r->class == HTTP_STOPPED || w->is_cut) {
		emit_keep(e);
		return 0; /* faults are counted */
	}
	emit_drop(e);
	if (n > 0)
		diag_error("%s: %s, after %" PRIu64 " records went out",
		    e->name, r->error, n);
	else
		diag_error("%s: %s", e->name, r->error);
	return r->exit;
}

int
source_web(struct source *s, const char *url)
{
	const struct source_options *o = s->options;
	struct web w = {.source = s, .url = url};
	struct http_request q = {
	    .url = url,
	    .headers = o->headers,
	    .redirects = o->redirects,
	    .timeout_ms = o->timeout_ms,
	    .max_size = o->max_size,
	    .on_data = on_data,
	    .on_wait = on_wait,
	    .on_end = on_end,
	    .arg = &w,
	};
	struct http_result r;
	struct buf name = {0};
	int status;

	w.body.options = o->decode;
	w.body.sink = (struct sink){emit_value, emit_fault, &s->emit};
	secret_mask_url(&name, url);
	buf_addc(&name, '\0');
	emit_begin(&s->emit, name.data);
	if (!s->http)
		s->http = http_new();
	http_retry(s->http, &q, &o->policy, NULL, on_retry, &r);
	status = conclude(&w, &r);
	http_result_release(&r);
	body_release(&w.body);
	buf_release(&name);
	return status;
}
