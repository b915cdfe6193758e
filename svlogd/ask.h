/* What svlog's command line asks for. */
#ifndef WEIR_ASK_H
#define WEIR_ASK_H

#include <stdbool.h>
#include <stddef.h>

#include "show.h"
#include "sieve.h"
#include "stream.h"

enum ask_what {
	ASK_LINES,
	ASK_STAT,   /* counters */
	ASK_VERIFY, /* whether the files are sound */
};

enum ask_format {
	ASK_TEXT,
	ASK_RAW,
	ASK_JSON,
	ASK_PROMETHEUS,
};

struct ask {
	enum ask_what what;
	enum ask_format format;
	bool follow;  /* -f */
	bool count;   /* -c */
	bool version; /* -V */
	struct query query;
	struct sieve sieve;
	char **words; /* services and directories; borrowed from argv */
	size_t n_words;
};

/* What follows "svlog" in its usage. */
extern const char ask_usage[];

/* Parses svlog's arguments (svlog(8)); options may follow words. now_ns: the
 * wall clock. 0, or -EINVAL with `version` set; says what is wrong. */
int ask_parse(struct ask *a, int argc, char *argv[], int64_t now_ns);
void ask_free(struct ask *a);

#endif
