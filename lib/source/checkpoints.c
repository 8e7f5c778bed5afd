/* source: cursors kept at the end, for who has no sink that does. */
#include <sysexits.h>

#include "cache/commit.h"
#include "core/diag.h"
#include "source/task.h"

/* Keep the cursor that a control line names. */
static int
commit_line(struct commit *c, const char *line, struct jdoc *doc)
{
	struct checkpoint point;
	struct buf text = {0}, why = {0};
	const char *fault;
	int status;

	buf_adds(&text, line);
	buf_addc(&text, '\0');
	buf_reserve(&text, JDOC_PADDING);
	if (jdoc_parse(doc, text.data, text.len - 1) != JERR_NONE) {
		buf_release(&text);
		return EX_SOFTWARE;
	}
	fault = checkpoint_read(text.data, jval_root(doc), &point);
	status = fault ? EX_DATAERR : commit_move(c, &point, &why);
	if (fault)
		buf_adds(&why, fault);
	if (status != 0)
		diag_error("%.*s", (int)why.len, why.data);
	if (!fault)
		checkpoint_release(&point);
	buf_release(&text);
	buf_release(&why);
	return status;
}

int
source_commit(struct source *s)
{
	struct commit c = {0};
	struct jdoc doc;
	const struct map_entry *e;
	size_t i = 0;
	int status = 0, rc;

	if (!s->options->commits || s->checkpoints.n == 0)
		return 0;
	c.store = source_store(s);
	jdoc_init(&doc);
	while ((e = map_next(&s->checkpoints, &i))) {
		rc = commit_line(&c, e->value, &doc);
		status = status ? status : rc;
	}
	jdoc_release(&doc);
	commit_release(&c);
	return status;
}
