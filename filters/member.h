/* One member of a gzip file as svlogd writes them (weir-gzip(5)), and what its
 * header tells of the log in it, so that a reader passes over it without
 * inflating: the next member begins `size` bytes further on.
 *
 * Pure: no system call, no memory, no zlib. Members of other gzip programs
 * have no such header; a file may hold some of both kinds. */
#ifndef WEIR_MEMBER_H
#define WEIR_MEMBER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "view.h"

enum {
	MEMBER_BYTES = 256 * 1024, /* of log in one, at most */
	MEMBER_HEAD = 46,          /* its header; raw deflate data follows */
	MEMBER_TAIL = 8,           /* CRC and length, behind the data */
	/* All of it, at most: deflate adds five bytes to each block that it
	 * cannot make smaller. */
	MEMBER_SIZE = MEMBER_BYTES + MEMBER_BYTES / 128 + 256,
};

struct member {
	/* The times of all its lines are between these two, ns since 1970. */
	int64_t first_ns, last_ns;
	uint32_t lines; /* that begin in it */
	uint32_t bytes; /* of log */
	uint32_t size;  /* of the member, all of it */
	bool inside;    /* it begins inside a line */
	bool open;      /* its last line goes on in the next, or ends nowhere */
	/* Its lines have no stamps: the times are those of the file. */
	bool undated;
};

/* How much of text, which is the rest of a log up to MEMBER_BYTES of it, goes
 * into the next member: up to the last line end in it; all, where there is
 * none, or where `last`: nothing follows. */
size_t member_cut(struct view text, bool last);

/* What the text of a member, not empty, tells: all but its size. `before` is
 * the member before it in the file, or NULL; from_ns and to_ns are the times
 * between which all of the file was logged, for lines without a stamp. */
void member_describe(struct member *m, struct view text,
    const struct member *before, int64_t from_ns, int64_t to_ns);

/* Its header; level, 1 to 9, is what it was deflated with. */
void member_head(unsigned char head[MEMBER_HEAD], const struct member *m,
    int level);
void member_tail(unsigned char tail[MEMBER_TAIL], uint32_t crc, uint32_t bytes);

/* The inverse, of any bytes, MEMBER_HEAD of them: 0 and *m, where first_ns <=
 * last_ns, bytes <= MEMBER_BYTES, lines <= bytes, and MEMBER_HEAD +
 * MEMBER_TAIL < size <= MEMBER_SIZE; or -EINVAL where that is not a header of
 * ours. Nothing says that the data hold what the header tells. */
int member_read(struct view head, struct member *m);

#endif
