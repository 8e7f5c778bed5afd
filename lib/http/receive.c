/*
 * transfer: the body's way to the caller.
 */
#include <stdio.h>
#include <string.h>

#include "core/timestamp.h"
#include "http/headers.h"
#include "http/transfer.h"

bool
transfer_is_accepted(const struct transfer *t, int status)
{
	if (t->q->login)
		return true;
	for (const int *s = t->q->accepted; s && *s != 0; s++)
		if (*s == status)
			return true;
	return status / 100 == 2;
}

void
transfer_take_time(struct transfer *t, int64_t since)
{
	int64_t now = timestamp_monotonic();

	t->deadline += now - since;
	t->idle_since = now;
}

/* Some of the body, unpacked. */
static bool
take(void *arg, const char *data, size_t n)
{
	struct transfer *t = arg;
	int64_t now = timestamp_monotonic();

	t->body += n;
	if (t->body > t->q->max_size)
		t->end = HTTP_END_SIZE;
	else if (t->body > HTTP_MAX_RATIO_MIN &&
		 t->body / HTTP_MAX_RATIO > t->packed)
		t->end = HTTP_END_RATIO;
	if (t->end != HTTP_END_NONE)
		return false;
	if (!t->is_wanted)
		return true;
	if (!t->q->on_data(t->q->arg, t->r, data, n)) {
		t->end = HTTP_END_STOPPED;
		return false;
	}
	t->r->size += n;
	transfer_take_time(t, now);
	return true;
}

void
transfer_read_header(struct transfer *t)
{
	const char *type = answer_get(t->lane->answer, "Content-Type");

	t->r->status = answer_status(t->lane->answer);
	snprintf(t->r->type, sizeof(t->r->type), "%s", type ? type : "");
	t->r->answer = t->lane->answer;
}

/* Before the body: how is it packed?  What is dropped may be as it likes. */
static void
begin(struct transfer *t)
{
	enum unpack_coding coding;
	bool is_known = headers_coding(t->lane->answer, &coding);

	transfer_read_header(t);
	t->has_begun = true;
	t->is_wanted = t->q->on_data && transfer_is_accepted(t, t->r->status);
	if (t->is_wanted && !is_known)
		t->end = HTTP_END_ENCODING;
	else if (t->is_wanted)
		t->unpack = unpack_new(coding, take, t);
}

bool
transfer_receive(struct transfer *t, const char *data, size_t len)
{
	bool is_good;

	if (!t->has_begun)
		begin(t);
	if (t->end != HTTP_END_NONE)
		return false;
	t->packed += len;
	if (t->unpack)
		is_good = unpack_feed(t->unpack, data, len);
	else
		is_good = take(t, data, len);
	if (!is_good && t->end == HTTP_END_NONE)
		t->fault = CURLE_BAD_CONTENT_ENCODING;
	return is_good;
}

void
transfer_received(struct transfer *t)
{
	const char *method = t->q->method ? t->q->method : "";
	int status = answer_status(t->lane->answer);

	if (strcmp(method, "HEAD") == 0 || status == 204 || status == 205 ||
	    status == 304)
		return;
	if (!t->has_begun)
		begin(t);
	if (t->unpack && unpack_finish(t->unpack) == UNPACK_CUT)
		t->fault = CURLE_PARTIAL_FILE;
}
