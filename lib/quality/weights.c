/* quality, second part: weights that somebody sets. */
#include <string.h>
#include <sysexits.h>

#include "core/cli.h"
#include "core/diag.h"
#include "core/num.h"
#include "quality/quality.h"
#include "json/doc.h"

/* The number of the dimension; or DIMENSION_COUNT after a diagnostic. */
static int
find_dimension(const char *list, const char *name)
{
	struct buf hint = {0};
	int d = 0;

	while (d < DIMENSION_COUNT && strcmp(dimension_names[d], name) != 0)
		d++;
	if (d < DIMENSION_COUNT)
		return d;
	cli_hint(&hint, name, dimension_names);
	diag_error("%s: %s: unknown dimension%.*s", list, name, (int)hint.len,
	    hint.data ? hint.data : "");
	buf_release(&hint);
	return d;
}

/* One "validity=60" of a list. */
static bool
read_pair(const char *list, char *pair, double weights[DIMENSION_COUNT])
{
	char *sign = strchr(pair, '=');
	double x;
	int d;

	if (!sign) {
		diag_error(
		    "%s: %s: not of the form dimension=number", list, pair);
		return false;
	}
	*sign = '\0';
	d = find_dimension(list, pair);
	if (d == DIMENSION_COUNT)
		return false;
	if (num_double(sign + 1, &x) != 0 || x < 0 || x > QUALITY_WEIGHT_MAX) {
		diag_error(
		    "%s: %s: not a weight from 0 to 1000000", list, sign + 1);
		return false;
	}
	weights[d] = x;
	return true;
}

static int
read_list(const char *list, double weights[DIMENSION_COUNT])
{
	struct buf b = {0};
	char *next, *pair;
	int status = 0;

	buf_add(&b, list, strlen(list) + 1);
	for (next = b.data; next && status == 0;) {
		pair = next;
		next = strchr(next, ',');
		if (next)
			*next++ = '\0';
		if (!read_pair(list, pair, weights))
			status = EX_USAGE;
	}
	buf_release(&b);
	return status;
}

static int
read_file(const char *path, double weights[DIMENSION_COUNT])
{
	struct doc_member members[DIMENSION_COUNT + 1] = {{.name = NULL}};
	struct doc_place at = {.up = NULL};
	struct doc d = {.root = NULL};
	int status = doc_load(&d, path);

	for (size_t i = 0; i < DIMENSION_COUNT; i++)
		members[i] = (struct doc_member){dimension_names[i], DOC_NUMBER,
		    i * sizeof(double), false, NULL};
	if (status == 0 && doc_is(&d, NULL, d.root, JSON_OBJECT))
		doc_read(&d, NULL, d.root, members, weights);
	for (int i = 0; status == 0 && i < DIMENSION_COUNT; i++) {
		at.key = dimension_names[i];
		if (!(weights[i] >= 0 && weights[i] <= QUALITY_WEIGHT_MAX))
			doc_fault(&d, &at, "not a weight from 0 to 1000000");
	}
	if (status == 0 && d.n_faults > 0)
		status = EX_CONFIG;
	doc_release(&d);
	return status;
}

int
quality_read_weights(const char *text, double weights[DIMENSION_COUNT])
{
	double sum = 0;
	int status;

	memcpy(weights, quality_weights, sizeof(quality_weights));
	status = strchr(text, '=') ? read_list(text, weights)
				   : read_file(text, weights);
	for (int d = 0; d < DIMENSION_COUNT; d++)
		sum += weights[d];
	if (status == 0 && sum <= 0) {
		diag_error("%s: all weights are 0", text);
		status = EX_USAGE;
	}
	return status;
}
