/* A log directory's files, the oldest first, `current` last, as one run of
 * blocks.
 *
 * Nothing is locked: meanwhile files are rotated, compressed, given to a
 * processor and deleted. `current` is held open from the moment that the
 * names are read, so that it stays the same file; an old one that has another
 * name by the time it is its turn is found by its label. */
#ifndef WEIR_ARCHIVE_H
#define WEIR_ARCHIVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "name.h"
#include "source.h"

struct archive_file {
	char name[NAME_SIZE];
	/* Its lines were logged up to here: what its label says, or when
	 * `current` was last written to. */
	int64_t until_ns;
};

struct archive {
	const char *path; /* borrowed */
	int dirfd;
	int current;           /* -1: there is none */
	int unnamed;           /* was that, and had no label yet; -1: none */
	uint64_t current_size; /* when its name was read */
	struct archive_file *file;
	size_t n, room;

	size_t at; /* the file being read; n: none is left */
	struct source source;

	bool follow;  /* archive_follow() */
	bool in_line; /* the last block did not end its line */
	bool stamped; /* the file has stamps: for those who look for them */
	bool turning; /* there is a new `current`; the old one's rest */
	int64_t newest_ns; /* the highest label among the files */
	bool trouble;      /* something could not be read, and was told */
};

/* Reads the names in the directory at path: 0 or -errno. Where svlogd is in the
 * middle of a line it is waited for, a moment. */
int archive_open(struct archive *a, const char *path);
void archive_close(struct archive *a);

/* Makes the file the one that is read, from its beginning: 0, or -errno where
 * it is not to be had any more. */
int archive_enter(struct archive *a, size_t file);

/* Goes to the beginning of the file that is read. Whether there the end of a
 * line is that began in the file before; only a file that begins without a
 * stamp is looked at for that. */
bool archive_begins_inside(struct archive *a);

/* From now on what is written later comes too, to this `current` and to those
 * that take its place. */
void archive_follow(struct archive *a);

/* The next block: 1, or 0 at the end (with `follow`: nothing more so far).
 * What cannot be read is told, once, and passed over. */
int archive_next(struct archive *a, struct block *b);

/* Tells that something is amiss with the file that is read: "WHAT FILE: why".
 */
void archive_tell(struct archive *a, const char *what, int err);

/* When the file before it got its label: its lines are later, or INT64_MIN. */
int64_t archive_from_ns(const struct archive *a, size_t file);

/* Whether `path` is another directory now, or none. */
bool archive_is_gone(const struct archive *a);

/* The time that a name is labelled with, where it is one of a finished file of
 * a log directory (name_form()); else -1. */
int64_t archive_label(const char *name);

#endif
