#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <curl/curl.h>

#include "core/xmem.h"
#include "http/freshness.h"

/* A word out of a list, lent. */
struct word {
	const char *s;
	size_t len;
};

static bool
is_word(const struct word *w, const char *name)
{
	return w->len == strlen(name) && strncasecmp(w->s, name, w->len) == 0;
}

static bool
is_one_of(const char *name, size_t len, const char *const *names)
{
	struct word w = {name, len};

	for (; *names; names++)
		if (is_word(&w, *names))
			return true;
	return false;
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static void
trim(struct word *w)
{
	for (; w->len > 0 && is_blank(*w->s); w->len--)
		w->s++;
	while (w->len > 0 && is_blank(w->s[w->len - 1]))
		w->len--;
}

/* The end of an element of a list: a comma that is not quoted. */
static const char *
end_of_element(const char *s)
{
	bool is_quoted = false;

	for (; *s && (is_quoted || *s != ','); s++) {
		if (*s == '"')
			is_quoted = !is_quoted;
		else if (is_quoted && *s == '\\' && s[1])
			s++;
	}
	return s;
}

/* Seconds as ms; 0 if they are none: whoever means something else means less,
 * not more. */
static int64_t
seconds(struct word w)
{
	int64_t s = 0;

	if (w.len > 1 && w.s[0] == '"' && w.s[w.len - 1] == '"') {
		w.s++;
		w.len -= 2;
	}
	for (size_t i = 0; i < w.len; i++) {
		if (!isdigit((unsigned char)w.s[i]))
			return 0;
		if (s < FRESHNESS_MAX / 1000)
			s = s * 10 + (w.s[i] - '0');
	}
	return s < FRESHNESS_MAX / 1000 ? s * 1000 : FRESHNESS_MAX;
}

static void
keep_least(int64_t *duration, int64_t other)
{
	if (*duration == FRESHNESS_NONE || other < *duration)
		*duration = other;
}

static void
take_directive(struct cache_control *c, struct word name, struct word value)
{
	c->no_store |= is_word(&name, "no-store");
	/* with names of headers it is about them only; to ask is safe */
	c->no_cache |= is_word(&name, "no-cache");
	c->must_revalidate |= is_word(&name, "must-revalidate");
	if (is_word(&name, "max-age"))
		keep_least(&c->max_age, seconds(value));
	if (is_word(&name, "stale-if-error"))
		keep_least(&c->stale_if_error, seconds(value));
}

void
cache_control_read(struct cache_control *c, const char *value)
{
	*c = (struct cache_control){
	    .max_age = FRESHNESS_NONE, .stale_if_error = FRESHNESS_NONE};
	while (value && *value) {
		const char *end = end_of_element(value);
		struct word name = {value, (size_t)(end - value)}, arg = {0};
		const char *equals = memchr(value, '=', name.len);

		if (equals) {
			arg.s = equals + 1;
			arg.len = (size_t)(end - arg.s);
			name.len = (size_t)(equals - value);
		}
		trim(&name);
		trim(&arg);
		take_directive(c, name, arg);
		value = end + (*end == ',');
	}
}

bool
freshness_date(const char *s, int64_t *ms)
{
	time_t t = curl_getdate(s, NULL);

	if (t == -1)
		return false;
	*ms = (int64_t)t * 1000;
	return true;
}

bool
freshness_is_storable(const struct freshness_answer *a)
{
	struct cache_control c;
	struct buf none = {0};
	bool is_good;

	cache_control_read(&c, a->cache_control);
	is_good = freshness_vary(&none, a->vary, NULL);
	buf_release(&none);
	return is_good && !c.no_store;
}

/* A tenth of the time that it has not changed. */
static int64_t
guess(const struct freshness_answer *a)
{
	int64_t since, date;

	if (!a->last_modified || !freshness_date(a->last_modified, &since))
		return 0;
	if (!a->date || !freshness_date(a->date, &date) || date > a->came)
		date = a->came;
	if (date < since)
		return 0;
	date = (date - since) / 10;
	return date < FRESHNESS_HEURISTIC ? date : FRESHNESS_HEURISTIC;
}

/* As the answer, or the caller, says. */
static int64_t
lifetime(const struct freshness_answer *a, const struct freshness_wish *w,
    const struct cache_control *c)
{
	int64_t expires, date;

	if (c->no_cache)
		return 0;
	if (w->ttl != FRESHNESS_NONE)
		return w->ttl < FRESHNESS_MAX ? w->ttl : FRESHNESS_MAX;
	if (c->max_age != FRESHNESS_NONE)
		return c->max_age;
	if (a->expires) {
		if (!freshness_date(a->expires, &expires))
			return 0; /* "0", "-1" */
		if (!a->date || !freshness_date(a->date, &date))
			date = a->came;
		expires -= date;
		if (expires < 0)
			return 0;
		return expires < FRESHNESS_MAX ? expires : FRESHNESS_MAX;
	}
	return w->is_heuristic ? guess(a) : 0;
}

struct freshness
freshness_judge(const struct freshness_answer *a,
    const struct freshness_wish *w, int64_t now)
{
	struct word told = {a->age, a->age ? strlen(a->age) : 0};
	struct cache_control c;
	struct freshness f = {0};

	cache_control_read(&c, a->cache_control);
	trim(&told);
	f.age = seconds(told);
	if (a->came > a->asked)
		f.age += a->came - a->asked;
	if (now > a->came)
		f.age += now - a->came;
	f.lifetime = lifetime(a, w, &c) / 1000 * w->per_mille +
		     lifetime(a, w, &c) % 1000 * w->per_mille / 1000;
	f.is_fresh = f.age < f.lifetime && now >= a->came;
	f.stale_for = w->stale_if_error != FRESHNESS_NONE ? w->stale_if_error
							  : c.stale_if_error;
	if (f.stale_for < 0 ||
	    ((c.must_revalidate || c.no_cache) && !w->is_forced))
		f.stale_for = 0;
	if (f.stale_for > FRESHNESS_MAX)
		f.stale_for = FRESHNESS_MAX;
	f.is_usable_stale =
	    !f.is_fresh && f.stale_for > 0 && f.age - f.lifetime <= f.stale_for;
	return f;
}

static int
by_name(const void *a, const void *b)
{
	const struct word *x = a, *y = b;
	size_t n = x->len < y->len ? x->len : y->len;
	int order = strncasecmp(x->s, y->s, n);

	return order != 0 ? order : (x->len > y->len) - (x->len < y->len);
}

/* Append "name" and the values that the headers have for it. */
static void
add_values(struct buf *key, const struct word *name, const char *const *headers)
{
	for (size_t i = 0; i < name->len; i++)
		buf_addc(key, (char)tolower((unsigned char)name->s[i]));
	for (; headers && *headers; headers++) {
		struct word value = {*headers, strcspn(*headers, ":")};

		if (value.len != name->len ||
		    strncasecmp(value.s, name->s, value.len) != 0 ||
		    value.s[value.len] != ':')
			continue;
		value.s += name->len + 1;
		value.len = strlen(value.s);
		trim(&value);
		buf_addc(key, ':');
		buf_add(key, value.s, value.len);
	}
	buf_addc(key, '\n');
}

bool
freshness_vary(struct buf *key, const char *vary, const char *const *headers)
{
	struct word *names = NULL;
	size_t n = 0, n_max = 1;
	bool is_any = false;

	for (const char *p = vary; p && *p; p++)
		n_max += *p == ',';
	names = xcalloc(n_max, sizeof(*names));
	while (vary && *vary) {
		struct word w = {vary, strcspn(vary, ",")};

		vary += w.len + (vary[w.len] == ',');
		trim(&w);
		is_any |= is_word(&w, "*");
		if (w.len > 0)
			names[n++] = w;
	}
	qsort(names, n, sizeof(*names), by_name);
	for (size_t i = 0; i < n && !is_any; i++)
		if (i == 0 || by_name(&names[i - 1], &names[i]) != 0)
			add_values(key, &names[i], headers);
	free(names);
	return !is_any;
}

bool
freshness_keeps(const char *name, size_t len)
{
	/* the body is kept unpacked: its length and its coding go */
	static const char *const not [] = {"authentication-info",
	    "authorization", "connection", "content-encoding", "content-length",
	    "cookie", "keep-alive", "proxy-authenticate",
	    "proxy-authentication-info", "proxy-authorization",
	    "proxy-connection", "set-cookie", "set-cookie2", "te", "trailer",
	    "transfer-encoding", "upgrade", "www-authenticate", NULL};

	return !is_one_of(name, len, not );
}

bool
freshness_updates(const char *name, size_t len)
{
	return freshness_keeps(name, len) &&
	       (len < 8 || strncasecmp(name, "content-", 8) != 0);
}
