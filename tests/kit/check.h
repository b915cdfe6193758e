/* The check that all numbered lines (line.h) came through: each whole, once, in
 * order.
 *
 *     check_init(&ck, &lines, "log", 0);
 *     check_file(&ck, path, "current");       for each file, oldest first
 *     if (!check_end(&ck, lines_written))
 *             printf("%s\n", check_words(&ck));
 *
 * What is wrong is shown as it is found, the first few times. */
#ifndef WEIR_KIT_CHECK_H
#define WEIR_KIT_CHECK_H

#include "kit/line.h"

enum { CHECK_STAMP = 26 }; /* a stamp and its blank */

/* What may be wrong; a set of them. */
enum {
	CHECK_OLDEST = 1, /* lines are missing, all from the very beginning */
	CHECK_LOST = 2,   /* ... from anywhere */
	CHECK_DOUBLED = 4,
	CHECK_TORN = 8,
	CHECK_DISORDERED = 16,
	CHECK_STAMPS = 32, /* a stamp is lower than the one before */
};

struct range {
	uint64_t from, to; /* to: the first that is there again */
};

struct check {
	const struct lines *ls;
	const char *where; /* for messages; the caller's */
	const char *file;  /* being read; the caller's */
	int stamp;         /* 0 to 3: the number of -t */
	unsigned may;      /* what may be wrong, and is not shown */
	uint64_t at;       /* bytes of the file before this piece */
	uint64_t next;     /* the line that is due */
	uint64_t good, doubled, torn, disordered, bad_stamps;
	struct range *gaps; /* what never came; grows */
	size_t n_gaps, room;
	char last[CHECK_STAMP];
	char part[LINE_MAX_BYTES + CHECK_STAMP]; /* a line not ended; cut */
	size_t n_part;
	int shown;
};

/* Whether the 26 bytes at p are a stamp of that kind (the number of -t). */
bool stamp_is(const char *p, int kind);

void check_init(struct check *ck, const struct lines *ls, const char *where,
    int stamp);
void check_free(struct check *ck);

/* The next bytes of what was written, cut anywhere. */
void check_bytes(struct check *ck, const char *p, size_t n);

/* The same for a file, which is called `name` in messages. Links, what has
 * another name elsewhere, and what is no file have no lines. */
void check_file(struct check *ck, const char *path, const char *name);

/* No more bytes; `total` lines were written. True: nothing is wrong but what
 * may be. */
bool check_end(struct check *ck, uint64_t total);

uint64_t check_lost(const struct check *ck);

/* What was counted; valid until the next call. */
const char *check_words(const struct check *ck);

#endif
