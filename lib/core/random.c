#define _DEFAULT_SOURCE /* getentropy */
#include <unistd.h>

#include "core/random.h"
#include "core/timestamp.h"

uint64_t
random_seed(void)
{
	uint64_t seed;

	if (getentropy(&seed, sizeof(seed)) != 0) /* no kernel like that */
		seed = (uint64_t)timestamp_monotonic() ^ (uint64_t)getpid()
							     << 32;
	return seed;
}
