/* Who is silenced or inhibited, and jobs that did not report. */
#include <stdio.h>
#include <string.h>

#include <jansson.h>

#include "alert/event.h"
#include "alert/route.h"
#include "alert/settle.h"
#include "core/num.h"
#include "json/write.h"

const struct silence *
settle_silence(const struct book *b, const struct instance *i, int64_t now)
{
	const struct silence *s;

	for (size_t k = 0; (s = book_next(b, BOOK_SILENCES, &k, NULL));)
		if (silence_matches(s, i) && silence_is_on(s, now))
			return s;
	return NULL;
}

static bool
are_equal(const struct alert_inhibit *inhibit, const struct instance *a,
    const struct instance *b)
{
	const json_t *names = inhibit->equal;
	size_t n = json_is_string(names) ? 1 : json_array_size(names);

	for (size_t i = 0; i < n; i++) {
		const char *name = json_string_value(
		    json_is_string(names) ? names : json_array_get(names, i));
		size_t la, lb;
		const char *va = instance_label(a, name, &la);
		const char *vb = instance_label(b, name, &lb);

		if (la != lb || memcmp(va, vb, la) != 0)
			return false;
	}
	return true;
}

/* A source that is a target too inhibits only what is no source: so nothing
 * inhibits itself, and no two each other. */
static const struct instance *
find_source(const struct book *b, const struct alert_inhibit *inhibit,
    const struct instance *target)
{
	bool is_both = route_matches(&inhibit->source, target);
	const struct instance *i;

	for (size_t k = 0; (i = book_next(b, BOOK_INSTANCES, &k, NULL));)
		if (i != target && i->state == INSTANCE_FIRING &&
		    route_matches(&inhibit->source, i) &&
		    !(is_both && route_matches(&inhibit->target, i)) &&
		    are_equal(inhibit, i, target))
			return i;
	return NULL;
}

const struct instance *
settle_inhibitor(
    const struct book *b, const struct alerts *a, const struct instance *i)
{
	for (size_t k = 0; k < a->n_inhibits; k++) {
		const struct instance *source = NULL;

		if (route_matches(&a->inhibits[k].target, i))
			source = find_source(b, &a->inhibits[k], i);
		if (source)
			return source;
	}
	return NULL;
}

void
settle_mute(struct book *b, const struct alerts *a, int64_t now)
{
	struct instance *i;

	for (size_t k = 0; (i = book_next(b, BOOK_INSTANCES, &k, NULL));) {
		const struct silence *s = NULL;

		if (i->state == INSTANCE_FIRING ||
		    i->state == INSTANCE_RESOLVED)
			s = settle_silence(b, i, now);
		if (s && !i->is_silenced && i->state == INSTANCE_FIRING)
			event_write(
			    &b->events, "silenced", i, s->by, s->id, now);
		i->is_silenced = s != NULL;
		i->is_inhibited = settle_inhibitor(b, a, i) != NULL;
		i->is_muted = i->is_silenced || i->is_inhibited;
	}
}

/* The alert of a job: {"name":NAME}.  NULL: there is none, and none is to be
 * made. */
static struct instance *
beat_instance(struct book *b, const struct heartbeat *h, bool makes)
{
	char fingerprint[SHA256_HEX];
	uint8_t digest[SHA256_SIZE];
	struct buf labels = {0}, identity = {0};
	struct instance *i;

	jwrite_text(&identity, "{\"name\":", h->name);
	buf_adds(&identity, ",\"rule\":\"" ALERT_RULE_BEAT "\"}");
	sha256(identity.data, identity.len, digest);
	sha256_hex(digest, fingerprint);
	buf_release(&identity);
	if (!makes)
		return book_get(b, BOOK_INSTANCES, fingerprint);
	i = book_make(b, BOOK_INSTANCES, fingerprint);
	if (i->fingerprint[0] == '\0') {
		memcpy(i->fingerprint, fingerprint, sizeof(fingerprint));
		snprintf(i->rule, sizeof(i->rule), ALERT_RULE_BEAT);
		jwrite_text(&labels, "{\"name\":", h->name);
		buf_addc(&labels, '}');
		buf_add(&i->labels, labels.data, labels.len);
		labels_read(&i->parsed, labels.data, labels.len);
		buf_release(&labels);
	}
	return i;
}

/* What people read: the end of the job's output is the body. */
static void
describe(struct instance *i, const struct heartbeat *h)
{
	struct buf text = {0}, log = {0};
	size_t skip;

	buf_adds(&text, h->name);
	if (h->exit > 0) {
		buf_addf(&text, ": failed with exit status %d", (int)h->exit);
	} else if (h->started_at > 0) {
		buf_adds(&text, ": started, and did not end within ");
		num_add_duration(&text, h->grace_ms);
	} else {
		buf_adds(&text, ": no report for more than ");
		num_add_duration(&text, h->every_ms + h->grace_ms);
	}
	labels_quote(&i->title, text.data, text.len);
	labels_unquote(&log, &h->log);
	skip = log.len > ALERT_BODY_MAX ? log.len - ALERT_BODY_MAX : 0;
	while (skip < log.len && ((unsigned char)log.data[skip] & 0xC0) == 0x80)
		skip++;
	i->body.len = 0;
	if (log.len > 0)
		labels_quote(&i->body, log.data + skip, log.len - skip);
	i->severity = h->severity;
	buf_release(&text);
	buf_release(&log);
}

static void
settle_beat(struct book *b, struct heartbeat *h, int64_t now)
{
	static const struct instance_rule rule = {.for_count = 1};
	struct instance *i;
	unsigned what;

	heartbeat_tick(h, now);
	i = beat_instance(b, h, h->state == HEARTBEAT_DOWN);
	if (!i)
		return;
	i->seen_at = now;
	if (h->state == HEARTBEAT_DOWN && i->state != INSTANCE_FIRING) {
		describe(i, h);
		what = instance_fire(i, &rule, INSTANCE_BEAT, now);
	} else if (h->state == HEARTBEAT_UP || h->state == HEARTBEAT_PAUSED) {
		what = instance_end(i, &rule, INSTANCE_RECORD, now);
	} else {
		return;
	}
	if (what & INSTANCE_FIRED)
		b->head.counts[BOOK_FIRED]++;
	if (what & INSTANCE_ENDED)
		b->head.counts[BOOK_RESOLVED]++;
	event_tell(&b->events, i, what, now);
}

void
settle_beats(struct book *b, int64_t now)
{
	struct heartbeat *h;

	for (size_t k = 0; (h = book_next(b, BOOK_BEATS, &k, NULL));)
		settle_beat(b, h, now);
}
