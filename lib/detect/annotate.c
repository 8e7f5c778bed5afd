#include <math.h>

#include "detect/annotate.h"
#include "json/write.h"

static void
add_missing(struct buf *b, const struct detect_row *row)
{
	const char *before = ",\"missing\":[";
	bool any = false;

	if (row->no_time) {
		jwrite_text(b, before, row->no_time);
		before = ",";
		any = true;
	}
	for (size_t i = 0; i < row->columns; i++) {
		if (!isnan(row->x[i]))
			continue;
		jwrite_text(b, before, row->names[i]);
		before = ",";
		any = true;
	}
	if (any)
		buf_addc(b, ']');
}

/* The column that follows last, n before the first, in order of falling
 * scores; n if there is none. */
static size_t
next(const struct detect_part *parts, size_t n, size_t last)
{
	size_t best = n;

	for (size_t i = 0; i < n; i++) {
		double s = parts[i].score;

		if (isnan(s))
			continue;
		if (last < n && (s > parts[last].score ||
				    (s == parts[last].score && i <= last)))
			continue;
		if (best == n || s > parts[best].score)
			best = i;
	}
	return best;
}

static double
sum(const struct detect_part *parts, size_t n)
{
	double total = 0;

	for (size_t i = 0; i < n; i++)
		total += isnan(parts[i].score) ? 0 : parts[i].score;
	return total;
}

static void
add_why(struct buf *b, const struct detect_row *row)
{
	size_t n = row->n_parts;
	double total = sum(row->parts, n);
	const char *before = ",\"why\":[{\"field\":";

	for (size_t i = next(row->parts, n, n); i < n;
	     i = next(row->parts, n, i)) {
		const struct detect_part *p = &row->parts[i];

		jwrite_text(b, before, row->part_names[i]);
		jwrite_number(
		    b, ",\"share\":", total > 0 ? p->score / total : 0);
		jwrite_number(b, ",\"expected\":", p->expected);
		jwrite_number(b, ",\"low\":", p->low);
		jwrite_number(b, ",\"high\":", p->high);
		before = "},{\"field\":";
	}
	buf_adds(b, "}]");
}

/* Have the text around the score: it is much work for what never changes. */
static void
prepare(struct detect_row *row)
{
	bool is_same = row->limit_of == row->threshold ||
		       (isnan(row->limit_of) && isnan(row->threshold));

	if (row->head.len == 0) {
		jwrite_text(&row->head, "{\"method\":", row->method);
		buf_adds(&row->head, ",\"score\":");
	}
	if (row->limit.len > 0 && is_same)
		return;
	row->limit.len = 0;
	jwrite_number(&row->limit, ",\"threshold\":", row->threshold);
	row->limit_of = row->threshold;
}

void
detect_row_release(struct detect_row *row)
{
	buf_release(&row->head);
	buf_release(&row->limit);
}

void
detect_annotate(struct buf *b, struct detect_row *row, const struct verdict *v,
    bool explain)
{
	bool has_score = !isnan(v->score);

	prepare(row);
	buf_add(b, row->head.data, row->head.len);
	jwrite_double(b, v->score);
	buf_add(b, row->limit.data, row->limit.len);
	buf_adds(b, v->is_anomaly ? ",\"anomaly\":true" : ",\"anomaly\":false");
	if (has_score && row->parts && !isnan(row->parts[v->column].expected))
		jwrite_number(
		    b, ",\"expected\":", row->parts[v->column].expected);
	if (v->has_cluster && v->cluster >= 0)
		jwrite_count(b, ",\"cluster\":", (uint64_t)v->cluster);
	else if (v->has_cluster)
		buf_adds(b, ",\"cluster\":null");
	if (v->has_no_model)
		buf_adds(b, ",\"no_model\":true");
	if (v->is_warming_up)
		buf_adds(b, ",\"warming_up\":true");
	if (v->is_late)
		buf_adds(b, ",\"late\":true");
	if (v->is_resting)
		buf_adds(b, ",\"resting\":true");
	add_missing(b, row);
	if (has_score && row->parts && explain)
		add_why(b, row);
	buf_addc(b, '}');
}
