/* svlogd/when */
#define _GNU_SOURCE

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "when.h"

#define S INT64_C(1000000000)

/* 2026-11-22 16:51:04 and a half, a Sunday. */
#define NOW (INT64_C(1795366264) * S + S / 2)
#define TODAY (INT64_C(1795305600) * S)

static const struct {
	const char *text;
	int64_t ns; /* or -errno */
} rows[] = {
	{ "now", NOW },
	{ "today", TODAY },
	{ "yesterday", TODAY - 86400 * S },
	{ "00:00", TODAY },
	{ "10:05", TODAY + 36300 * S },
	{ "10:05:07", TODAY + 36307 * S },
	{ "10:05:07.25", TODAY + 36307 * S + S / 4 },
	{ "10:05:07.0000000019", TODAY + 36307 * S + 1 },
	{ "10:05Z", TODAY + 36300 * S },
	{ "10:05+01:00", TODAY + 32700 * S },
	{ "10:05-0130", TODAY + 41700 * S },
	{ "23:59:60", TODAY + 86400 * S },
	{ "2026-11-22", TODAY },
	{ "2026-11-22 10:05", TODAY + 36300 * S },
	{ "2026-11-22_10:05:07.00001", TODAY + 36307 * S + 10000 },
	{ "2026-11-22T10:05:07Z", TODAY + 36307 * S },
	{ "2026-11-22T10:05:07+00:00", TODAY + 36307 * S },
	{ "1970-01-01", 0 },
	{ "2024-02-29", INT64_C(1709164800) * S },
	{ "-0", NOW },
	{ "-90", NOW - 90 * S },
	{ "-90s", NOW - 90 * S },
	{ "-15m", NOW - 900 * S },
	{ "-2h", NOW - 7200 * S },
	{ "-3d", NOW - 259200 * S },
	{ "-1w", NOW - 604800 * S },
	{ "@0", 0 },
	{ "@1795305600", TODAY },
	{ "@400000000000000b00000005", S + 5 },
	{ "@400000000000000b00000005.s", S + 5 },
	{ "@400000000000000b00000005.s.gz", S + 5 },
	{ "", -EINVAL },
	{ "-", -EINVAL },
	{ "@", -EINVAL },
	{ "tomorrow", -EINVAL },
	{ "10", -EINVAL },
	{ "10:5", -EINVAL },
	{ "10:05:", -EINVAL },
	{ "10:05:07.", -EINVAL },
	{ "10:05 ", -EINVAL },
	{ "10:05x", -EINVAL },
	{ "10:05+1", -EINVAL },
	{ "10:05ZZ", -EINVAL },
	{ "2026-11-22 ", -EINVAL },
	{ "2026-11-22x", -EINVAL },
	{ "2026-11-22Z", -EINVAL },
	{ "2026-11", -EINVAL },
	{ "2026-1-2", -EINVAL },
	{ "-15y", -EINVAL },
	{ "-1h30m", -EINVAL },
	{ "--5", -EINVAL },
	{ "@12x", -EINVAL },
	{ "@400000000000000b3b9aca00", -EINVAL },
	{ "@400000000000000g00000005", -EINVAL },
	{ "24:00", -ERANGE },
	{ "10:60", -ERANGE },
	{ "10:05:61", -ERANGE },
	{ "2026-02-29", -ERANGE },
	{ "2026-13-01", -ERANGE },
	{ "2026-00-10", -ERANGE },
	{ "2026-11-31", -ERANGE },
	{ "1969-12-31", -ERANGE },
	{ "2263-01-01", -ERANGE },
	{ "1970-01-01 00:00+01:00", -ERANGE },
	{ "-99999d", -ERANGE },
	{ "@99999999999999", -ERANGE },
	{ "-99999999999999999999", -ERANGE },
};

static void
each_form_is_the_time_it_says_or_none(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		int64_t ns = -1;
		int r = when_parse(view_str(rows[i].text), NOW, &ns);

		if ((r < 0 ? r : ns) != rows[i].ns)
			fail_msg("%s: %d, %lld", rows[i].text, r,
			    (long long)ns);
	}
}

/* In a room of its own, without a byte behind it. */
static void
no_byte_behind_the_text_is_looked_at(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		size_t n = strlen(rows[i].text);

		for (size_t cut = 0; cut <= n; cut++) {
			char *p = malloc(cut + 1);
			int64_t ns;

			assert_non_null(p);
			p = realloc(p, cut ? cut : 1);
			memcpy(p, rows[i].text, cut);
			when_parse(view_of(p, cut), NOW, &ns);
			free(p);
		}
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_form_is_the_time_it_says_or_none),
		cmocka_unit_test(no_byte_behind_the_text_is_looked_at),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
