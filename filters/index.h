/* Where the members of a gzip file are and up to when: a last member without
 * bytes, found from the end of the file alone, so that a reader comes near a
 * time without going from header to header (weir-gzip(5)).
 *
 * Members are told of in runs, each of as many of them but the last, which may
 * have fewer: of one, as long as there are no more than INDEX_RUNS.
 *
 * Pure: no system call, no memory, no zlib. What an index tells may be untrue;
 * the headers of the members have the last word. */
#ifndef WEIR_INDEX_H
#define WEIR_INDEX_H

#include <stddef.h>
#include <stdint.h>

#include "member.h"

enum {
	INDEX_RUNS = 2048, /* at most; even */
	INDEX_RUN = 16,    /* bytes of one */
	INDEX_HEAD = 18,
	INDEX_TAIL = 14, /* what tells, at the end of a file, where it begins */
	INDEX_SIZE = INDEX_HEAD + INDEX_RUNS * INDEX_RUN + INDEX_TAIL,
};

struct index_run {
	uint64_t size;     /* of its members, all of them */
	int64_t newest_ns; /* no line from the file's first on is newer */
};

struct index {
	struct index_run run[INDEX_RUNS];
	uint32_t n;
	/* While it is made: members of a run, and so far of the last one. */
	uint64_t each, in_last;
};

void index_init(struct index *ix);

/* The next member of the file. */
void index_add(struct index *ix, const struct member *m);

/* The index, of one run or more, as a member: its size. */
size_t index_write(unsigned char to[INDEX_SIZE], const struct index *ix);

/* The size of the index that a file ends with, by its last INDEX_TAIL bytes: up
 * to INDEX_SIZE; 0: it ends with none. */
size_t index_size(struct view tail);

/* The inverse of index_write(), of any bytes, `before` bytes of the file being
 * in front of them: 0, where the runs' sizes come to that and their times never
 * go back; or -EINVAL. */
int index_read(struct index *ix, struct view bytes, uint64_t before);

/* How many runs can be passed over, the last one never: those with no line of
 * since_ns or later (INT64_MAX: whatever they have) that end before byte `end`
 * of the file. *at is where the next one begins. */
size_t index_before(const struct index *ix, int64_t since_ns, uint64_t end,
    uint64_t *at);

/* Whether both tell the same. */
bool index_same(const struct index *a, const struct index *b);

#endif
