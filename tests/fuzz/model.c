/*
 * Any bytes as what a method of cdo-detect learned.  What is taken for a model
 * scores rows without a crash, and reads back from what is written of it.
 */
#include <stdint.h>
#include <string.h>

#include "detect/fitted.h"
#include "fuzz.h"

#define COLUMNS 2

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Parse it, and have it read as a model of the method; again: of what was
 * written. */
static void
read_model(const struct batch_method *method, const struct buf *text,
    struct buf *again)
{
	static const double rows[3][COLUMNS] = {
	    {0, 0}, {1.5, -3}, {-1e150, 1e150}};
	struct detect_part parts[COLUMNS];
	double room[COLUMNS];
	struct fitted f = {0};
	struct jdoc d;

	jdoc_init(&d);
	if (parse(&d, text->data, text->len) == JERR_NONE &&
	    fitted_load(&f, method, COLUMNS, jval_root(&d))) {
		for (size_t i = 0; i < 3; i++)
			fitted_score(&f, rows[i], room);
		fitted_explain(&f, rows[1], parts);
		fitted_save(&f, again);
	}
	fitted_release(&f);
	jdoc_release(&d);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf text = {0}, one = {0}, two = {0};
	size_t n = 0;

	while (batch_methods[n])
		n++;
	if (size < 2 || n == 0)
		return 0;
	buf_add(&text, data + 1, size - 1);
	read_model(batch_methods[data[0] % n], &text, &one);
	if (one.len > 0) {
		read_model(batch_methods[data[0] % n], &one, &two);
		must(two.len == one.len &&
		     memcmp(one.data, two.data, one.len) == 0);
	}
	buf_release(&text);
	buf_release(&one);
	buf_release(&two);
	return 0;
}
