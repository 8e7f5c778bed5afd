#include <stdlib.h>
#include <string.h>

#include "alert/alert.h"
#include "core/timestamp.h"
#include "core/utf8.h"
#include "core/xmem.h"
#include "json/write.h"

/* Append the text of a label's value, uncut. */
static void
add_value(struct buf *out, const struct alert_label *label, struct jval record)
{
	struct jval v = jpath_get(&label->path, record);
	enum jtype type = jval_type(v);
	size_t len;
	const char *s;

	if (type == J_ABSENT || type == J_NULL)
		return;
	if (type != J_STRING) {
		jwrite_value(out, v);
		return;
	}
	s = jval_string(v, &len);
	buf_add(out, s, len);
}

static void
write_member(struct buf *out, const char *name, const char *s, size_t len)
{
	if (out->len > 0 && out->data[out->len - 1] != '{')
		buf_addc(out, ',');
	jwrite_string(out, name, strlen(name));
	buf_addc(out, ':');
	jwrite_string(out, len > 0 ? s : "", len);
}

void
alert_identity(
    struct buf *out, const struct alert_rule *rule, struct jval record)
{
	bool has_rule = false;
	struct buf value = {0};

	buf_addc(out, '{');
	for (size_t i = 0; i < rule->n_labels; i++) {
		const struct alert_label *label = &rule->labels[i];

		if (!has_rule && strcmp(label->name, "rule") > 0) {
			write_member(
			    out, "rule", rule->name, strlen(rule->name));
			has_rule = true;
		}
		value.len = 0;
		add_value(&value, label, record);
		write_member(out, label->name, value.data, value.len);
	}
	if (!has_rule)
		write_member(out, "rule", rule->name, strlen(rule->name));
	buf_addc(out, '}');
	buf_release(&value);
}

void
alert_cut(struct buf *text, size_t max)
{
	text->len = utf8_cut(text->data, text->len, max);
}

struct alert *
alert_new(const struct alert_rule *rule, struct jval record,
    const uint8_t digest[SHA256_SIZE])
{
	struct alert *a = xcalloc(1, sizeof(*a));

	a->rule = rule;
	a->refs = 1;
	sha256_hex(digest, a->fingerprint);
	a->values = xcalloc(rule->n_labels, sizeof(*a->values));
	for (size_t i = 0; i < rule->n_labels; i++) {
		struct buf *value = &a->values[i];

		add_value(value, &rule->labels[i], record);
		alert_cut(value, ALERT_LABEL_MAX);
		buf_addc(value, '\0');
		value->len--;
	}
	return a;
}

struct alert *
alert_ref(struct alert *a)
{
	a->refs++;
	return a;
}

void
alert_unref(struct alert *a)
{
	if (!a || --a->refs > 0)
		return;
	for (size_t i = 0; i < a->rule->n_labels; i++)
		buf_release(&a->values[i]);
	free(a->values);
	buf_release(&a->title);
	buf_release(&a->body);
	buf_release(&a->record);
	free(a);
}

const char *
alert_status(const struct alert *a)
{
	static const char *const names[] = {"pending", "firing", "resolved"};

	return names[a->state];
}

const char *
alert_value(const struct alert *a, const char *label, size_t *len)
{
	const char *value = "";

	if (strcmp(label, "rule") == 0)
		value = a->rule->name;
	if (strcmp(label, "severity") == 0)
		value = alert_severities[a->rule->severity];
	*len = strlen(value);
	for (size_t i = 0; i < a->rule->n_labels; i++)
		if (strcmp(label, a->rule->labels[i].name) == 0) {
			*len = a->values[i].len;
			value = *len > 0 ? a->values[i].data : "";
		}
	return value;
}

void
alert_write_labels(struct buf *out, const struct alert *a)
{
	buf_addc(out, '{');
	for (size_t i = 0; i < a->rule->n_labels; i++)
		write_member(out, a->rule->labels[i].name, a->values[i].data,
		    a->values[i].len);
	buf_addc(out, '}');
}

static void
write_time(struct buf *out, const char *name, int64_t ms)
{
	char text[TIMESTAMP_SIZE];

	write_member(out, name, text, timestamp_format(ms, text));
}

void
alert_begin_event(struct buf *out, const char *event, const struct alert *a,
    const char *receiver)
{
	buf_addc(out, '{');
	write_member(out, "event", event, strlen(event));
	write_member(
	    out, "fingerprint", a->fingerprint, strlen(a->fingerprint));
	write_member(out, "rule", a->rule->name, strlen(a->rule->name));
	if (receiver)
		write_member(out, "receiver", receiver, strlen(receiver));
	write_time(out, "at", timestamp_now());
}
