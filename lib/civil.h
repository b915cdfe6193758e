/* Seconds since 1970 to civil UTC time and back. */
#ifndef WEIR_CIVIL_H
#define WEIR_CIVIL_H

#include <stdint.h>

struct civil {
	int64_t year;
	int month; /* 1 to 12 */
	int day;   /* 1 to 31 */
	int hour, minute, second;
};

/* Proleptic Gregorian calendar, no leap seconds; exact for any year from
 * -100000 to 100000. */
struct civil civil_from_seconds(int64_t seconds);
int64_t civil_to_seconds(const struct civil *c);

#endif
