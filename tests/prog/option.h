/* The drivers' options: one row each, then "--" and the logger. */
#ifndef WEIR_TEST_OPTION_H
#define WEIR_TEST_OPTION_H

#include "logger.h"

struct option_row {
	const char *name, *arg, *help; /* arg NULL: it takes none */
	bool (*set)(const char *arg);  /* false: usage */
};

static inline bool
option_number(const char *text, long least, long most, long *out)
{
	char *end;

	*out = strtol(text, &end, 10);
	return end != text && !*end && *out >= least && *out <= most;
}

static inline bool
option_ring(const char *text, enum ring *out)
{
	*out = strcmp(text, "file") == 0 ? RING_FILE : RING_FD;
	return *out == RING_FILE || strcmp(text, "fd") == 0;
}

static inline _Noreturn void
options_usage(const struct option_row *rows, size_t n, const char *program)
{
	size_t i;

	fprintf(stderr, "usage: %s [option ...] -- logger [argument ...]\n",
	    program);
	for (i = 0; i < n; i++)
		fprintf(stderr, "  %-12s %-8s %s\n", rows[i].name,
		    rows[i].arg ? rows[i].arg : "", rows[i].help);
	exit(EXIT_USAGE);
}

static inline const struct option_row *
option_find(const struct option_row *rows, size_t n, const char *name)
{
	size_t i;

	for (i = 0; i < n; i++) {
		if (strcmp(rows[i].name, name) == 0)
			return &rows[i];
	}
	return NULL;
}

/* Sets what the rows say; the logger's words go to lg. */
static inline void
options_read(const struct option_row *rows, size_t n, char **argv,
    struct logger *lg)
{
	const struct option_row *row;
	const char *program = argv[0];

	while (*++argv && strcmp(*argv, "--") != 0) {
		row = option_find(rows, n, *argv);
		if (!row || (row->arg && !*++argv) || !row->set(*argv))
			options_usage(rows, n, program);
	}
	if (!*argv || !argv[1])
		options_usage(rows, n, program);
	while (*++argv)
		logger_arg(lg, *argv);
}

#endif
