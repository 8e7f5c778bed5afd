#include <stdlib.h>
#include <string.h>

#include "core/map.h"
#include "core/sha256.h"
#include "core/xmem.h"
#include "rules/marks.h"
#include "json/write.h"

static const char letters[DIMENSION_COUNT + 1] = {
    [DIMENSION_COMPLETENESS] = 'C',
    [DIMENSION_VALIDITY] = 'V',
    [DIMENSION_UNIQUENESS] = 'U',
    [DIMENSION_CONSISTENCY] = 'S',
    [DIMENSION_TIMELINESS] = 'T',
};

static void
make_id(struct marks *m, const struct rules *rules)
{
	char hex[SHA256_HEX];
	uint8_t digest[SHA256_SIZE];
	struct sha256 s;

	sha256_init(&s);
	for (size_t i = 0; i < rules->n; i++) {
		const struct check *c = &rules->checks[i];
		const char kind[] = {
		    (char)('0' + c->severity), letters[c->dimension], '\0'};
		const char *const words[] = {
		    c->rule, c->field, c->keyword, kind};

		for (size_t j = 0; j < 4; j++)
			sha256_add(&s, words[j], strlen(words[j]) + 1);
	}
	sha256_end(&s, digest);
	sha256_hex(digest, hex);
	memcpy(m->id, hex, MARKS_ID - 1);
}

/* Give the check of that place the number of its field, which is that of the
 * first check with the same; fields: where that stands. */
static bool
number_field(struct marks *m, struct map *fields, const char *field, size_t i)
{
	size_t n = fields->n;
	void **first = map_put(fields, field, strlen(field));
	bool is_new = fields->n > n;

	if (is_new) {
		m->fields[i] = n;
		*first = &m->fields[i];
	}
	m->fields[i] = *(const size_t *)*first;
	return is_new;
}

static void
make_mark(char mark[MARKS_BEFORE], const struct check *c, bool is_same,
    bool is_new, size_t field)
{
	char letter = letters[c->dimension];
	struct buf b = {0};

	if (!is_same)
		buf_addc(&b, '/');
	if (!is_same && !is_new)
		buf_addf(&b, "%zu:", field);
	if (c->severity == SEVERITY_CRITICAL)
		buf_addc(&b, '*');
	if (c->severity == SEVERITY_INFO)
		buf_addc(&b, '\'');
	if (strcmp(c->keyword, "schema") == 0)
		buf_addc(&b, '$');
	buf_addc(
	    &b, c->severity < SEVERITY_ERROR ? (char)(letter | 32) : letter);
	memcpy(mark, b.data, b.len < MARKS_BEFORE ? b.len : MARKS_BEFORE - 1);
	buf_release(&b);
}

void
marks_init(struct marks *m, const struct rules *rules)
{
	struct map fields = {0};
	bool is_new, is_same;

	*m = (struct marks){.n = rules->n};
	make_id(m, rules);
	m->before = xcalloc(rules->n, sizeof(*m->before));
	m->fields = xcalloc(rules->n, sizeof(*m->fields));
	for (size_t i = 0; i < rules->n; i++) {
		is_new = number_field(m, &fields, rules->checks[i].field, i);
		is_same = i == 0 || m->fields[i] == m->fields[i - 1];
		make_mark(m->before[i], &rules->checks[i], is_same, is_new,
		    m->fields[i]);
	}
	map_release(&fields);
}

void
marks_release(struct marks *m)
{
	free(m->before);
	free(m->fields);
	*m = (struct marks){.n = 0};
}

void
marks_write(struct buf *b, const struct marks *m, const struct rules_view *v,
    const uint32_t *errors)
{
	buf_add(b, m->id, MARKS_ID - 1);
	buf_addc(b, ':');
	for (size_t i = 0; i < m->n; i++) {
		buf_adds(b, m->before[i]);
		if (v->outcomes[i] == OUTCOME_SKIPPED)
			buf_addc(b, '-');
		else if (v->outcomes[i] == OUTCOME_PASSED && v->grades[i] < 100)
			jwrite_uint(b, v->grades[i]);
		if (v->outcomes[i] != OUTCOME_FAILED)
			continue;
		buf_addc(b, '!');
		if (errors[i] != 1)
			jwrite_uint(b, errors[i]);
	}
}

/* Where reading has come to. */
struct cursor {
	const char *p, *end;
};

static bool
take(struct cursor *c, char what)
{
	bool is_there = c->p < c->end && *c->p == what;

	c->p += is_there;
	return is_there;
}

/* Digits, seven at most.  Returns whether there were any. */
static bool
take_number(struct cursor *c, uint32_t *n)
{
	const char *start = c->p;

	for (*n = 0;
	     c->p < c->end && c->p - start < 7 && *c->p >= '0' && *c->p <= '9';
	     c->p++)
		*n = *n * 10 + (uint32_t)(*c->p - '0');
	return c->p > start;
}

/* The field of the next check; before: of the last, n_fields: how many. */
static bool
take_field(struct cursor *c, size_t before, size_t *n_fields, size_t *field)
{
	uint32_t number;

	*field = before;
	if (!take(c, '/'))
		return true;
	if (!take_number(c, &number)) {
		*field = (*n_fields)++;
		return true;
	}
	*field = number;
	return number < *n_fields && take(c, ':');
}

static bool
take_letter(struct cursor *c, struct marks_check *check)
{
	bool is_critical = take(c, '*'), is_info = take(c, '\'');
	const char *at;
	bool is_upper;

	check->is_schema = take(c, '$');
	if (c->p == c->end || *c->p == '\0')
		return false;
	is_upper = *c->p >= 'A' && *c->p <= 'Z';
	at = strchr(letters, is_upper ? *c->p : *c->p & ~32);
	if (!at || (!is_upper && (*c->p < 'a' || *c->p > 'z')))
		return false;
	c->p++;
	check->dimension = (enum dimension)(at - letters);
	check->severity = is_critical ? SEVERITY_CRITICAL
			  : is_info   ? SEVERITY_INFO
			  : is_upper  ? SEVERITY_ERROR
				      : SEVERITY_WARNING;
	return !(is_critical && !is_upper) && !(is_info && is_upper);
}

static bool
take_outcome(struct cursor *c, struct marks_check *check)
{
	uint32_t grade;

	check->outcome = OUTCOME_PASSED;
	check->grade = 100;
	check->errors = 0;
	if (take(c, '-')) {
		check->outcome = OUTCOME_SKIPPED;
	} else if (take(c, '!')) {
		check->outcome = OUTCOME_FAILED;
		if (!take_number(c, &check->errors))
			check->errors = 1;
	} else if (take_number(c, &grade)) {
		if (grade < 1 || grade > 99)
			return false;
		check->grade = (uint8_t)grade;
	}
	return true;
}

bool
marks_read(
    const char *s, size_t len, char id[MARKS_ID], struct buf *checks, size_t *n)
{
	struct cursor c = {s, s + len};
	size_t n_fields = 1, field = 0;

	*n = 0;
	checks->len = 0;
	if (len < MARKS_ID || s[MARKS_ID - 1] != ':' ||
	    strspn(s, "0123456789abcdef") != MARKS_ID - 1)
		return false;
	memcpy(id, s, MARKS_ID - 1);
	id[MARKS_ID - 1] = '\0';
	for (c.p += MARKS_ID; c.p < c.end; ++*n) {
		struct marks_check check = {.field = 0};

		if (*n == MARKS_CHECKS ||
		    !take_field(&c, field, &n_fields, &field) ||
		    !take_letter(&c, &check) || !take_outcome(&c, &check))
			return false;
		check.field = field;
		buf_add(checks, &check, sizeof(check));
	}
	return true;
}
