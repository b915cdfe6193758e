/* Time, as drivers measure and limit it: nanoseconds that never go back. */
#define _GNU_SOURCE
#include "kit/clock.h"

#include <stddef.h>

static int64_t
clock_ns(clockid_t clock)
{
	struct timespec ts;

	clock_gettime(clock, &ts);
	return ts.tv_sec * (1000 * MS) + ts.tv_nsec;
}

int64_t
now_ns(void)
{
	return clock_ns(CLOCK_MONOTONIC);
}

int64_t
wall_ns(void)
{
	return clock_ns(CLOCK_REALTIME);
}

double
ms_of(int64_t ns)
{
	return (double)ns / (double)MS;
}

struct timespec
timespec_of(int64_t ns)
{
	return (struct timespec){ .tv_sec = (time_t)(ns / (1000 * MS)),
		.tv_nsec = (long)(ns % (1000 * MS)) };
}

void
measure_for(int64_t ns)
{
	struct timespec ts = timespec_of(ns);

	nanosleep(&ts, NULL);
}

void
look_again(void)
{
	measure_for(MS);
}
