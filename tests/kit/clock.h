/* Time, as drivers measure and limit it: nanoseconds that never go back. */
#ifndef WEIR_KIT_CLOCK_H
#define WEIR_KIT_CLOCK_H

#include <stdint.h>
#include <time.h>

#define MS INT64_C(1000000) /* ns in a millisecond */

/* For what happens at once on any machine that is not dead. */
#define WAIT_LIMIT (20000 * MS)

int64_t now_ns(void);
int64_t wall_ns(void); /* since 1970 */
double ms_of(int64_t ns);
struct timespec timespec_of(int64_t ns);

/* Waits a millisecond before another look. */
void look_again(void);

/* Lets time pass while nothing is expected: a measurement's length. */
void measure_for(int64_t ns);

#endif
