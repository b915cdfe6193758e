/* A driver's options: one row each. A table ends in a row without a name, which
 * may lead on to another table.
 *
 *     static const struct option_row rows[] = {
 *             { "--kills", "N", "how many", .set = option_number,
 *                 .to = &opt.kills, .most = LONG_MAX },
 *             { "--keep", NULL, "leave all there", .set = option_flag,
 *                 .to = &opt.keep },
 *             { .more = shared_rows },
 *     };
 *
 *     words = options_read(rows, argv, "logger [argument ...]");
 */
#ifndef WEIR_KIT_OPTION_H
#define WEIR_KIT_OPTION_H

#include <stdbool.h>

struct option_row {
	const char *name, *arg, *help; /* arg NULL: it takes none */
	/* false: the text makes no sense */
	bool (*set)(const struct option_row *row, const char *text);
	void *to;
	long least, most; /* of a number */
	const struct option_row *more;
};

/* Setters: to a long, uint64_t, const char * (borrowed), bool; or the
 * driver's own. */
bool option_number(const struct option_row *row, const char *text);
bool option_u64(const struct option_row *row, const char *text);
bool option_text(const struct option_row *row, const char *text);
bool option_flag(const struct option_row *row, const char *text);

/* Sets what the words up to "--" say, and returns those behind it, of which
 * there must be one at least. What makes no sense ends the driver with its
 * usage; `operands` says there what comes behind "--". */
char **options_read(const struct option_row *rows, char **argv,
    const char *operands);

_Noreturn void options_usage(const struct option_row *rows, const char *program,
    const char *operands);

#endif
