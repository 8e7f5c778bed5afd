/*
 * idn-hostname: RFC 5890 to 5893, by libidn2.  Each label is checked as one
 * that is to be registered (RFC 5891, 4), which is stricter than looking one
 * up: all code points and their context.
 */
#include <idn2.h>
#include <pthread.h>
#include <string.h>

#include "core/pattern.h"
#include "schema/format_private.h"

#define U_LABEL_MAX 252 /* bytes: 63 at most in Punycode, 4 each in UTF-8 */

/* A name, of which label by label is read. */
struct name {
	const char *s, *end;
	size_t len; /* so far, in ASCII */
	bool is_rtl; /* has a label that runs from right to left */
	bool has_odd; /* has one that must not stand beside such */
	bool has_wide; /* has a full stop that is not ASCII's */
};

/*
 * The Bidi rule, RFC 5893, 2, by classes of characters: what makes a label
 * run from right to left; such labels that obey rules 1 to 4; and labels that
 * run from left to right and obey 1, 5 and 6.
 */
#define IS(class) "\\p{bidi_class:" class "}"
static const char *const rules[] = {"[" IS("R") IS("AL") IS("AN") "]",
    "^(?!.*" IS("EN") ".*" IS("AN") ")(?!.*" IS("AN") ".*" IS(
	"EN") ")"
	      "[" IS("R") IS("AL") "]"
				   "(?:[^" IS("L") "]*[" IS("R") IS("AL")
				       IS("EN") IS("AN") "])?" IS("NSM") "*$",
    "^" IS("L") "(?:.*[" IS("L") IS("EN") "])?" IS("NSM") "*$"};
enum { HAS_RTL, GOOD_RTL, GOOD_LTR, RULES };

static struct pattern *patterns[RULES];
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void
compile(void)
{
	struct buf why = {0};

	for (int i = 0; i < RULES; i++)
		patterns[i] =
		    pattern_new(rules[i], strlen(rules[i]), PATTERN_PCRE, &why);
	buf_release(&why);
}

/* Note which way a U-label runs.  Returns whether it may do so. */
static bool
note_direction(struct name *n, const char *label)
{
	struct pattern_work *w = pattern_work_new();
	bool match[RULES];

	pthread_once(&once, compile);
	for (int i = 0; i < RULES; i++)
		match[i] = pattern_match(patterns[i], w, label,
			       strlen(label)) == PATTERN_YES;
	pattern_work_free(w);
	n->is_rtl |= match[HAS_RTL];
	n->has_odd |= !match[HAS_RTL] && !match[GOOD_LTR];
	return !match[HAS_RTL] || match[GOOD_RTL];
}

/* An A-label, in lower case. */
static bool
take_a_label(struct name *n, const char *label)
{
	uint8_t *same = NULL;
	char *u = NULL;
	bool is_good;

	is_good = idn2_register_u8(NULL, (const uint8_t *)label, &same, 0) ==
		      IDN2_OK &&
		  idn2_to_unicode_8z8z(label, &u, 0) == IDN2_OK &&
		  note_direction(n, u);
	n->len += strlen(label);
	idn2_free(same);
	idn2_free(u);
	return is_good;
}

/* One with other characters than ASCII. */
static bool
take_u_label(struct name *n, const char *label)
{
	uint8_t *a = NULL;
	bool is_good =
	    idn2_register_u8((const uint8_t *)label, NULL, &a, 0) == IDN2_OK &&
	    note_direction(n, label);

	if (is_good)
		n->len += strlen((const char *)a);
	idn2_free(a);
	return is_good;
}

/* Bytes of the full stop at s, or 0. */
static size_t
stop_at(const struct name *n)
{
	/* those that RFC 3490, 3.1, has besides */
	static const char *const wide[] = {
	    "\xe3\x80\x82", "\xef\xbc\x8e", "\xef\xbd\xa1"};

	if (*n->s == '.')
		return 1;
	for (size_t i = 0; i < 3; i++)
		if (n->end - n->s >= 3 && memcmp(n->s, wide[i], 3) == 0)
			return 3;
	return 0;
}

/* One of ASCII only; label is overwritten. */
static bool
take_ascii(struct name *n, char *label, size_t len)
{
	if (!format_hostname_label(label, len))
		return false;
	if (format_is_a_label(label, len)) {
		for (size_t i = 0; i < len; i++)
			if (label[i] >= 'A' && label[i] <= 'Z')
				label[i] = (char)(label[i] | 0x20);
		return take_a_label(n, label);
	}
	n->len += len;
	n->has_odd |= chars_is_digit(*label);
	return true;
}

/* The next label, and the stop behind it. */
static bool
take_label(struct name *n)
{
	char label[U_LABEL_MAX + 1];
	bool is_ascii = true;
	size_t len = 0, stop = 0;

	while (n->s < n->end && (stop = stop_at(n)) == 0) {
		if (len == U_LABEL_MAX || *n->s == '\0')
			return false;
		is_ascii = is_ascii && (unsigned char)*n->s < 0x80;
		label[len++] = *n->s++;
	}
	if (len == 0 || (stop > 0 && n->end - n->s == (ptrdiff_t)stop))
		return false;
	label[len] = '\0';
	n->s += stop;
	n->len += stop > 0;
	n->has_wide |= stop > 1;
	return is_ascii ? take_ascii(n, label, len) : take_u_label(n, label);
}

static bool
check(struct name *n)
{
	if (n->s == n->end)
		return false;
	while (n->s < n->end)
		if (!take_label(n) || n->len > FORMAT_NAME_MAX)
			return false;
	return !(n->is_rtl && n->has_odd);
}

bool
format_idn_hostname(const char *s, size_t len)
{
	struct name n = {.s = s, .end = s + len};

	return check(&n);
}

bool
format_idn_domain(const char *s, size_t len)
{
	struct name n = {.s = s, .end = s + len};

	return check(&n) && !n.has_wide;
}
