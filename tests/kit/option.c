/* A driver's options: one row each. */
#include "kit/option.h"

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kit/verdict.h"

static bool
number_of(const struct option_row *row, const char *text, long *out)
{
	char *end;

	*out = strtol(text, &end, 10);
	return end != text && !*end && *out >= row->least && *out <= row->most;
}

bool
option_number(const struct option_row *row, const char *text)
{
	return number_of(row, text, row->to);
}

bool
option_u64(const struct option_row *row, const char *text)
{
	uint64_t *to = row->to;
	long n;
	bool ok = number_of(row, text, &n);

	*to = (uint64_t)n;
	return ok;
}

bool
option_text(const struct option_row *row, const char *text)
{
	const char **to = row->to;

	*to = text;
	return true;
}

bool
option_flag(const struct option_row *row, const char *text)
{
	bool *to = row->to;

	(void)text;
	*to = true;
	return true;
}

/* The next row, in this table or the one it leads to. */
static const struct option_row *
next_row(const struct option_row *row)
{
	return row && !row->name ? row->more : row;
}

void
options_usage(const struct option_row *rows, const char *program,
    const char *operands)
{
	const struct option_row *row;

	fprintf(stderr, "usage: %s [option ...] -- %s\n", program, operands);
	for (row = next_row(rows); row; row = next_row(row + 1))
		fprintf(stderr, "  %-12s %-8s %s\n", row->name,
		    row->arg ? row->arg : "", row->help);
	exit(EXIT_USAGE);
}

static const struct option_row *
option_find(const struct option_row *rows, const char *name)
{
	const struct option_row *row;

	for (row = next_row(rows); row; row = next_row(row + 1)) {
		if (strcmp(row->name, name) == 0)
			return row;
	}
	return NULL;
}

char **
options_read(const struct option_row *rows, char **argv, const char *operands)
{
	const struct option_row *row;
	const char *program = argv[0];

	while (*++argv && strcmp(*argv, "--") != 0) {
		row = option_find(rows, *argv);
		if (!row || (row->arg && !*++argv) || !row->set(row, *argv))
			options_usage(rows, program, operands);
	}
	if (!*argv || !argv[1])
		options_usage(rows, program, operands);
	return argv + 1;
}
