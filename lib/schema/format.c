#include <string.h>

#include "schema/format.h"
#include "schema/format_private.h"

struct format {
	format_fn *check;
};

#define FORMATS(X) \
	X("date", format_date) \
	X("date-time", format_date_time) \
	X("duration", format_duration) \
	X("email", format_email) \
	X("hostname", format_hostname) \
	X("idn-email", format_idn_email) \
	X("idn-hostname", format_idn_hostname) \
	X("ipv4", format_ipv4) \
	X("ipv6", format_ipv6) \
	X("iri", format_iri) \
	X("iri-reference", format_iri_reference) \
	X("json-pointer", format_json_pointer) \
	X("regex", format_regex) \
	X("relative-json-pointer", format_relative_json_pointer) \
	X("time", format_time) \
	X("uri", format_uri) \
	X("uri-reference", format_uri_reference) \
	X("uri-template", format_uri_template) \
	X("uuid", format_uuid)

#define NAME(name, check) name,
#define CHECK(name, check) {check},

static const char *const names[] = {FORMATS(NAME) NULL};
static const struct format formats[] = {FORMATS(CHECK)};

const struct format *
format_find(const char *name)
{
	for (size_t i = 0; names[i]; i++)
		if (strcmp(names[i], name) == 0)
			return &formats[i];
	return NULL;
}

const char *
format_name(const struct format *f)
{
	return names[f - formats];
}

const char *const *
format_list(void)
{
	return names;
}

bool
format_check(const struct format *f, const char *s, size_t len)
{
	return f->check(s, len);
}
