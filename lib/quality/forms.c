#include <string.h>

#include "core/timestamp.h"
#include "quality/forms.h"
#include "schema/format.h"

#define FIRST 32 /* strings; of these at least half must have a form */
#define IS_TIME(form) ((form) <= FORM_INSTANT)

const char *const form_names[FORM_COUNT] = {[FORM_DATE_TIME] = "date-time",
    [FORM_DATE] = "date",
    [FORM_UUID] = "uuid",
    [FORM_EMAIL] = "email",
    [FORM_IPV4] = "ipv4",
    [FORM_IPV6] = "ipv6",
    [FORM_URI] = "uri"};

static bool
is_format(enum form form, const char *s, size_t len)
{
	return format_check(format_find(form_names[form]), s, len);
}

/* The form of what timestamp_parse has read. */
static enum form
form_of_time(const char *s, size_t len)
{
	if (len == 10)
		return FORM_DATE;
	return is_format(FORM_DATE_TIME, s, len) ? FORM_DATE_TIME
						 : FORM_INSTANT;
}

/* Could it have that form?  Most strings are told by a look. */
static bool
is_likely(enum form form, const char *s, size_t len)
{
	const char *p;

	switch (form) {
	case FORM_UUID:
		return len == 36 && s[8] == '-';
	case FORM_EMAIL:
		return memchr(s, '@', len) != NULL;
	case FORM_IPV4:
		return len >= 7 && len <= 15 && *s >= '0' && *s <= '9';
	case FORM_IPV6:
		return len <= 45 && memchr(s, ':', len) != NULL;
	case FORM_URI:
		p = memchr(s, ':', len);
		return p && len - (size_t)(p - s) > 3 && p[1] == '/' &&
		       p[2] == '/';
	default:
		return false;
	}
}

/* After the first strings, look no more for what few of them were. */
static void
rule_out(struct forms *f)
{
	bool is_time = 2 * forms_times(f) >= f->n;

	for (int i = 0; i < FORM_COUNT; i++)
		if (IS_TIME(i) ? !is_time : 2 * f->have[i] < f->n)
			f->ruled_out |= (uint16_t)(1U << i);
}

static bool
is_wanted(const struct forms *f, int form)
{
	return !(f->ruled_out & 1U << form);
}

bool
forms_add(struct forms *f, const char *s, size_t len, int64_t *ms)
{
	bool is_time = is_wanted(f, FORM_INSTANT) && len >= 10 && *s >= '0' &&
		       *s <= '9' && timestamp_parse(s, len, ms);

	f->n++;
	if (is_time)
		f->have[form_of_time(s, len)]++;
	for (int i = FORM_INSTANT + 1; i < FORM_COUNT && !is_time; i++)
		if (is_wanted(f, i) && is_likely((enum form)i, s, len) &&
		    is_format((enum form)i, s, len)) {
			f->have[i]++;
			break;
		}
	if (f->n == FIRST)
		rule_out(f);
	return is_time;
}

void
forms_merge(struct forms *f, const struct forms *from)
{
	f->n += from->n;
	for (int i = 0; i < FORM_COUNT; i++)
		f->have[i] += from->have[i];
	f->ruled_out |= from->ruled_out;
}

bool
forms_all(const struct forms *f, enum form form)
{
	return f->n > 0 && f->have[form] == f->n;
}

uint64_t
forms_times(const struct forms *f)
{
	return f->have[FORM_DATE_TIME] + f->have[FORM_DATE] +
	       f->have[FORM_INSTANT];
}
