#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/num.h"
#include "detect/judge_private.h"
#include "detect/options_private.h"
#include "detect/saved.h"

/* Who looks at an option, beside the BATCH_ bits of the methods themselves. */
enum { STREAM = 1 << 16, BATCH_ALL = 1 << 17, WINDOWED = 1 << 18 };

/* The options that are numbers, in the order of their constants. */
static struct number {
	const char *name;
	double low, high;
	double value; /* what the option said, or the default */
	unsigned users;
	bool is_whole, is_set;
} numbers[] = {
    {"window", DETECT_WINDOW_MIN, DETECT_WINDOW_MAX, 0, WINDOWED | BATCH_ALL,
	true, false},
    {"threshold", 0, DETECT_SCORE_MAX, 0, STREAM | BATCH_ALL, false, false},
    {"contamination", 1e-6, .5, .01, BATCH_ALL, false, false},
    {"max-keys", 1, 1e9, 10000, STREAM, true, false},
    {"neighbours", 1, 10000, 0, BATCH_NEIGHBOURS, true, false},
    {"trees", 1, 10000, 100, BATCH_FOREST, true, false},
    {"sample", 2, 65536, 256, BATCH_FOREST, true, false},
    {"eps", 1e-300, 1e300, 0, BATCH_RADIUS, false, false},
    {"seed", 0, 9007199254740991, 1, BATCH_SEED, true, false},
    {"quantile", .5, .999999, 0, BATCH_ALL, false, false},
    {"nu", 1e-6, 1, .5, BATCH_NU, false, false},
    {"tol", 1e-12, 1, .001, BATCH_NU, false, false},
};
#define KEYS_BYTES ((size_t)512 << 20)
#define PERIOD_MAX ((int64_t)366 * 86400000)
#define REST_ROWS_MAX 1000000
#define NUMBER(c) (numbers[(c)-OPTION_WINDOW])

static void
compile(
    const struct options *o, struct jpath *p, const char *option, const char *s)
{
	struct jpath_error err;

	if (!jpath_compile(p, s, &err))
		cli_wrong(o->cli, "%s: %s: at byte %zu: %s", option, s, err.at,
		    err.what);
}

void
options_add_field(struct options *o, const char *text)
{
	struct jpath p;

	compile(o, &p, "--field", text);
	judge_add_field(o->judge, &p, text);
	jpath_release(&p);
}

static void
set_time(struct options *o, const char *text)
{
	struct jpath p;

	if (o->judge->options.has_time)
		cli_wrong(o->cli, "--time: there can be only one");
	compile(o, &p, "--time", text);
	judge_set_time(o->judge, &p, text);
	jpath_release(&p);
}

void
options_set_key(struct options *o, const char *text)
{
	if (o->judge->key_name)
		cli_wrong(o->cli, "--key: there can be only one");
	o->judge->key_name = text;
	compile(o, &o->judge->key, "--key", text);
}

static void
set_number(const struct options *o, struct number *n, const char *text)
{
	if (num_double(text, &n->value) != 0 || n->value < n->low ||
	    n->value > n->high || (n->is_whole && n->value != floor(n->value)))
		cli_wrong(o->cli, "--%s: %s: not a number from %.16g to %.16g",
		    n->name, text, n->low, n->high);
	n->is_set = true;
}

static void
set_period(struct options *o, const char *text)
{
	int64_t *ms = &o->judge->options.period_ms;

	o->period = text;
	*ms = DETECT_AUTO;
	if (strcmp(text, "auto") != 0 &&
	    (num_duration(text, ms) != 0 || *ms < 1000 || *ms > PERIOD_MAX))
		cli_wrong(o->cli,
		    "--period: %s: neither auto nor a duration from 1s to 366d",
		    text);
}

static void
set_direction(struct options *o, const char *text)
{
	static const char *const names[] = {"both", "up", "down"};

	o->direction = text;
	for (int i = 0; i < 3; i++) {
		if (strcmp(text, names[i]) == 0) {
			o->judge->options.direction = (enum detect_direction)i;
			return;
		}
	}
	cli_wrong(o->cli, "--direction: %s: not up, down or both", text);
}

/* Rows, or a duration, which has a unit. */
static void
set_cooldown(struct options *o, const char *text)
{
	struct detect_options *d = &o->judge->options;
	uint64_t rows;

	o->cooldown = text;
	d->is_rest_ms = false;
	if (num_uint(text, 0, REST_ROWS_MAX, &rows) == 0) {
		d->rest = (int64_t)rows;
		return;
	}
	d->is_rest_ms = true;
	if (num_duration(text, &d->rest) != 0 || d->rest > PERIOD_MAX)
		cli_wrong(o->cli,
		    "--cooldown: %s: neither a number of records, up to %d, "
		    "nor a duration up to 366d",
		    text, REST_ROWS_MAX);
}

static void
set_state(struct options *o, const char *text)
{
	if (!saved_is_name(text))
		cli_wrong(o->cli,
		    "--state: %s: not 1 to 100 letters, digits and . _ -",
		    text);
	o->state = text;
}

static void
set_age(struct options *o, const char *text)
{
	if (num_duration(text, &o->retrain_ms) != 0 || o->retrain_ms <= 0)
		cli_wrong(
		    o->cli, "--retrain: %s: no duration, such as 24h", text);
}

void
options_take(struct options *o, struct filter *f, int option, const char *arg)
{
	if (option >= OPTION_WINDOW && option < OPTION_NUMBERS_END) {
		set_number(o, &NUMBER(option), arg);
		return;
	}
	switch (option) {
	case 'm':
		o->method = arg;
		return;
	case 'f':
		options_add_field(o, arg);
		return;
	case 'k':
		options_set_key(o, arg);
		return;
	case 't':
		set_time(o, arg);
		return;
	case OPTION_PERIOD:
		set_period(o, arg);
		return;
	case OPTION_DIRECTION:
		set_direction(o, arg);
		return;
	case OPTION_COOLDOWN:
		set_cooldown(o, arg);
		return;
	case OPTION_STATE:
		set_state(o, arg);
		return;
	case OPTION_BATCH:
		o->whole = true;
		return;
	case OPTION_SCALE:
		o->judge->gather.is_scaled = true;
		return;
	case OPTION_ONLY:
		o->judge->only = true;
		return;
	case OPTION_EXPLAIN:
		o->judge->explain = true;
		return;
	case OPTION_FIT:
		o->judge->fit = arg;
		return;
	case OPTION_MODEL:
		o->model = arg;
		return;
	case OPTION_PLOT:
		o->judge->plot = plot_new(arg);
		if (!o->judge->plot)
			cli_wrong(o->cli,
			    "--plot: %s: neither .svg, .png nor .txt", arg);
		return;
	case OPTION_RETRAIN:
		set_age(o, arg);
		return;
	case OPTION_LIST:
		options_list();
	}
	filter_option(f, o->cli, option, arg);
}

static void
refuse(const struct options *o, bool is_given, const char *option)
{
	if (is_given)
		cli_wrong(o->cli, "--%s: not with %s%s", option, o->method,
		    o->whole ? " --batch" : "");
}

/* Refuse the options that would have no effect. */
static void
refuse_others(const struct options *o, unsigned users)
{
	for (int i = OPTION_WINDOW; i < OPTION_NUMBERS_END; i++)
		refuse(o, NUMBER(i).is_set && !(NUMBER(i).users & users),
		    NUMBER(i).name);
}

static double
get(int option, double otherwise)
{
	return NUMBER(option).is_set ? NUMBER(option).value : otherwise;
}

static void
check_time(const struct options *o, const struct detect_method *m)
{
	const struct detect_options *d = &o->judge->options;

	if (d->has_time)
		return;
	if (m->traits & DETECT_TIMED)
		cli_wrong(o->cli, "%s: when was it? see --time", o->method);
	if (o->period)
		cli_wrong(o->cli, "--period: needs --time");
	if (d->is_rest_ms && d->rest > 0)
		cli_wrong(o->cli, "--cooldown: a duration needs --time");
}

/* As many as --max-keys says; or its default, but not so many that they could
 * take more than KEYS_BYTES. */
static size_t
max_keys(const struct judge *j, const struct detect_method *m)
{
	double n = NUMBER(OPTION_MAX_KEYS).value;
	size_t fit =
	    KEYS_BYTES / detector_bytes(m, j->row.columns, j->options.window);

	if (NUMBER(OPTION_MAX_KEYS).is_set || n < (double)fit)
		return (size_t)n;
	return fit > 0 ? fit : 1;
}

static void
prepare_stream(struct options *o, const struct detect_method *m, unsigned jobs)
{
	struct judge *j = o->judge;
	unsigned users = STREAM;

	users |= m->window > 0 ? WINDOWED : 0;
	users |= m->traits & DETECT_SEEDED ? BATCH_SEED : 0;
	refuse_others(o, users);
	refuse(o, j->gather.is_scaled, "scale");
	refuse(o, jobs > 1, "jobs");
	refuse(o, o->direction && m->traits & DETECT_BLIND, "direction");
	refuse(o, o->period && !(m->traits & DETECT_SEASONS), "period");
	check_time(o, m);
	j->method = m;
	j->options.window = (size_t)get(OPTION_WINDOW, (double)m->window);
	j->options.threshold = get(OPTION_THRESHOLD, m->threshold);
	j->options.seed = (uint64_t)NUMBER(OPTION_SEED).value;
	if (!o->cooldown && m->traits & DETECT_PEAKS)
		j->options.rest = DETECT_REST;
	j->row.threshold = j->options.threshold;
	j->detectors.max = max_keys(j, m);
	j->state = o->state;
}

/* Those of methods that stream. */
static void
refuse_stream(const struct options *o)
{
	refuse(o, o->cooldown, "cooldown");
	refuse(o, o->direction, "direction");
	refuse(o, o->period, "period");
	refuse(o, o->state, "state");
	refuse(o, o->judge->options.has_time, "time");
}

void
options_refuse_all(const struct options *o, unsigned jobs)
{
	refuse_others(o, 0);
	refuse_stream(o);
	refuse(o, o->judge->gather.is_scaled, "scale");
	refuse(o, jobs > 1, "jobs");
}

/* Which share of the rows is to be flagged, or which scores. */
static void
set_threshold(const struct options *o, const struct batch_method *m)
{
	struct judge *j = o->judge;
	double threshold =
	    m->threshold_for ? m->threshold_for(judge_width(j)) : m->threshold;

	if (NUMBER(OPTION_CONTAMINATION).is_set +
		NUMBER(OPTION_THRESHOLD).is_set +
		NUMBER(OPTION_QUANTILE).is_set >
	    1)
		cli_wrong(o->cli,
		    "--contamination, --quantile and --threshold: "
		    "choose one");
	if (NUMBER(OPTION_CONTAMINATION).is_set ||
	    NUMBER(OPTION_QUANTILE).is_set)
		threshold = NAN;
	j->row.threshold = get(OPTION_THRESHOLD, threshold);
	j->gather.threshold = j->row.threshold;
	j->gather.quantile = NUMBER(OPTION_QUANTILE).value;
	if (isnan(j->row.threshold) && !NUMBER(OPTION_QUANTILE).is_set)
		j->gather.contamination = NUMBER(OPTION_CONTAMINATION).value;
}

static void
prepare_batch(struct options *o, const struct batch_method *m, unsigned jobs)
{
	struct judge *j = o->judge;

	refuse_others(o, BATCH_ALL | m->uses);
	refuse_stream(o);
	j->window = (size_t)get(OPTION_WINDOW, 0);
	set_threshold(o, m);
	j->gather.method = m;
	j->gather.options = (struct batch_options){
	    .seed = (uint64_t)NUMBER(OPTION_SEED).value,
	    .jobs = jobs ? jobs : 1,
	    .neighbours = (size_t)get(OPTION_NEIGHBOURS, (double)m->neighbours),
	    .trees = (size_t)NUMBER(OPTION_TREES).value,
	    .sample = (size_t)NUMBER(OPTION_SAMPLE).value,
	    .radius = NUMBER(OPTION_EPS).value,
	    .nu = NUMBER(OPTION_NU).value,
	    .tolerance = NUMBER(OPTION_TOLERANCE).value};
}

/* Of the methods that can work both ways, the one that streams is taken,
 * unless there is --batch or --fit. */
static void
prepare_method(struct options *o, unsigned jobs)
{
	o->whole |= o->judge->fit != NULL;
	if (!o->method && o->judge->options.has_time && !o->whole)
		o->method = detect_auto.name;
	if (!o->method)
		cli_wrong(o->cli, "which method? see --method and --list");
	if (o->judge->row.columns == 0)
		cli_wrong(o->cli, "which field? see --field");
	if (!o->whole && detect_find(o->method))
		prepare_stream(o, detect_find(o->method), jobs);
	else if (batch_find(o->method))
		prepare_batch(o, batch_find(o->method), jobs);
	else
		options_refuse_method(o);
}

void
options_end(struct options *o, struct filter *f)
{
	unsigned jobs = f->jobs;

	f->jobs = 1; /* records are read in order */
	if (o->model && o->judge->fit)
		cli_wrong(o->cli, "--model and --fit: choose one");
	if (o->retrain_ms > 0 && !o->judge->fit)
		cli_wrong(o->cli, "--retrain: only with --fit");
	if (o->model)
		options_use_model(o, jobs);
	else
		prepare_method(o, jobs);
	if (o->retrain_ms > 0)
		options_use_fresh(o);
	o->judge->row.method = o->method;
	judge_start(o->judge, f);
}
