/* The least that work takes, of many rounds: short ones, so that some are not interrupted. */
#ifndef LEAST_H
#define LEAST_H

#include <time.h>

static double now_ns(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * 1e9 + time.tv_nsec;
}

/* In nanoseconds, of one of the `times` that each round does it. */
static double least_ns(int rounds, int times, void (*work)(void))
{
	double least = 1e18;

	for (int round = 0; round < rounds; round++) {
		double start = now_ns();
		double each;

		for (int i = 0; i < times; i++)
			work();
		each = (now_ns() - start) / times;
		least = each < least ? each : least;
	}
	return least;
}

#endif
