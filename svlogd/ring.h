/* The crash-proof input buffer: bytes, and how far each side got.
 *
 * A ring is shared memory that outlives the process: a sealed memfd lent by
 * the supervisor (WEIR_RING), or `lock.ring` in a log directory; else it is
 * anonymous, and everything works but surviving a crash.
 *
 * Positions count bytes of the stream and only rise. The record says what was
 * read from the pipe (struct ring_in, once) and what of it is written (struct
 * ring_out, once per log directory). Each is kept in two slots: a commit fills
 * the older slot and then stores its sequence number, so that whoever looks
 * after a SIGKILL sees one commit or the next, never a mix. */
#ifndef WEIR_RING_H
#define WEIR_RING_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "outcome.h"
#include "view.h"

enum {
	RING_DATA = 1 << 20, /* bytes of input it holds */
	RING_DIRS = 64,      /* directories it has records for */
};

/* What was read. */
struct ring_in {
	uint64_t seq;
	uint64_t rd;   /* everything before it is in the ring */
	uint64_t base; /* the position that is at offset 0 of the data */

	/* A read of `intent` bytes to rd has begun; the last mark_n bytes of
	 * the target held `mark`, which differs from anything a read puts
	 * there. 0: no read has begun. */
	uint64_t intent;
	uint32_t mark_n;
	unsigned char mark[8];
	int64_t file_at; /* the file position before it, for regular files */

	uint64_t fresh;   /* where the last read began */
	int64_t fresh_ns; /* the wall clock then */
	int64_t tail_ns;  /* ... of the first byte of the line unfinished
	                   * at fresh */

	uint64_t pipe_dev, pipe_ino; /* who fd 0 is */
};

/* Counters, per directory: they live in the record to survive a crash. */
struct ring_counts {
	uint64_t read_lines, read_bytes;
	uint64_t written_lines, written_bytes; /* bytes of input */
	uint64_t deselected_lines, deselected_bytes;
	uint64_t dropped_lines, dropped_bytes;
	uint64_t cut_lines; /* longer than -l */
	uint64_t alerts;    /* copies to stderr or stdout */
	uint64_t rotations, processor_runs, processor_failures;
	uint64_t sync_ns, sync_failures;
	uint64_t masked_lines;   /* with something hidden */
	uint64_t withheld_lines; /* with all hidden */
	uint64_t given_up;       /* matches of expressions, at a limit */
	uint64_t compressed_files, compressed_bytes_in, compressed_bytes_out;
	uint64_t compressor_failures;
	uint64_t forwarded_lines, forwarded_bytes; /* U: to targets alone */
	uint64_t datagrams;                        /* the sum of the others */
	uint64_t outcome[OUTCOMES];
	uint64_t datagrams_unknown; /* on their way when svlogd died */
};

enum ring_rest {
	RING_SKIP, /* the log does not get it */
	RING_LOG,
	RING_DROP, /* the log should get it, but its beginning was dropped */
	RING_HIDE, /* the log has got what it may have of it */
	RING_SENT, /* the targets have got what they get of it */
};

/* What of it is written to one log directory. More is added at the end,
 * counters too, and nowhere else: a record of before stays good. */
struct ring_out {
	uint64_t seq;
	uint64_t dev, ino; /* of the directory; 0, 0: the record is free */
	uint64_t path;     /* a hash of what it was called */

	uint64_t wr;               /* everything before it is done with */
	uint64_t cur_dev, cur_ino; /* of `current` */
	uint64_t off;              /* its size when wr was reached */
	uint64_t cfg_hash;         /* of all that decides the output */

	/* The stamps' clock: a line that begins before fresh was read at
	 * tail_ns, any other at fresh_ns; last_ns is the last one given. */
	uint64_t fresh;
	int64_t fresh_ns, tail_ns, last_ns;

	/* wr is inside a line, and what becomes of the rest of it. */
	uint32_t in_line;
	uint32_t rest; /* enum ring_rest */

	uint64_t owed_lines; /* dropped, and not yet said in the log */
	int32_t owed_err;    /* why: -errno */
	uint32_t torn;       /* current ends inside one of them */
	struct ring_counts n;

	/* Datagrams go out at most once: what is here is committed before.
	 * What becomes of the lines that begin before `settled` is settled,
	 * and they are not sent any more: with U those from `untaken` on go to
	 * the log, as no target took them. `in_flight` have been handed out,
	 * and nobody knows yet what became of them: one for each target. */
	uint64_t settled, untaken;
	uint64_t sequence; /* lines that got a datagram so far */
	uint64_t in_flight;
};

struct ring {
	char *map;
	char *data; /* RING_DATA bytes, seen twice, back to back */
	int fd;
	bool survives;  /* a crash */
	bool punch;     /* quiet pages may be given back to the system */
	size_t touched; /* pages of the data below it are resident */
	struct ring_in in;
};

/* Each takes the lock and validates what is there; content of another boot,
 * of another version, or that contradicts itself is discarded, and *stale
 * says how many bytes were pending in it. 0, or -errno and nothing is left
 * open; -EPERM where the file is not what it should be, -EAGAIN where another
 * process uses it. fd stays the caller's on failure. */
int ring_open_fd(struct ring *r, int fd, uint64_t *stale);

/* `lock.ring` in a locked log directory, its blocks reserved; -ENOENT where
 * there is none, unless `make`. */
int ring_open_file(struct ring *r, int dirfd, bool make, uint64_t *stale);

/* In memory that dies with us. */
int ring_open_anonymous(struct ring *r);

void ring_close(struct ring *r);

/* Makes it the record of what was read. */
void ring_commit_in(struct ring *r, const struct ring_in *in);

/* Makes the pages for n bytes at position pos, which do not wrap: a read into
 * them cannot fault then. 0 or -errno. */
int ring_touch(struct ring *r, uint64_t pos, size_t n);

/* The record of a directory, known by its device and inode, or where there is
 * none (it was made anew) by its path: its number, and *out is what it says,
 * or a free one's number and *out all zero (also where the record has become
 * too old to be true), in any case with dev, ino and path set; -ENOSPC when
 * there are too many, where *out is zero too. */
int ring_find_out(struct ring *r, uint64_t dev, uint64_t ino, uint64_t path,
    struct ring_out *out);

/* Makes it the record of a directory; slot < 0 does nothing but count. */
void ring_commit_out(struct ring *r, int slot, struct ring_out *out);

/* Gives up the records of all directories that `used` (RING_DIRS entries)
 * does not name: how many bytes were pending for any of them at most. */
uint64_t ring_drop_others(struct ring *r, const bool *used);

/* The lowest wr of any record in use, at most rd; one that is so far behind
 * that its bytes are gone does not count. */
uint64_t ring_oldest(const struct ring *r);

/* Bytes that were read, or begun to be, and are not written everywhere. */
uint64_t ring_pending(const struct ring *r);

/* The bytes from position `from` up to `to`: contiguous, valid until more
 * than RING_DATA bytes after `from` were read. */
static inline char *
ring_at(const struct ring *r, uint64_t pos)
{
	return r->data + ((pos - r->in.base) & (RING_DATA - 1));
}

static inline struct view
ring_view(const struct ring *r, uint64_t from, uint64_t to)
{
	return view_of(ring_at(r, from), (size_t)(to - from));
}

/* Bytes from pos up to where the data's first image ends: what stays below it
 * never makes pages of the second image resident. */
static inline size_t
ring_straight(const struct ring *r, uint64_t pos)
{
	return RING_DATA - (size_t)((pos - r->in.base) & (RING_DATA - 1));
}

/* After a burst: gives back every page but those from position `keep`, or from
 * the oldest that a record has yet to get, up to rd. */
void ring_forget(struct ring *r, uint64_t keep);

#endif
