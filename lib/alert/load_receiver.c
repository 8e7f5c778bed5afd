#include <stdlib.h>
#include <string.h>

#include "alert/channel.h"
#include "alert/load.h"
#include "core/cli.h"
#include "core/xmem.h"

#define CHANNELS_MAX 64

/* Members of a receiver besides its channel. */
struct receiver_text {
	const char *rate;
	bool tells_resolved;
};

static const struct doc_member members[] = {
    {"rate", DOC_STRING, offsetof(struct receiver_text, rate), false, NULL},
    {"resolved", DOC_BOOL, offsetof(struct receiver_text, tells_resolved),
	false, NULL},
    {NULL, DOC_VALUE, 0, false, NULL}};

/* Lists of names that end with NULL, to be freed. */

static const char **
list_channels(void)
{
	const char **names = xcalloc(CHANNELS_MAX, sizeof(*names));
	size_t n = 0;

	for (; n < CHANNELS_MAX - 3 && channels[n]; n++)
		names[n] = channels[n]->name;
	names[n++] = "rate";
	names[n] = "resolved";
	return names;
}

static const char **
list_receivers(const struct alerts *a)
{
	const char **names = xcalloc(a->n_receivers + 1, sizeof(*names));

	for (size_t i = 0; i < a->n_receivers; i++)
		names[i] = a->receivers[i].name;
	return names;
}

static const struct channel *
find_channel(struct alerts *a, const struct doc_place *at)
{
	const char **names;
	struct buf hint = {0};

	for (size_t i = 0; channels[i]; i++)
		if (strcmp(channels[i]->name, at->key) == 0)
			return channels[i];
	names = list_channels();
	cli_hint(&hint, at->key, names);
	doc_fault(&a->doc, at, "unknown channel%.*s", (int)hint.len, hint.data);
	buf_release(&hint);
	free(names);
	return NULL;
}

/* What is not the channel. */
static void
load_common(struct alerts *a, struct receiver *r, const struct doc_place *at,
    const json_t *common)
{
	struct receiver_text text = {.tells_resolved = true};
	struct doc_place rate = {.up = at, .key = "rate"};

	doc_read(&a->doc, at, common, members, &text);
	r->tells_resolved = text.tells_resolved;
	if (text.rate && !rate_parse(text.rate, &r->rate))
		doc_fault(&a->doc, &rate,
		    "must be like 20/m, or 20/m:5 with a burst");
}

/* As often as the service takes it, if the file does not say. */
static void
set_rate(struct receiver *r)
{
	uint32_t rate = r->channel ? r->channel->limits.rate : 0;

	if (rate == 0 || r->rate.interval_us != 0)
		return;
	r->rate.interval_us = 60 * INT64_C(1000000) / rate;
	r->rate.burst = rate / 4 > 1 ? rate / 4 : 1;
}

static bool
is_common(const char *key)
{
	return strcmp(key, "rate") == 0 || strcmp(key, "resolved") == 0;
}

static void
load_receiver(struct alerts *a, struct receiver *r, const struct doc_place *at,
    const json_t *v)
{
	struct doc_place place = {.up = at};
	json_t *common = json_object(), *settings;
	size_t n_channels = 0;
	const char *key;

	r->name = at->key;
	if (strlen(r->name) >= ALERT_NAME_MAX)
		doc_fault(&a->doc, at, "the name has more than %d bytes",
		    ALERT_NAME_MAX - 1);
	if (!doc_is(&a->doc, at, v, JSON_OBJECT)) {
		json_decref(common);
		return;
	}
	json_object_foreach((json_t *)v, key, settings)
	{
		if (is_common(key))
			json_object_set(common, key, settings);
		else
			n_channels++;
	}
	if (n_channels != 1)
		doc_fault(&a->doc, at,
		    "must have one channel, such as email or webhook");
	load_common(a, r, at, common);
	json_object_foreach((json_t *)v, key, settings)
	{
		place.key = key;
		if (is_common(key))
			continue;
		r->channel = find_channel(a, &place);
		if (r->channel && n_channels == 1)
			r->settings =
			    r->channel->load(a, &place, settings, r->channel);
	}
	set_rate(r);
	json_decref(common);
}

void
alert_receivers_load(struct alerts *a, const json_t *receivers)
{
	struct doc_place at = {.key = "receivers"}, place = {.up = &at};
	const char *key;
	json_t *v;

	a->receivers =
	    xcalloc(json_object_size(receivers) + 1, sizeof(*a->receivers));
	json_object_foreach((json_t *)receivers, key, v)
	{
		place.key = key;
		load_receiver(a, &a->receivers[a->n_receivers++], &place, v);
	}
}

const struct receiver *
alert_receiver_find(
    struct alerts *a, const struct doc_place *at, const char *name)
{
	const char **names = list_receivers(a);
	struct receiver *found = NULL;

	if (alert_is_known(a, at, "receiver", name, names))
		for (size_t i = 0; i < a->n_receivers; i++)
			if (strcmp(a->receivers[i].name, name) == 0)
				found = &a->receivers[i];
	free(names);
	if (found)
		found->is_used = true;
	return found;
}
