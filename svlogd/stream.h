/* What is asked of a log directory, as one run of lines. */
#ifndef WEIR_STREAM_H
#define WEIR_STREAM_H

#include <stdbool.h>
#include <stdint.h>

#include "archive.h"
#include "sieve.h"

#define STREAM_ALL UINT64_MAX

struct query {
	int64_t since_ns; /* lines of then or later; INT64_MIN: all */
	int64_t until_ns; /* lines of before then; INT64_MAX: all */
	uint64_t last;    /* only so many, the last ones; STREAM_ALL */
	struct sieve *sieve;
};

/* Lines that follow each other in the log. */
struct run {
	struct view text; /* borrowed until the next call; not empty */
	bool goes_on;     /* it begins inside the line that came last */
	bool open;        /* more of its last line comes, or will never */
};

struct stream {
	struct archive archive;
	const char *name; /* for those who read more than one; borrowed */
	const struct query *query;

	struct view left; /* of the block */
	bool left_open;
	struct view unseen; /* its lines whose stamps were not looked at yet */
	int64_t stamp_ns;   /* the last one before them; INT64_MIN: none yet */
	bool dates;         /* stream_ns() is asked for: by a merge */
	bool begun;         /* the first line not before since_ns was seen */
	bool ended;         /* the first line not before until_ns was seen */
	bool selected;      /* the line that goes on was */
	bool leaving;   /* another directory has its place: what is left here */
	uint64_t skip;  /* lines not to be told, as there are more */
	uint64_t lines; /* that are to be told: where `last` is asked for */
};

/* Looks where in the directory at path the answer begins; the path and the
 * query stay the caller's. 0 or -errno. */
int stream_open(struct stream *s, const char *path, const struct query *q);
void stream_close(struct stream *s);

/* The next lines: 1, or 0: no more (so far). */
int stream_next(struct stream *s, struct run *r);

/* The time of a line of the run that came last, each line after the one before:
 * its stamp's, else that of the line before it, INT64_MIN where there was none;
 * in a file without stamps that of the file. */
int64_t stream_ns(struct stream *s, struct view line);

#endif
