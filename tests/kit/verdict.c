/* How a driver ends: its exit codes, and what is said before. */
#define _GNU_SOURCE
#include "kit/verdict.h"

#include <errno.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void (*tell_more)(void);

void
verdict_tell_by(void (*tell)(void))
{
	tell_more = tell;
}

void
give_up(const char *form, ...)
{
	va_list ap;

	fflush(stdout);
	va_start(ap, form);
	vfprintf(stderr, form, ap);
	va_end(ap);
	fprintf(stderr, "\n");
	exit(EXIT_BROKEN);
}

void
broken(const char *file, int line, const char *form, ...)
{
	va_list ap;

	printf("  %s:%d: ", file, line);
	va_start(ap, form);
	vprintf(form, ap);
	va_end(ap);
	printf("\n");
	if (tell_more)
		tell_more();
	exit(EXIT_BROKEN);
}

void
skip(const char *why)
{
	printf("  %s: %s\n", why, strerror(errno));
	exit(EXIT_SKIPPED);
}
