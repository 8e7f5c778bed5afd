#include <stdio.h>
#include <stdlib.h>

#include "detect/options_private.h"
#include "obs/run.h"
#include "stream/out.h"

void
options_list(void)
{
	for (size_t i = 0; detect_methods[i]; i++)
		printf("%-26s stream  %s\n", detect_methods[i]->name,
		    detect_methods[i]->about);
	for (size_t i = 0; batch_methods[i]; i++)
		printf("%-26s batch   %s\n", batch_methods[i]->name,
		    batch_methods[i]->about);
	out_finish();
	exit(run_end(0));
}

void
options_refuse_method(const struct options *o)
{
	const char *names[64];
	const char *near;
	size_t n = 0;

	for (size_t i = 0; batch_methods[i]; i++)
		names[n++] = batch_methods[i]->name;
	for (size_t i = 0; !o->whole && detect_methods[i]; i++)
		names[n++] = detect_methods[i]->name;
	names[n] = NULL;
	near = cli_nearest(o->method, names);
	if (near)
		cli_wrong(o->cli, "--method: %s: unknown%s; did you mean %s?",
		    o->method, o->whole ? " to --batch" : "", near);
	cli_wrong(o->cli, "--method: %s: unknown%s; see --list", o->method,
	    o->whole ? " to --batch" : "");
}
