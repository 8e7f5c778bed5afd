#include <stddef.h>
#include <string.h>

#include <jansson.h>

#include "alert/silence.h"
#include "alert/window.h"

static bool
is_sound(const void *state)
{
	const struct silence *s = state;

	return s->ends_at >= s->starts_at;
}

static int64_t
life(const void *state, int64_t now)
{
	const struct silence *s = state;
	int64_t left = s->ends_at > now ? s->ends_at - now : 0;

	return left + SILENCE_KEPT_MS;
}

static const struct state_member members[] = {
    {"id", STATE_STRING, offsetof(struct silence, id), SILENCE_ID},
    {"matchers", STATE_JSON, offsetof(struct silence, matchers), 65536},
    {"window", STATE_JSON, offsetof(struct silence, window), 1024},
    {"by", STATE_STRING, offsetof(struct silence, by), ALERT_PERSON_MAX},
    {"comment", STATE_JSON, offsetof(struct silence, comment), 8192},
    {"made_at", STATE_INT, offsetof(struct silence, made_at), 0},
    {"starts_at", STATE_INT, offsetof(struct silence, starts_at), 0},
    {"ends_at", STATE_INT, offsetof(struct silence, ends_at), 0},
    {NULL, STATE_INT, 0, 0},
};

const struct state_kind silence_kind = {
    "silence", sizeof(struct silence), members, is_sound, life};

bool
silence_read(struct silence *s, const char *text, size_t len, struct buf *why)
{
	json_t *list;
	bool is_good;

	if (!state_read(text, len, &silence_kind, s, why))
		return false;
	list = json_loadb(s->matchers.data, s->matchers.len, 0, NULL);
	is_good = json_array_size(list) > 0;
	for (size_t i = 0; is_good && i < json_array_size(list); i++) {
		const char *one = json_string_value(json_array_get(list, i));

		is_good = one && matchers_parse(&s->parsed, one, why);
	}
	json_decref(list);
	if (!is_good)
		buf_adds(why, " (matchers)");
	return is_good;
}

void
silence_release(struct silence *s)
{
	matchers_release(&s->parsed);
	state_release(&silence_kind, s);
}

/* Its hours; returns whether it has any. */
static bool
read_window(const struct silence *s, struct window *w)
{
	struct buf text = {0};
	bool has_hours = s->window.len > 0;

	if (!has_hours)
		return false;
	labels_unquote(&text, &s->window);
	buf_addc(&text, '\0');
	has_hours = window_parse(w, text.data, &text);
	buf_release(&text);
	return has_hours;
}

bool
silence_is_on(const struct silence *s, int64_t now)
{
	struct window w;

	if (now < s->starts_at || now >= s->ends_at)
		return false;
	return !read_window(s, &w) || window_is_on(&w, now);
}

bool
silence_matches(const struct silence *s, const struct instance *i)
{
	for (size_t k = 0; k < s->parsed.n; k++) {
		size_t len;
		const char *value =
		    instance_label(i, s->parsed.v[k].label, &len);

		if (!matcher_test(&s->parsed.v[k], value, len))
			return false;
	}
	return s->parsed.n > 0;
}

const char *
silence_state(const struct silence *s, int64_t now)
{
	if (now >= s->ends_at)
		return "expired";
	if (now < s->starts_at)
		return "pending";
	return silence_is_on(s, now) ? "active" : "between";
}

int64_t
silence_due(const struct silence *s, int64_t now)
{
	struct window w;
	int64_t change;

	if (now >= s->ends_at)
		return STORE_NEVER;
	if (now < s->starts_at)
		return s->starts_at;
	change = read_window(s, &w) ? window_change(&w, now) : 0;
	return change > 0 && change < s->ends_at ? change : s->ends_at;
}
