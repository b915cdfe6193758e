/* One file of a log directory as blocks of whole lines: plain, gzip as svlogd
 * writes it, or gzip of any other program, which its first bytes tell.
 *
 * Memory is the same whatever the file holds: a line that is longer than a
 * block comes in pieces, and gzip is inflated a block at a time. */
#ifndef WEIR_SOURCE_H
#define WEIR_SOURCE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "index.h"
#include "member.h"
#include "view.h"

struct z_stream_s;

enum source_kind {
	SOURCE_PLAIN,
	SOURCE_MEMBERS, /* gzip that can be entered at many places */
	SOURCE_GZIP,    /* gzip that is to be read from its beginning */
};

enum { SOURCE_ROOM = 256 * 1024 }; /* bytes of a block, at most */

#define SOURCE_END UINT64_MAX

struct block {
	struct view text; /* borrowed until the next call; not empty */
	bool goes_on;     /* it begins inside the last line of the one before */
	bool open;        /* its last line does not end in it */
};

/* What was read, for those who count. */
struct source_reads {
	uint64_t calls, bytes;
};

struct source {
	int fd; /* owned; -1: none */
	enum source_kind kind;

	/* Somebody still writes to the file: it has no end, and a line that is
	 * not ended waits for its end. To be changed at any time. */
	bool live;
	bool damaged; /* what follows the gzip data is none: -EBADMSG */

	uint64_t size;    /* bytes of the file that count; SOURCE_END: all */
	uint64_t at, end; /* bytes of the file: the next, and where to stop */
	char *mem;        /* SOURCE_ROOM, taken once */
	size_t filled;    /* bytes in it */
	size_t given;     /* ... of which so many were handed out */
	bool in_line;     /* what was handed out last did not end its line */

	struct z_stream_s *z; /* taken once it is needed */
	unsigned char *in;    /* deflated bytes, for it */
	bool inflating;       /* inside a member */
	struct index *index;  /* as source_index() found it */
	int err;              /* why nothing follows */
	struct source_reads reads;
};

/* Nothing is open. */
void source_init(struct source *s);

/* Begins with the file, which is the source's from now on, and closed on
 * failure: 0 or -errno. What was open is closed; memory is kept. */
int source_open(struct source *s, int fd);
void source_close(struct source *s);

/* From now on only the first `size` bytes of the file count. */
void source_limit(struct source *s, uint64_t size);

/* Gives its memory back too. */
void source_free(struct source *s);

/* The next block: 1, 0 where there is none (live: none yet), or -errno;
 * -EBADMSG where gzip data is not sound. Nothing follows an error. */
int source_next(struct source *s, struct block *b);

/* Goes to a place that is 0 or came from the two below; `end` is another one,
 * or SOURCE_END. */
int source_seek(struct source *s, uint64_t at, uint64_t end);

/* A place, the nearest that is cheap to find, with no line before it whose
 * stamp is since_ns or later. */
int source_find(struct source *s, int64_t since_ns, uint64_t *at);

/* Whether a member with our header begins at a place, and what that says. */
bool source_member(struct source *s, uint64_t at, struct member *m);

/* Whether the file, gzip, ends with an index: 1, and s->index is it; 0; or
 * -EBADMSG, -ENOMEM: it cannot be that of this file, or not be held. */
int source_index(struct source *s);

/* A place before `end`, about a block or a member before, that a line begins
 * at; end is not 0. */
int source_before(struct source *s, uint64_t end, uint64_t *at);

#endif
