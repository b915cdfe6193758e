/* A log directory's config text to a struct. */
#ifndef WEIR_CONF_H
#define WEIR_CONF_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "address.h"
#include "frame.h"
#include "mask.h"
#include "select.h"
#include "view.h"

enum {
	CONF_MAX_TEXT = 1 << 20,
	CONF_MAX_EXPRESSIONS = 64, /* regular ones; each costs each line */
	CONF_MAX_TARGETS = 8,      /* so does each of these */
};

struct conf_target {
	struct address address;
	unsigned line; /* from 1 */
};

struct conf {
	uint64_t size;         /* s: rotate near so many bytes; 0: never */
	uint64_t keep;         /* n: old files to keep; 0: all */
	uint64_t keep_full;    /* N: ... when the disk is full */
	uint64_t age_s;        /* t: rotate after so many seconds; 0: never */
	uint64_t total;        /* S: bytes of old files to keep; 0: all */
	uint64_t total_s;      /* A: age of old files to keep; 0: all */
	uint64_t sync_ms;      /* y: fdatasync within; 0: at rotation only */
	mode_t mode;           /* m: of current */
	int gzip_level;        /* z: of old files; 0: they stay plain */
	bool drop;             /* Bdrop: count and go on; else wait */
	bool copy_out;         /* O: to standard output too */
	struct view prefix;    /* p */
	const char *processor; /* !: for /bin/sh -c; NULL: none */
	struct select select;  /* + - e E, ~+ ~- ~e ~E */
	struct masks masks;    /* ~m */

	struct conf_target targets[CONF_MAX_TARGETS]; /* u U */
	size_t n_targets;
	bool only;              /* U: what they take is not logged */
	struct frame_form form; /* F: of datagrams */
	unsigned bad_targets;   /* lines that should name one and do not */

	unsigned expressions; /* regular ones in the two above */
	unsigned interpreted; /* ... that are slow */
	uint64_t engine;      /* a hash of what runs them */
	unsigned errors;      /* lines that are left out and matter */
	unsigned lost_masks;  /* ... that should hide something */

	char *text; /* what the views above borrow from; owned */
	size_t text_n;
};

/* Something to tell about a line. None of the config's own text is in it: the
 * reader of our messages may not be allowed to see that. */
struct conf_problem {
	unsigned line;   /* from 1 */
	unsigned column; /* from 1 */
	bool error;      /* else a warning, and the line counts as `why` says */
	const char *what;
	const char *why; /* good until the report returns */
};

typedef void conf_report(void *arg, const struct conf_problem *problem);

/* The defaults: what a missing config means. */
void conf_init(struct conf *c);

/* Parses text of any content over the defaults (svlogd(8), CONFIG): a later
 * line replaces an earlier one of its kind, rules add up. Every problem is
 * reported and the rest used; c->errors says how many were errors, after which
 * a config that is in use already is the better one. 0, or -ENOMEM with c as
 * after conf_init(). */
int conf_parse(struct conf *c, struct view text, conf_report *report,
    void *arg);

/* Frees what it owns; c is then as after conf_init(). */
void conf_free(struct conf *c);

/* A processor whose exact words do nothing but compress: it always counts,
 * whoever may write the config. */
bool conf_processor_is_gzip(const char *command);

#endif
