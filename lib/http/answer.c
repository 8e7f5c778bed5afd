#include <ctype.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/xmem.h"
#include "http/answer.h"

struct field {
	char *name, *value; /* owned */
};

struct answer {
	int status;
	struct field *fields; /* owned */
	size_t n, cap;
	struct field *last; /* what a folded line belongs to, or NULL */
};

struct answer *
answer_new(void)
{
	return xcalloc(1, sizeof(struct answer));
}

static void
clear(struct answer *a)
{
	for (size_t i = 0; i < a->n; i++) {
		free(a->fields[i].name);
		free(a->fields[i].value);
	}
	a->n = 0;
	a->last = NULL;
	a->status = 0;
}

void
answer_free(struct answer *a)
{
	if (!a)
		return;
	clear(a);
	free(a->fields);
	free(a);
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* Without the blanks around it. */
static void
trim(const char **s, size_t *len)
{
	while (*len > 0 && is_blank(**s)) {
		(*s)++;
		(*len)--;
	}
	while (*len > 0 && is_blank((*s)[*len - 1]))
		(*len)--;
}

/* "HTTP/1.1 200 OK" */
static bool
take_status(struct answer *a, const char *line, size_t len)
{
	const char *blank;

	if (len < 5 || strncmp(line, "HTTP/", 5) != 0)
		return false;
	clear(a);
	blank = memchr(line, ' ', len);
	if (!blank)
		return true;
	for (const char *p = blank + 1; p < line + len; p++) {
		if (!isdigit((unsigned char)*p) || a->status > 99)
			break;
		a->status = a->status * 10 + (*p - '0');
	}
	return true;
}

static void
append(struct field *f, const char *between, const char *s, size_t len)
{
	size_t had = strlen(f->value), n = strlen(between);

	f->value = xrealloc(f->value, had + n + len + 1, 1);
	memcpy(f->value + had, between, n);
	memcpy(f->value + had + n, s, len);
	f->value[had + n + len] = '\0';
}

static struct field *
find(const struct answer *a, const char *name, size_t len)
{
	for (size_t i = 0; i < a->n; i++)
		if (strncasecmp(a->fields[i].name, name, len) == 0 &&
		    a->fields[i].name[len] == '\0')
			return &a->fields[i];
	return NULL;
}

static void
add(struct answer *a, const char *name, size_t name_len, const char *value,
    size_t len)
{
	struct field *f = find(a, name, name_len);

	if (f) {
		append(f, ", ", value, len);
		a->last = f;
		return;
	}
	if (a->n == a->cap) {
		a->cap = a->cap ? 2 * a->cap : 16;
		a->fields = xrealloc(a->fields, a->cap, sizeof(*a->fields));
	}
	a->last = &a->fields[a->n++];
	a->last->name = xstrndup(name, name_len);
	a->last->value = xstrndup(value, len);
}

/* No blank and no control character, also not before the colon. */
static bool
is_name(const char *s, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if ((unsigned char)s[i] <= ' ' || s[i] == 0x7f)
			return false;
	return len > 0;
}

void
answer_line(struct answer *a, const char *line, size_t len)
{
	const char *colon;
	size_t name_len;

	/* a NUL would end it early for everybody who reads it */
	if (memchr(line, '\0', len) || take_status(a, line, len))
		return;
	if (len > 0 && (*line == ' ' || *line == '\t')) {
		trim(&line, &len);
		if (a->last && len > 0)
			append(a->last, *a->last->value ? " " : "", line, len);
		return;
	}
	a->last = NULL;
	colon = memchr(line, ':', len);
	if (!colon || !is_name(line, (size_t)(colon - line)))
		return;
	name_len = (size_t)(colon - line);
	len -= name_len + 1;
	colon++;
	trim(&colon, &len);
	add(a, line, name_len, colon, len);
}

int
answer_status(const struct answer *a)
{
	return a->status;
}

const char *
answer_get(const struct answer *a, const char *name)
{
	const struct field *f = find(a, name, strlen(name));

	return f ? f->value : NULL;
}

bool
answer_next(
    const struct answer *a, size_t *i, const char **name, const char **value)
{
	if (*i == a->n)
		return false;
	*name = a->fields[*i].name;
	*value = a->fields[*i].value;
	(*i)++;
	return true;
}
