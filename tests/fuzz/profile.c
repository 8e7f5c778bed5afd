/*
 * Any lines as records, profiled in two parts and as a whole.  The parts,
 * merged, must have the counts of the whole; what is written must be JSON.
 */
#include "fuzz.h"
#include "quality/suggest.h"

static void
write_all(const struct profile *p)
{
	struct buf b = {0};

	profile_write(&b, p);
	must_be_json(&b);
	b.len = 0;
	suggest_rules(&b, p);
	must_be_json(&b);
	b.len = 0;
	suggest_schema(&b, p);
	must_be_json(&b);
	buf_release(&b);
}

static void
compare(const struct profile *a, const struct profile *b)
{
	const struct profile_path *x = a->root, *y = b->root;

	must(a->n_records == b->n_records && a->n_paths == b->n_paths);
	if (profile_beyond(a) > 0) /* then the order decides what is */
		return;
	for (; x && y; x = profile_next(x), y = profile_next(y)) {
		must(memcmp(x->types, y->types, sizeof(x->types)) == 0);
		must(profile_distinct(x) == profile_distinct(y));
		must(profile_missing(x) == profile_missing(y));
		must(x->course.n_down == y->course.n_down);
		must(x->exact.state == y->exact.state);
	}
	must(!x && !y);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *s = (const char *)data, *end = s + size;
	struct profile whole, parts[2];
	struct jdoc d;
	size_t n = 0;

	jdoc_init(&d);
	profile_init(&whole, true);
	profile_init(&parts[0], true);
	profile_init(&parts[1], true);
	while (s < end) {
		const char *lf = memchr(s, '\n', (size_t)(end - s));
		size_t len = (size_t)((lf ? lf : end) - s);
		bool is_second = (size_t)(end - s) < size / 2;

		if (parse(&d, s, len) == JERR_NONE) {
			profile_add(&whole, jval_root(&d));
			profile_add(&parts[is_second], jval_root(&d));
			n++;
		}
		s += len + (lf != NULL);
	}
	must(whole.n_records == n);
	write_all(&whole);
	profile_merge(&parts[0], &parts[1]);
	write_all(&parts[0]);
	compare(&whole, &parts[0]);
	profile_release(&whole);
	profile_release(&parts[0]);
	profile_release(&parts[1]);
	jdoc_release(&d);
	return 0;
}
