#include <string.h>

#include "alert/identity.h"
#include "core/utf8.h"
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
	if (out->data[out->len - 1] != '{')
		buf_addc(out, ',');
	jwrite_string(out, name, strlen(name));
	buf_addc(out, ':');
	jwrite_string(out, len > 0 ? s : "", len);
}

void
identity_write(
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
identity_labels(
    struct buf *out, const struct alert_rule *rule, struct jval record)
{
	struct buf value = {0};

	buf_addc(out, '{');
	for (size_t i = 0; i < rule->n_labels; i++) {
		value.len = 0;
		add_value(&value, &rule->labels[i], record);
		identity_cut(&value, ALERT_LABEL_MAX);
		write_member(out, rule->labels[i].name, value.data, value.len);
	}
	buf_addc(out, '}');
	buf_release(&value);
}

void
identity_cut(struct buf *text, size_t max)
{
	text->len = utf8_cut(text->data, text->len, max);
}
