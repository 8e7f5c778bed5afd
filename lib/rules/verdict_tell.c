#include <inttypes.h>
#include <sysexits.h>
#include <unistd.h>

#include "core/diag.h"
#include "rules/gates.h"
#include "rules/verdict.h"
#include "stream/out.h"

#define FEW 20 /* records, too few to wonder at a field that none has */

/* A field that no record has is most often a name that is not spelt right; if
 * a rule requires it, that has been said. */
static void
tell_absent(const struct verdict *d)
{
	const struct rules *rules = d->rules;

	for (size_t i = 0; i < rules->n_named; i++) {
		const struct stats_field *f =
		    &d->total.fields[rules->named[i].slot];

		if (f->missing == d->total.n_records && f->failed == 0)
			diag_warn("%s: none of %" PRIu64 " records has it",
			    rules->named[i].name, d->total.n_records);
	}
}

bool
verdict_tell(const struct verdict *d, const struct filter *f)
{
	const struct rules_stats *s = &d->total;
	bool is_lost = !d->rejects && !d->annotates && s->n_rejected > 0;
	bool is_shown = isatty(STDERR_FILENO) &&
			s->n_rejected + s->n_warned + f->n_malformed > 0;

	(is_lost || is_shown ? diag_warn : diag_info)(
	    "%" PRIu64 " valid, %" PRIu64 " rejected, %" PRIu64 " malformed%s",
	    s->n_records - s->n_rejected, s->n_rejected, f->n_malformed,
	    is_lost ? " (-r file keeps them)" : "");
	for (size_t i = 0; i < d->rules->n; i++) {
		const struct stats_check *c = &s->checks[i];

		if (c->failed == 0)
			continue;
		(is_shown ? diag_warn : diag_info)(
		    "%s: failed %" PRIu64 " of %" PRIu64
		    ", first in line %" PRIu64 ": %s",
		    d->rules->checks[i].rule, c->failed,
		    s->n_records - c->skipped, c->line, c->message);
	}
	if (s->n_records > FEW)
		tell_absent(d);
	return gates_tell(d->rules, s, f->n_malformed) == 0 &&
	       s->n_rejected + f->n_malformed == 0;
}

void
verdict_summarize(const struct verdict *d, const struct filter *f, int fd)
{
	struct buf b = {0};

	rules_stats_write(&d->total, d->rules, f->n_malformed, &b);
	buf_addc(&b, '\n');
	out_write(fd, d->summary, b.data, b.len);
	if (close(fd) != 0)
		die_errno(EX_IOERR, "%s: close", d->summary);
	buf_release(&b);
}
