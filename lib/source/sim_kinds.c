/*
 * sim_kinds - the records of sim:weather, sim:currency and sim:github.
 */
#include <inttypes.h>
#include <stdio.h>

#include "core/random.h"
#include "core/timestamp.h"
#include "source/sim.h"

#define HOUR_MS ((int64_t)3600000)
#define DAY_MS (24 * HOUR_MS)

#define COUNT(a) (sizeof(a) / sizeof(*(a)))

/* Temperatures in tenths of a degree; season: negative in the south. */
static const struct city {
	const char *name;
	int mean, season, day, humidity, hours; /* hours: of UTC */
} cities[SIM_CITIES] = {
    {"Recife", 265, -15, 25, 76, -3},
    {"S\xC3\xA3o Paulo", 195, -35, 45, 78, -3},
    {"London", 110, 65, 30, 74, 0},
    {"New York", 125, 115, 40, 64, -5},
    {"Cairo", 220, 75, 65, 48, 2},
    {"Tokyo", 160, 105, 35, 66, 9},
    {"Sydney", 180, -50, 40, 65, 10},
    {"Reykjav\xC3\xADk", 50, 55, 15, 78, 0},
};

/* Units of 0.0001 for one US dollar. */
static const struct target {
	const char *name;
	int64_t rate;
} targets[SIM_TARGETS] = {
    {"BRL", 54000},
    {"EUR", 9200},
    {"GBP", 7900},
    {"JPY", 1520000},
    {"CHF", 8800},
    {"CAD", 13900},
    {"AUD", 15300},
    {"CNY", 72400},
};

/*
 * 1000 * sin(degrees), in integers, within 2 (Bhaskara I, about 629).
 */
static int64_t
sine(int64_t degrees)
{
	int64_t x = (degrees % 360 + 360) % 360, half = x % 180;
	int64_t product = half * (180 - half);
	int64_t y = 4000 * product / (40500 - product);

	return x < 180 ? y : -y;
}

static int64_t
clamp(int64_t x, int64_t low, int64_t high)
{
	if (x < low)
		return low;
	return x > high ? high : x;
}

static void
begin(struct sim *s, const char *kind, uint64_t i)
{
	char id[64];

	s->n_members = 0;
	s->text.len = 0;
	snprintf(
	    id, sizeof(id), "%s-%" PRIu64 "-%" PRIu64, kind, s->seed, i + 1);
	sim_text(s, "kind", kind);
	sim_text(s, "id", id);
}

/* The time of step k. */
static int64_t
time_of(const struct sim *s, uint64_t k)
{
	return s->start_ms + (int64_t)k * s->step_ms;
}

/* In tenths of a degree: the year's cycle, the day's, and a random walk. */
static int64_t
temperature(struct sim *s, size_t place, int64_t now)
{
	const struct city *c = &cities[place];
	int64_t day = now / DAY_MS,
		hour_ms = (now + c->hours * HOUR_MS) % DAY_MS;
	int64_t *walk = &s->walks[place][0];

	*walk = *walk * 95 / 100 + sim_noise(&s->data, 4);
	/* warmest late in July, and at three in the afternoon */
	return c->mean + c->season * sine(day % 365 * 360 / 365 - 110) / 1000 +
	       c->day * sine(hour_ms * 360 / DAY_MS - 135) / 1000 + *walk +
	       sim_noise(&s->data, 3);
}

static const char *
condition(int64_t celsius10, int64_t humidity, int64_t pressure10)
{
	if (humidity > 88 && celsius10 < 0)
		return "snow";
	if (humidity > 88)
		return "rain";
	if (humidity > 75 || pressure10 < 10050)
		return "clouds";
	return "clear";
}

void
sim_weather(struct sim *s, uint64_t i)
{
	size_t place = i % SIM_CITIES;
	const struct city *c = &cities[place];
	int64_t now = time_of(s, i / SIM_CITIES), t, humidity, wind;
	int64_t *pressure = &s->walks[place][1];

	t = temperature(s, place, now);
	*pressure = *pressure * 98 / 100 + sim_noise(&s->data, 8);
	humidity = clamp(
	    c->humidity - (t - c->mean) / 8 + sim_noise(&s->data, 6), 12, 100);
	wind = sim_range(&s->data, 0, 60) + sim_range(&s->data, 0, 60);
	begin(s, "weather", i);
	sim_text(s, "city", c->name);
	sim_date(s, "timestamp", now);
	sim_number(s, "temperature", t, 1);
	sim_number(s, "feels_like",
	    t > 200 ? t + (humidity - 50) / 2 : t - wind / 6, 1);
	sim_number(s, "humidity", humidity, 0);
	sim_number(s, "pressure", 10132 + *pressure, 1);
	sim_number(s, "wind_speed", wind, 1);
	sim_text(s, "condition", condition(t, humidity, 10132 + *pressure));
	sim_text(s, "source", "sim");
}

void
sim_currency(struct sim *s, uint64_t i)
{
	size_t place = i % SIM_TARGETS;
	const struct target *t = &targets[place];
	int64_t *rate = &s->rates[place];

	if (*rate == 0)
		*rate = t->rate;
	/* some hundredths of a percent a step, drawn back to where it began */
	*rate +=
	    *rate * sim_noise(&s->data, 20) / 10000 + (t->rate - *rate) / 200;
	begin(s, "currency", i);
	sim_text(s, "base", "USD");
	sim_text(s, "target", t->name);
	sim_number(s, "rate", *rate, 4);
	sim_date(s, "timestamp", time_of(s, i / SIM_TARGETS));
	sim_text(s, "source", "sim");
}

/* Most are small, few are large: each doubling is half as likely. */
static int64_t
popularity(struct sim *s)
{
	int64_t scale = 8;

	while (scale < ((int64_t)1 << 17) && random_next(&s->data) % 100 < 62)
		scale *= 2;
	return sim_range(&s->data, 0, scale);
}

void
sim_github(struct sim *s, uint64_t i)
{
	static const char *const owners[] = {"acorn-labs", "blue-harbor",
	    "dataforge", "fernwood", "glacier-io", "lumen-dev", "northwind",
	    "openloom", "pinecone-x", "tidepool"};
	static const char *const things[] = {"parser", "queue", "cache",
	    "router", "shell", "metrics", "codec", "index", "sync", "notes"};
	static const char *const languages[] = {
	    "C", "Go", "Python", "Rust", "TypeScript", "Java", "Shell"};
	const char *owner = owners[random_next(&s->data) % COUNT(owners)];
	const char *thing = things[random_next(&s->data) % COUNT(things)];
	int64_t stars = popularity(s), now = time_of(s, i);
	int64_t age = sim_range(&s->data, 1, 4000);
	char name[96];

	snprintf(name, sizeof(name), "%s/%s-%" PRIu64, owner, thing, i + 1);
	begin(s, "github", i);
	sim_text(s, "full_name", name);
	sim_text(s, "owner", owner);
	sim_number(s, "stars", stars, 0);
	sim_number(s, "forks", sim_range(&s->data, 0, stars / 4 + 1), 0);
	sim_number(s, "open_issues", sim_range(&s->data, 0, stars / 10 + 5), 0);
	sim_text(
	    s, "language", languages[random_next(&s->data) % COUNT(languages)]);
	sim_date(s, "created_at", now - age * DAY_MS);
	sim_date(
	    s, "pushed_at", now - sim_range(&s->data, 0, age * 86400) * 1000);
	sim_text(s, "source", "sim");
}
