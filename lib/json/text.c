#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "json/text.h"

static bool
is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

const char *
jtext_space(const char *p)
{
	while (is_space(*p))
		p++;
	return p;
}

const char *
jtext_string(const char *p)
{
	for (p++; *p != '"'; p++)
		if (*p == '\\')
			p++;
	return p + 1;
}

const char *
jtext_value(const char *p)
{
	size_t depth = 0;

	do {
		if (*p == '"') {
			p = jtext_string(p);
			continue;
		}
		if (*p == '{' || *p == '[')
			depth++;
		else if (*p == '}' || *p == ']')
			depth--;
		p++;
	} while (depth > 0 || !strchr(",]} \t\r\n:", *p));
	return p;
}

const char *
jtext_member(const char *p, const char *name, const char **end)
{
	const char *found = NULL, *key, *value;
	size_t len = strlen(name);

	for (p = jtext_space(p + 1); *p != '}'; p = jtext_space(p)) {
		if (*p == ',')
			p = jtext_space(p + 1);
		key = p + 1;
		p = jtext_string(p);
		value = jtext_space(jtext_space(p) + 1);
		if ((size_t)(p - 1 - key) == len && !memcmp(key, name, len))
			found = value;
		p = jtext_value(value);
		if (found == value)
			*end = p;
	}
	return found;
}

const char *
jtext_back_space(const char *p)
{
	while (is_space(p[-1]))
		p--;
	return p;
}

/* Does an odd number of backslashes precede p? */
static bool
is_escaped(const char *p)
{
	const char *q = p;

	while (q[-1] == '\\')
		q--;
	return (p - q) % 2 != 0;
}

const char *
jtext_back_string(const char *p)
{
	p--;
	do
		p--;
	while (*p != '"' || is_escaped(p));
	return p;
}

const char *
jtext_back_value(const char *p)
{
	size_t depth = 0;

	do {
		if (p[-1] == '"') {
			p = jtext_back_string(p);
			continue;
		}
		p--;
		if (*p == '}' || *p == ']')
			depth++;
		else if (*p == '{' || *p == '[')
			depth--;
	} while (depth > 0);
	return p;
}
