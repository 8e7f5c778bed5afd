#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include <stdbool.h>
#include <stdlib.h>

#include "core/ecma.h"
#include "core/pattern.h"
#include "core/plain.h"
#include "core/timestamp.h"
#include "core/xmem.h"

/*
 * Steps of backtracking before a match is given up.  PCRE2 counts them anew
 * at every place where a match may start, so a pattern that may start
 * anywhere gets fewer at each the longer the value is: the time stays linear
 * in its length.  A million steps are some milliseconds.
 */
#define STEPS 1000000
#define STEPS_ALL ((size_t)10000000) /* at all places together, and */
#define STEPS_LEAST 100 /* that many more at each */
/*
 * Going over a run (a*) or looking ahead is no step, however far it goes: on
 * longer values the clock is watched too, at every TICKS-th part of the
 * pattern that is tried.  That code is somewhat slower.
 */
#define WATCHED ((size_t)4096) /* bytes, from which on it is */
#define TIME_MS 1000 /* for a match */
#define TICKS 32
#define HEAP_KIB 20480 /* for the interpreter, where there is no JIT */
#define JIT_STACK_BYTES ((size_t)512 << 10)
#define PATTERN_MAX ((size_t)64 << 10) /* bytes in a pattern */

struct pattern {
	struct plain *plain; /* owned; then there is nothing else */
	pcre2_code *code;
	pcre2_code *watched; /* the same, calling out to on_part */
	bool is_anchored; /* can match at the start only */
};

struct pattern_work {
	pcre2_match_data *data;
	pcre2_match_context *context;
	pcre2_jit_stack *stack;
	unsigned ticks;
	int64_t deadline; /* monotonic */
};

/* Is the time over?  Other than 0 ends the match. */
static int
on_part(pcre2_callout_block *block, void *arg)
{
	struct pattern_work *w = arg;

	(void)block;
	if (++w->ticks % TICKS != 0 || timestamp_monotonic() < w->deadline)
		return 0;
	return PCRE2_ERROR_CALLOUT;
}

/* Compile, with JIT; or NULL with the reason, and the place if want_place. */
static pcre2_code *
compile(
    const struct buf *text, uint32_t options, bool want_place, struct buf *why)
{
	PCRE2_UCHAR message[256];
	PCRE2_SIZE at;
	pcre2_code *code;
	int error;

	code = pcre2_compile((PCRE2_SPTR)(text->data ? text->data : ""),
	    text->len, options, &error, &at, NULL);
	if (code) {
		/* where there is no JIT the interpreter answers the same */
		pcre2_jit_compile(code, PCRE2_JIT_COMPLETE);
		return code;
	}
	pcre2_get_error_message(error, message, sizeof(message));
	buf_adds(why, (char *)message);
	if (want_place)
		buf_addf(why, " at byte %zu", at);
	return NULL;
}

/* From text that is in PCRE2's own words. */
static struct pattern *
from_words(
    const struct buf *text, enum pattern_dialect dialect, struct buf *why)
{
	uint32_t options = PCRE2_UTF | PCRE2_DOLLAR_ENDONLY |
			   PCRE2_NEVER_BACKSLASH_C | PCRE2_NEVER_UCP;
	bool is_own = dialect == PATTERN_PCRE;
	struct pattern *p = xcalloc(1, sizeof(*p));
	uint32_t found;

	if (!is_own) /* see core/ecma */
		options |= PCRE2_DOTALL | PCRE2_MATCH_UNSET_BACKREF;
	p->code = compile(text, options, is_own, why);
	if (p->code) /* it is larger, perhaps too large */
		p->watched =
		    compile(text, options | PCRE2_AUTO_CALLOUT, is_own, why);
	if (!p->watched) {
		pattern_free(p);
		return NULL;
	}
	pcre2_pattern_info(p->code, PCRE2_INFO_ALLOPTIONS, &found);
	p->is_anchored = (found & PCRE2_ANCHORED) != 0;
	return p;
}

struct pattern *
pattern_new(
    const char *text, size_t len, enum pattern_dialect dialect, struct buf *why)
{
	struct buf words = {0};
	struct pattern *p = NULL;
	struct plain *plain;

	if (len > PATTERN_MAX) {
		buf_adds(why, "longer than 64 KiB");
		return NULL;
	}
	plain = plain_new(text, len);
	if (plain) { /* it is the same in both dialects */
		p = xcalloc(1, sizeof(*p));
		p->plain = plain;
		return p;
	}
	if (dialect == PATTERN_PCRE)
		buf_add(&words, text, len);
	if (dialect == PATTERN_PCRE ||
	    ecma_translate(text, len, &words, why) == ECMA_GOOD)
		p = from_words(&words, dialect, why);
	buf_release(&words);
	return p;
}

void
pattern_free(struct pattern *p)
{
	if (!p)
		return;
	pcre2_code_free(p->code);
	pcre2_code_free(p->watched);
	free(p->plain);
	free(p);
}

struct pattern_work *
pattern_work_new(void)
{
	struct pattern_work *w = xcalloc(1, sizeof(*w));

	w->data = pcre2_match_data_create(1, NULL);
	w->context = pcre2_match_context_create(NULL);
	if (!w->data || !w->context)
		xmem_fail();
	w->stack = pcre2_jit_stack_create(4096, JIT_STACK_BYTES, NULL);
	pcre2_set_heap_limit(w->context, HEAP_KIB);
	pcre2_jit_stack_assign(w->context, NULL, w->stack);
	pcre2_set_callout(w->context, on_part, w);
	return w;
}

void
pattern_work_free(struct pattern_work *w)
{
	if (!w)
		return;
	pcre2_match_data_free(w->data);
	pcre2_match_context_free(w->context);
	pcre2_jit_stack_free(w->stack);
	free(w);
}

/* How many steps each place gets. */
static uint32_t
steps(const struct pattern *p, size_t len)
{
	size_t each = STEPS_ALL / (len + 1) + STEPS_LEAST;

	return p->is_anchored || each > STEPS ? STEPS : (uint32_t)each;
}

enum pattern_result
pattern_match(
    const struct pattern *p, struct pattern_work *w, const char *s, size_t len)
{
	const pcre2_code *code = len < WATCHED ? p->code : p->watched;
	int rc;

	if (p->plain)
		return plain_match(p->plain, s, len) ? PATTERN_YES : PATTERN_NO;
	pcre2_set_match_limit(w->context, steps(p, len));
	if (len >= WATCHED)
		w->deadline = timestamp_monotonic() + TIME_MS;
	rc = pcre2_match(code, (PCRE2_SPTR)s, len, 0, PCRE2_NO_UTF_CHECK,
	    w->data, w->context);
	if (rc >= 0)
		return PATTERN_YES;
	return rc == PCRE2_ERROR_NOMATCH ? PATTERN_NO : PATTERN_GAVE_UP;
}
