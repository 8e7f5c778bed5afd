#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <jq.h>

#include "core/buf.h"
#include "core/diag.h"
#include "core/timestamp.h"
#include "core/xmem.h"
#include "json/jq.h"

struct jqx {
	jq_state *jq; /* owned */
	const char *expression; /* lent, only while it is compiled */
	struct buf *why; /* lent, the same */
};

/* Remove the first part of b behind from that reads as text. */
static void
cut(struct buf *b, size_t from, const char *text)
{
	size_t n = strlen(text);

	for (; from + n <= b->len; from++)
		if (memcmp(b->data + from, text, n) == 0) {
			memmove(b->data + from, b->data + from + n,
			    b->len - from - n);
			b->len -= n;
			return;
		}
}

/*
 * libjq's words on a compile error: "jq: error: TEXT at <top-level>, line 1:",
 * then the source; and a count of the errors at the end.
 */
static void
on_compile_error(void *arg, jv message)
{
	struct jqx *x = arg;
	const char *s = jv_string_value(message);
	size_t from = x->why->len, n = strcspn(s, "\n");
	static const char mark[] = "jq: error: ";

	if (strncmp(s, mark, strlen(mark)) == 0) {
		if (x->why->len > 0)
			buf_adds(x->why, "; ");
		buf_add(x->why, s + strlen(mark), n - strlen(mark));
		x->why->len -= x->why->data[x->why->len - 1] == ':';
		cut(x->why, from, " (Unix shell quoting issues?)");
		cut(x->why, from, " at <top-level>");
		if (!strchr(x->expression, '\n'))
			cut(x->why, from, ", line 1");
	}
	jv_free(message);
}

static void
on_no_memory(void *arg)
{
	(void)arg;
	xmem_fail();
}

static jv
on_input(jq_state *jq, void *arg)
{
	(void)jq;
	(void)arg;
	return jv_invalid_with_msg(jv_string("input: there is one record"));
}

/* The filter "debug"; without a callback libjq 1.6 crashes on it. */
static void
on_debug(void *arg, jv message)
{
	struct buf text = {0};

	(void)arg;
	jv_write(&text, message);
	diag_debug("%.*s", (int)text.len, text.data);
	buf_release(&text);
}

/* Does the program begin with the word, behind space and comments? */
static bool
begins_with(const char *program, const char *word)
{
	size_t n = strlen(word);

	for (;;) {
		program += strspn(program, " \t\r\n");
		if (*program != '#')
			break;
		program += strcspn(program, "\n");
	}
	return strncmp(program, word, n) == 0 &&
	       strspn(program + n, " \t\r\n\"{") > 0;
}

/*
 * libjq 1.6 aborts where strftime and its kin get a number that gmtime(3)
 * refuses, 1e17 for one; records from outside may hold such.
 */
static const char time_guard[] =
    "def _cdo_time(f): if type == \"number\" and (. > 253402300799 or"
    " . < -62167219200) then error(\"\\(.) is no time in the years 0 to 9999\")"
    " else f end; "
    "def _cdo_strftime(f): strftime(f); "
    "def strftime(f): _cdo_time(_cdo_strftime(f)); "
    "def _cdo_strflocaltime(f): strflocaltime(f); "
    "def strflocaltime(f): _cdo_time(_cdo_strflocaltime(f)); "
    "def todate: strftime(\"%Y-%m-%dT%H:%M:%SZ\"); "
    "def todateiso8601: todate; def date: todate; ";

/* Compile the program, behind the guard if it has to do with time.  The clock
 * is ours. */
static bool
compile_guarded(jq_state *jq, const char *program)
{
	struct buf all = {0};
	bool good;

	if (timestamp_is_fixed() && strstr(program, "now"))
		buf_addf(
		    &all, "def now: %.3f; ", (double)timestamp_now() / 1000);
	if (strstr(program, "time") || strstr(program, "date"))
		buf_adds(&all, time_guard);
	buf_adds(&all, program);
	buf_addc(&all, '\0');
	good = jq_compile(jq, all.data) != 0;
	buf_release(&all);
	return good;
}

static bool
compile(struct jqx *x)
{
	const char *program = x->expression;

	if (begins_with(program, "import") || begins_with(program, "include") ||
	    begins_with(program, "module")) {
		buf_adds(x->why, "modules cannot be used here");
		return false;
	}
	jq_set_error_cb(x->jq, on_compile_error, x);
	jq_set_nomem_handler(x->jq, on_no_memory, NULL);
	jq_set_input_cb(x->jq, on_input, NULL);
	jq_set_debug_cb(x->jq, on_debug, NULL);
	jq_set_attr(x->jq, jv_string("JQ_LIBRARY_PATH"), jv_array());
	return compile_guarded(x->jq, program);
}

struct jqx *
jqx_new(const char *expression, struct buf *why)
{
	struct jqx *x = xcalloc(1, sizeof(*x));
	size_t len = why->len;

	x->expression = expression;
	x->why = why;
	x->jq = jq_init();
	if (!x->jq)
		xmem_fail();
	if (!compile(x)) {
		if (why->len == len)
			buf_adds(why, "not an expression of jq");
		jqx_free(x);
		return NULL;
	}
	return x;
}

void
jqx_free(struct jqx *x)
{
	if (!x)
		return;
	jq_teardown(&x->jq);
	free(x);
}

/* Append a message that need not be a string; takes it. */
static void
add_text(struct buf *b, jv v)
{
	if (jv_get_kind(v) == JV_KIND_STRING) {
		buf_add(b, jv_string_value(v),
		    (size_t)jv_string_length_bytes(jv_copy(v)));
		jv_free(v);
	} else {
		jv_write(b, v);
	}
}

/* How a run ended: last is the invalid value behind the results; taken. */
static bool
ended_well(struct jqx *x, jv last, struct buf *why)
{
	jv message = jv_invalid_get_msg(last);
	bool failed = jv_get_kind(message) != JV_KIND_NULL;

	if (!failed && jq_halted(x->jq)) {
		jv_free(message);
		message = jq_get_error_message(x->jq);
		failed = jv_is_valid(message);
	}
	if (failed)
		add_text(why, message);
	else
		jv_free(message);
	return !failed;
}

bool
jqx_run(struct jqx *x, struct jval v, bool (*each)(void *arg, jv result),
    void *arg, struct buf *why)
{
	jv result;

	jq_start(x->jq, jval_to_jv(v), 0);
	while (jv_is_valid(result = jq_next(x->jq)))
		if (!each(arg, result))
			return true;
	return ended_well(x, result, why);
}

static bool
take_first(void *arg, jv result)
{
	*(jv *)arg = result;
	return false;
}

/* The first result, or invalid if there is none; the caller owns it. */
static bool
run_first(struct jqx *x, struct jval v, jv *first, struct buf *why)
{
	*first = jv_invalid();
	return jqx_run(x, v, take_first, first, why);
}

bool
jqx_test(struct jqx *x, struct jval v, bool *truth, struct buf *why)
{
	jv first;

	if (!run_first(x, v, &first, why))
		return false;
	switch (jv_get_kind(first)) {
	case JV_KIND_INVALID:
	case JV_KIND_NULL:
	case JV_KIND_FALSE:
		*truth = false;
		break;
	default:
		*truth = true;
	}
	jv_free(first);
	return true;
}

bool
jqx_text(struct jqx *x, struct jval v, struct buf *out, struct buf *why)
{
	jv first;

	if (!run_first(x, v, &first, why))
		return false;
	if (jv_is_valid(first))
		add_text(out, first);
	else
		jv_free(first);
	return true;
}

bool
jqx_number(struct jqx *x, struct jval v, double *number, struct buf *why)
{
	bool good = true;
	jv first;

	if (!run_first(x, v, &first, why))
		return false;
	switch (jv_get_kind(first)) {
	case JV_KIND_INVALID:
	case JV_KIND_NULL:
		*number = NAN;
		break;
	case JV_KIND_NUMBER:
		*number = jv_number_value(first);
		break;
	default:
		buf_addf(why, "%s is not a number",
		    jv_kind_name(jv_get_kind(first)));
		good = false;
	}
	jv_free(first);
	return good;
}
