/* What the verbs share, and those that only run what is due. */
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "alert/verbs.h"
#include "core/diag.h"
#include "core/timestamp.h"
#include "core/xmem.h"
#include "http/http.h"
#include "stream/out.h"

struct names {
	struct buf list; /* "a, b" */
	char *first; /* owned */
	size_t n;
};

static void
add_name(void *arg, const char *name)
{
	struct names *n = arg;

	if (n->n++ == 0)
		n->first = xstrndup(name, strlen(name));
	buf_adds(&n->list, n->list.len > 0 ? ", " : "");
	buf_adds(&n->list, name);
}

static int
list_names(struct store_txn *t, void *arg)
{
	struct names *n = arg;

	n->list.len = 0;
	n->n = 0;
	free(n->first);
	n->first = NULL;
	return book_names(t, add_name, n);
}

/* The only book there is. */
static int
find_only(struct alert_options *o)
{
	struct names n = {0};
	int status = store_do(o->store, STORE_STATE, NULL, list_names, &n);

	if (status != 0) {
		diag_error("%s", store_why(o->store));
	} else if (n.n > 1) {
		diag_error("which alerts? see --rules; there are %.*s",
		    (int)n.list.len, n.list.data);
		status = EX_USAGE;
	} else if (n.n == 0) {
		diag_error("there are no alerts yet; which file? see --rules");
		status = EX_NOINPUT;
	} else {
		o->alerts.name = n.first;
		n.first = NULL;
	}
	free(n.first);
	buf_release(&n.list);
	return status;
}

int
alert_open(struct alert_options *o, bool sends)
{
	int status;

	o->store = store_new(NULL, STORE_WAIT_MS);
	status =
	    o->path ? alerts_load(&o->alerts, o->path, sends) : find_only(o);
	if (status != 0)
		return status;
	o->teller.store = o->store;
	o->teller.alerts = &o->alerts;
	teller_init(&o->teller);
	return 0;
}

int
alert_close(struct alert_options *o, int status)
{
	if (status == 0)
		status = teller_send(&o->teller);
	if (status == 0)
		status = teller_status(&o->teller);
	alert_print(&o->teller.events);
	teller_release(&o->teller);
	alerts_release(&o->alerts);
	store_free(o->store);
	o->store = NULL;
	return status;
}

bool
alert_is_table(const struct alert_options *o)
{
	return o->table || (!o->json && isatty(STDOUT_FILENO));
}

void
alert_print(struct buf *text)
{
	out_write(STDOUT_FILENO, "<stdout>", text->data, text->len);
	buf_release(text);
}

struct instance *
alert_find(const struct book *b, const char *prefix, struct buf *why)
{
	struct instance *i, *found = NULL;
	size_t len = strlen(prefix);

	for (size_t k = 0; (i = book_next(b, BOOK_INSTANCES, &k, NULL));) {
		if (len < 4 || strncmp(i->fingerprint, prefix, len) != 0)
			continue;
		if (found) {
			buf_addf(why,
			    "%s: several alerts begin so; write more of it",
			    prefix);
			return NULL;
		}
		found = i;
	}
	if (!found)
		buf_addf(why,
		    "%s: no alert begins so; see cdo-alert list --all%s",
		    prefix, len < 4 ? "; 4 digits are the least" : "");
	return found;
}

const char *
alert_person(const struct alert_options *o)
{
	const struct passwd *user;

	if (o->by)
		return o->by;
	user = getpwuid(getuid());
	return user ? user->pw_name : "somebody";
}

int
alert_check(struct alert_options *o, char **operands)
{
	int status = alerts_load(&o->alerts, operands[0], false);

	if (status == 0)
		alerts_lint(&o->alerts);
	alerts_release(&o->alerts);
	return status;
}

/* Tell an outside service that somebody looks: who watches the watcher. */
static int
ping_outside(const char *url)
{
	struct http *h = http_new();
	const struct http_request q = {
	    .url = url, .redirects = HTTP_REDIRECTS_NONE, .timeout_ms = 10000};
	struct http_result r;
	int status = 0;

	if (http_do(h, &q, &r) != HTTP_OK) {
		diag_error("--ping: %s", r.error);
		status = r.exit;
	}
	http_free(h);
	return status;
}

/* Do what is due, and send. */
static int
run_due(struct alert_options *o, bool at_once)
{
	int status = alert_open(o, true);

	if (status == 0) {
		o->teller.at_once = at_once;
		status = teller_commit(&o->teller, NULL);
	}
	status = alert_close(o, status);
	if (status == 0 && o->ping_url)
		status = ping_outside(o->ping_url);
	return status;
}

int
alert_tick(struct alert_options *o, char **operands)
{
	(void)operands;
	return run_due(o, false);
}

int
alert_flush(struct alert_options *o, char **operands)
{
	(void)operands;
	return run_due(o, true);
}

struct trial {
	const struct receiver *receiver;
	struct channel_link link;
	struct attempt attempt;
	enum delivery outcome;
};

static void
try_receiver(void *arg, const struct notification *n)
{
	struct trial *t = arg;

	t->outcome = t->receiver->channel->send(
	    t->receiver->settings, &t->link, n, &t->attempt);
}

/* An alert of no rule, that says what it is. */
static void
make_trial(struct letter *e, const char *receiver, int64_t now)
{
	static const char labels[] = "{\"name\":\"test\"}";
	struct instance i = {.state = INSTANCE_FIRING,
	    .severity = ALERT_INFO,
	    .starts_at = now,
	    .rule = "test"};
	uint8_t digest[SHA256_SIZE];

	sha256(labels, strlen(labels), digest);
	sha256_hex(digest, i.fingerprint);
	buf_adds(&i.labels, labels);
	labels_quote(&i.title, "this is a test", 14);
	*e = (struct letter){
	    .cause = NOTIFICATION_TEST, .created_at = now, .is_first = 1};
	memcpy(e->group, i.fingerprint, sizeof(e->group));
	memcpy(e->thread, i.fingerprint, sizeof(e->thread));
	snprintf(e->receiver, sizeof(e->receiver), "%s", receiver);
	buf_adds(&e->labels, "{}");
	letter_add(e, &i);
	letter_identify(e, now);
	instance_release(&i);
}

static int
send_trial(const struct alert_options *o, const char *name)
{
	struct trial t = {.receiver = alerts_receiver(&o->alerts, name)};
	int64_t now = timestamp_now();
	struct letter e;
	struct job job = {.entries = &e, .n = 1};
	int status = 0;

	if (!t.receiver) {
		diag_error("%s: no such receiver", name);
		return EX_USAGE;
	}
	make_trial(&e, name, now);
	memcpy(job.id, e.id, sizeof(job.id));
	sender_render(&job, now, try_receiver, &t);
	if (t.outcome != DELIVERED) {
		diag_error("%s: %.*s", name, (int)t.attempt.why.len,
		    t.attempt.why.data);
		status = t.outcome == DELIVERY_TEMPORARY ? EX_TEMPFAIL
							 : EX_UNAVAILABLE;
	}
	letter_release(&e);
	buf_release(&t.attempt.why);
	buf_release(&t.attempt.done);
	channel_link_release(&t.link);
	return status;
}

int
alert_test(struct alert_options *o, char **operands)
{
	int first = alerts_load(&o->alerts, o->path, true);

	for (; first == 0 && *operands; operands++) {
		int status = send_trial(o, *operands);

		if (first == 0)
			first = status;
	}
	alerts_release(&o->alerts);
	return first;
}
