#ifndef SCHEMA_FORMAT_PRIVATE_H
#define SCHEMA_FORMAT_PRIVATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What the files of the formats share; others use format.h. */

/* A set of ASCII characters, a bit each. */
struct chars {
	uint64_t low, high; /* 0 to 63, 64 to 127 */
};

/* For the two halves of a set: the characters a to b of it, or one. */
#define CHARS_SPAN(a, b) ((((uint64_t)2 << ((b) - (a))) - 1) << ((a)&63))
#define CHARS_ONE(c) ((uint64_t)1 << ((c)&63))

#define CHARS_DIGITS CHARS_SPAN('0', '9')
#define CHARS_LETTERS (CHARS_SPAN('A', 'Z') | CHARS_SPAN('a', 'z'))
#define CHARS_HEX (CHARS_SPAN('A', 'F') | CHARS_SPAN('a', 'f'))

static inline bool
chars_has(const struct chars *set, char c)
{
	unsigned char u = (unsigned char)c;

	return u < 128 &&
	       ((u < 64 ? set->low : set->high) >> (u & 63) & 1) != 0;
}

static inline bool
chars_is_digit(char c)
{
	return (unsigned char)(c - '0') < 10;
}

static inline bool
chars_is_hex(char c)
{
	static const struct chars hex = {CHARS_DIGITS, CHARS_HEX};

	return chars_has(&hex, c);
}

#define FORMAT_NAME_MAX 253 /* bytes of a host name; RFC 1034, 3.1 */

/* Is it one label of a host name, letters, digits and hyphens? */
bool format_hostname_label(const char *s, size_t len);

/* Does it begin as one in Punycode does, with xn--? */
bool format_is_a_label(const char *s, size_t len);

/* An idn-hostname with no other full stops than ASCII's. */
bool format_idn_domain(const char *s, size_t len);

/* Bytes of the percent-encoded one at s, 3, or 0. */
size_t format_escape(const char *s, const char *end);

/* Bytes of the character beyond ASCII at s if an IRI may have it, perhaps a
 * private one; or 0. */
size_t format_ucs(const char *s, const char *end, bool with_private);

/* The formats, each a function of this shape. */
typedef bool format_fn(const char *s, size_t len);

format_fn format_date_time, format_date, format_time, format_duration;
format_fn format_ipv4, format_ipv6, format_hostname, format_idn_hostname;
format_fn format_email, format_idn_email;
format_fn format_uri, format_uri_reference, format_iri, format_iri_reference;
format_fn format_uri_template;
format_fn format_uuid, format_json_pointer, format_relative_json_pointer,
    format_regex;

#endif
