/* profile, third part: as text. */
#include <math.h>
#include <string.h>

#include "core/utf8.h"
#include "quality/profile.h"
#include "json/path.h"
#include "json/write.h"

#define TOP_SHOWN 10
#define SHAPES_SHOWN 10
#define DATE_SHARE 0.95 /* of the strings, to be called dates */

void
profile_write_path(struct buf *b, const struct profile_path *x)
{
	if (x->up && x->up->up)
		profile_write_path(b, x->up);
	else if (!x->name)
		buf_addc(b, '.');
	if (!x->up)
		return;
	if (!x->name) {
		buf_adds(b, "[]");
		return;
	}
	jpath_write_name(b, x->name, x->len);
}

void
profile_write_value(struct buf *b, const struct top_value *v)
{
	struct buf text = {0};
	uint64_t bits;
	double x;

	memcpy(&bits, v->text, sizeof(bits));
	memcpy(&x, v->text, sizeof(x));
	switch ((enum profile_tag)v->tag) {
	case PROFILE_TAG_INT:
		jwrite_int(b, (int64_t)bits);
		return;
	case PROFILE_TAG_UINT:
		jwrite_uint(b, bits);
		return;
	case PROFILE_TAG_DOUBLE:
		jwrite_double(b, x);
		return;
	case PROFILE_TAG_STRING:
		break;
	}
	if (v->len <= TOP_TEXT) {
		jwrite_string(b, v->text, v->len);
		return;
	}
	buf_add(&text, v->text, utf8_cut(v->text, TOP_TEXT, TOP_TEXT - 3));
	buf_adds(&text, "...");
	jwrite_string(b, text.data, text.len);
	buf_release(&text);
}

static void
add_uint(struct buf *b, const char *before, uint64_t n)
{
	buf_adds(b, before);
	jwrite_uint(b, n);
}

static void
add_number(struct buf *b, const char *before, double x)
{
	buf_adds(b, before);
	jwrite_double(b, x);
}

/* Sums of parts differ from that of the whole in the last digits. */
static void
add_rounded(struct buf *b, const char *before, double x)
{
	buf_adds(b, before);
	if (isfinite(x))
		buf_addf(b, "%.10g", x);
	else
		buf_adds(b, "null");
}

static void
add_types(struct buf *b, const struct profile_path *x)
{
	const char *before = ",\"types\":{";
	uint64_t n = profile_count(x);

	for (int i = 0; i < PROFILE_TYPES; i++) {
		if (x->types[i] == 0)
			continue;
		buf_adds(b, before);
		jwrite_string(
		    b, profile_type_names[i], strlen(profile_type_names[i]));
		add_uint(b, ":{\"count\":", x->types[i]);
		buf_addf(
		    b, ",\"share\":%.4g}", (double)x->types[i] / (double)n);
		before = ",";
	}
	buf_adds(b, n > 0 ? "}" : ",\"types\":{}");
}

/* Append ,"name":{"min":..,"max":..,"mean":..,"sd":.. without the brace. */
static void
add_moments(struct buf *b, const char *before, const struct moments *s)
{
	add_number(b, before, s->min);
	add_number(b, ",\"max\":", s->max);
	add_rounded(b, ",\"mean\":", s->mean);
	add_rounded(b, ",\"sd\":", moments_sd(s));
}

static void
add_numbers(struct buf *b, const struct profile_path *x)
{
	static const double shares[] = {0.5, 0.9, 0.99};
	double q[3];

	if (x->numbers.n > 0) {
		quantile_get(&x->quantiles, shares, 3, q);
		add_moments(b, ",\"numbers\":{\"min\":", &x->numbers);
		add_number(b, ",\"p50\":", q[0]);
		add_number(b, ",\"p90\":", q[1]);
		add_number(b, ",\"p99\":", q[2]);
		buf_addc(b, '}');
	}
	if (x->lengths.n > 0) {
		add_moments(b, ",\"lengths\":{\"min\":", &x->lengths);
		buf_addc(b, '}');
	}
	if (x->sizes.n > 0) {
		add_moments(b, ",\"sizes\":{\"min\":", &x->sizes);
		buf_addc(b, '}');
	}
}

static void
add_top(struct buf *b, const struct profile_path *x)
{
	struct top_value all[TOP_MAX];
	size_t n = top_list(&x->top, all), n_shown = 0;

	for (size_t i = 0; i < n && n_shown < TOP_SHOWN; i++) {
		if (2 * all[i].error >= all[i].count) /* it may be rare */
			continue;
		buf_adds(
		    b, n_shown++ ? ",{\"value\":" : ",\"top\":[{\"value\":");
		profile_write_value(b, &all[i]);
		add_uint(b, ",\"count\":", all[i].count);
		if (all[i].error > 0)
			add_uint(b, ",\"error\":", all[i].error);
		buf_addc(b, '}');
	}
	if (n_shown > 0)
		buf_addc(b, ']');
}

static void
add_shapes(struct buf *b, const struct profile_path *x)
{
	const struct shape *all[SHAPE_MAX];
	size_t n = shapes_list(&x->shapes, all);
	struct buf text = {0};

	for (size_t i = 0; i < n && i < SHAPES_SHOWN; i++) {
		buf_adds(b, i ? ",{\"shape\":" : ",\"shapes\":[{\"shape\":");
		text.len = 0;
		shape_write(&text, all[i]);
		jwrite_string(b, text.len > 0 ? text.data : "", text.len);
		add_uint(b, ",\"count\":", all[i]->count);
		if (all[i]->error > 0)
			add_uint(b, ",\"error\":", all[i]->error);
		buf_addc(b, '}');
	}
	if (n > 0)
		buf_addc(b, ']');
	buf_release(&text);
	if (x->shapes.n_text > 0)
		add_uint(b, ",\"without_shape\":", x->shapes.n_text);
}

static void
add_forms(struct buf *b, const struct profile_path *x)
{
	const char *before = ",\"formats\":{\"";
	bool any = false;

	for (int i = 0; i < FORM_COUNT; i++) {
		if (x->forms.have[i] == 0 || x->forms.ruled_out & 1U << i)
			continue;
		buf_adds(b, before);
		buf_adds(b, form_names[i] ? form_names[i] : "timestamp");
		add_uint(b, "\":", x->forms.have[i]);
		before = ",\"";
		any = true;
	}
	if (any)
		buf_addc(b, '}');
}

uint64_t
profile_distinct(const struct profile_path *x)
{
	uint64_t n_false = x->types[PROFILE_BOOLEAN] - x->n_true;

	uint64_t most = x->numbers.n + x->lengths.n; /* an estimate may err */
	uint64_t n = hll_count(&x->distinct);

	return (n < most ? n : most) + (x->n_true > 0) + (n_false > 0);
}

static bool
is_mixed(const struct profile_path *x)
{
	int n = x->types[PROFILE_INTEGER] + x->types[PROFILE_NUMBER] > 0;

	for (int i = 0; i < PROFILE_TYPES; i++)
		if (i != PROFILE_NULL && i != PROFILE_INTEGER &&
		    i != PROFILE_NUMBER)
			n += x->types[i] > 0;
	return n > 1;
}

/* All values different?  Known for sure, or NULL, or as far as can be told. */
static const char *
unique_flag(const struct profile *p, const struct profile_path *x)
{
	uint64_t n = x->numbers.n + x->lengths.n;
	bool is_known =
	    p->is_exact && !x->in_array && x->exact.state != EXACT_GIVEN_UP;

	if (n < 2 || n + x->types[PROFILE_NULL] != profile_count(x))
		return NULL;
	if (is_known)
		return x->exact.state == EXACT_UNIQUE ? "unique" : NULL;
	if (hll_is_exact(&x->distinct))
		return hll_count(&x->distinct) == n ? "unique" : NULL;
	/* three standard errors */
	return (double)hll_count(&x->distinct) >= 0.9757 * (double)n
		   ? "unique_estimated"
		   : NULL;
}

static void
add_flags(struct buf *b, const struct profile *p, const struct profile_path *x)
{
	const char *flags[4] = {NULL}, *unique = unique_flag(p, x);
	uint64_t n = profile_count(x) - x->types[PROFILE_NULL];
	size_t n_flags = 0;

	if (n > 1 && profile_distinct(x) == 1 &&
	    x->types[PROFILE_ARRAY] + x->types[PROFILE_OBJECT] == 0)
		flags[n_flags++] = "constant";
	if (unique)
		flags[n_flags++] = unique;
	if (is_mixed(x))
		flags[n_flags++] = "mixed_type";
	if (x->lengths.n > 0 &&
	    (double)forms_times(&x->forms) >= DATE_SHARE * (double)x->lengths.n)
		flags[n_flags++] = "date_as_text";
	buf_adds(b, ",\"flags\":[");
	for (size_t i = 0; i < n_flags; i++) {
		if (i > 0)
			buf_addc(b, ',');
		jwrite_string(b, flags[i], strlen(flags[i]));
	}
	buf_addc(b, ']');
}

static void
add_path(struct buf *b, const struct profile *p, const struct profile_path *x)
{
	struct buf path = {0};

	profile_write_path(&path, x);
	buf_adds(b, "{\"path\":");
	jwrite_string(b, path.data, path.len);
	buf_release(&path);
	add_uint(b, ",\"count\":", profile_count(x));
	add_uint(b, ",\"missing\":", profile_missing(x));
	add_uint(b, ",\"null\":", x->types[PROFILE_NULL]);
	add_types(b, x);
	if (profile_distinct(x) > 0) {
		add_uint(b, ",\"distinct\":", profile_distinct(x));
		if (!hll_is_exact(&x->distinct))
			buf_adds(b, ",\"estimated\":true");
	}
	add_numbers(b, x);
	add_top(b, x);
	add_shapes(b, x);
	add_forms(b, x);
	add_flags(b, p, x);
	if (x->n_beyond > 0)
		add_uint(b, ",\"not_followed\":", x->n_beyond);
	buf_addc(b, '}');
}

void
profile_write(struct buf *b, const struct profile *p)
{
	const struct profile_path *x = p->root;

	add_uint(b, "{\"records\":", p->n_records);
	add_uint(b, ",\"not_followed\":", profile_beyond(p));
	buf_adds(b, ",\"paths\":[");
	for (; x; x = profile_next(x)) {
		if (x->up)
			buf_addc(b, ',');
		add_path(b, p, x);
	}
	buf_adds(b, "]}");
}
