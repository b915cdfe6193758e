/* What a service is doing: the record in supervise/status and the words in
 * supervise/stat.
 *
 * The first 18 of its 20 bytes are daemontools' (svstat(8)), the whole is
 * runit's, and other programs read it: the layout is for ever. */
#ifndef WEIR_STATUS_H
#define WEIR_STATUS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "buf.h"

enum {
	STATUS_SIZE = 20,
	STATUS_OLD_SIZE = 18, /* daemontools': without got_term and state */
	STATUS_TEXT = 64,     /* the longest text of stat, and more */
};

enum status_state {
	STATUS_DOWN,
	STATUS_RUN,
	STATUS_FINISH,
};

enum status_want {
	WANT_UP,
	WANT_DOWN,
	WANT_EXIT, /* a `d` in the record, "want exit" in stat */
};

struct status {
	int64_t
	    since_ns; /* 1970; start of run or its end; not finish's start */
	pid_t pid;    /* 0: none */
	bool paused;
	enum status_want want;
	bool got_term; /* TERM was sent, and the process still lives */
	enum status_state state;
};

/* To the bytes of the record. A time before 1970 becomes 1970. */
void status_pack(unsigned char record[STATUS_SIZE], const struct status *st);

/* The inverse: 0, or -EINVAL where n is neither size, or a field has a value
 * that nobody writes. Of the old size, a process is taken to run. */
int status_unpack(struct status *st, const unsigned char *record, size_t n);

/* The line of supervise/stat: state, then what is special, a newline. */
void status_text(struct buf *b, const struct status *st);

/* "run", "down", "finish". */
const char *status_name(enum status_state state);

#endif
