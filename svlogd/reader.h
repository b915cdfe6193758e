/* Standard input into the ring, so that a crash at any point neither loses
 * nor repeats a byte. */
#ifndef WEIR_READER_H
#define WEIR_READER_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "ring.h"
#include "scrub.h"

enum reader_kind {
	READER_PIPE,
	READER_FILE,  /* its position is the counter */
	READER_OTHER, /* a socket or a terminal */
};

struct reader {
	int fd;
	struct ring *ring;
	const struct scrub *scrub; /* every byte but newlines goes through */
	enum reader_kind kind;
	int peek[2];    /* a private pipe for looks ahead; -1: none */
	uint64_t ready; /* all lines before it are whole */
	size_t pipe_size;
	size_t found; /* bytes that were there before the last read */
	bool eof;
	bool foreign; /* what is pending came through another pipe */
};

/* Starts to read fd through ring: settles a read that a crash interrupted,
 * finds the whole lines among what is pending, all of it scrubbed. `foreign` is
 * set where that came from elsewhere: it has to be written, tail and all, and
 * reader_adopt() called, before anything is read. 0 or -errno. */
int reader_open(struct reader *rd, int fd, struct ring *ring,
    const struct scrub *scrub);

/* Whether fd is a pipe, without opening a reader. */
bool reader_is_pipe(int fd);

/* Now that nothing is pending: the ring belongs to our descriptor. */
void reader_adopt(struct reader *rd);

/* One read of all that is there and fits, but at most `most` bytes. `oldest`
 * is the position from which on bytes are still wanted. Bytes read; 0 at the
 * end of input (eof is then set); -EAGAIN where there is nothing, -ENOBUFS
 * where there is no room, or -errno. */
ssize_t reader_fill(struct reader *rd, uint64_t oldest, size_t most);

/* The ring is full with one unfinished line: lets it go out in pieces. */
void reader_force(struct reader *rd);

/* Bytes that a read would find now; of a file no more than the ring holds. */
size_t reader_waiting(const struct reader *rd);

void reader_close(struct reader *rd);

#endif
