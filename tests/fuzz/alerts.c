/*
 * Any bytes as an alerts file.  One without faults is held against a record,
 * as far as that needs no jq: identities and routes must come out.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alert/alerts.h"
#include "alert/identity.h"
#include "alert/instance.h"
#include "alert/route.h"
#include "core/diag.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* NOLINTBEGIN(bugprone-reserved-identifier) */
const char *__lsan_default_suppressions(void);

/* libjq loses what it has read when it comes to some syntax errors. */
const char *
__lsan_default_suppressions(void)
{
	return "leak:libjq.so";
}
/* NOLINTEND(bugprone-reserved-identifier) */

static void
note(void *arg, const struct alert_route *r, struct instance *i)
{
	size_t *n = arg;
	struct buf group = {0};

	route_write_group(&group, r, i);
	if (!r->receiver || !r->receiver->settings || group.len < 2)
		abort();
	buf_release(&group);
	++*n;
}

static void
try(const struct alerts *alerts, const struct alert_rule *rule)
{
	static const char text[64 + JDOC_PADDING] =
	    "{\"city\":\"Rio\",\"a\":{\"b\":[1]},\"k\":\"1\"}";
	uint8_t digest[SHA256_SIZE];
	struct instance i = {
	    .state = INSTANCE_FIRING, .severity = rule->severity};
	struct buf out = {0};
	struct jdoc d;
	size_t n = 0;

	jdoc_init(&d);
	if (jdoc_parse(&d, text, strlen(text)) != JERR_NONE)
		abort();
	identity_write(&out, rule, jval_root(&d));
	sha256(out.data, out.len, digest);
	sha256_hex(digest, i.fingerprint);
	snprintf(i.rule, sizeof(i.rule), "%s", rule->name);
	identity_labels(&i.labels, rule, jval_root(&d));
	if (!labels_read(&i.parsed, i.labels.data, i.labels.len))
		abort();
	if (alerts->route)
		route_walk(alerts->route, &i, note, &n);
	if (alerts->route && n == 0)
		abort();
	instance_release(&i);
	buf_release(&out);
	jdoc_release(&d);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct alerts a;

	diag_set_level(DIAG_ERROR + 1);
	if (alerts_parse(&a, "fuzz", (const char *)data, size, false) == 0)
		for (size_t i = 0; i < a.n_rules; i++)
			try(&a, &a.rules[i]);
	alerts_release(&a);
	return 0;
}
