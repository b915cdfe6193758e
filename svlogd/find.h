/* The log directories of a service, or of a word on a command line. */
#ifndef WEIR_FIND_H
#define WEIR_FIND_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct find_one {
	char *name; /* for a reader: the word, and more where it has several */
	char *path;
	dev_t dev;
	ino_t ino;
};

struct find {
	const char *svdir; /* where services are */
	struct find_one *v;
	size_t n;
	bool trouble; /* find_all() could not read something, and told it */
};

/* SVDIR, or what is built in. */
void find_init(struct find *f);
void find_free(struct find *f);

/* Adds what the word stands for, unless it is there. With a slash in it, it is
 * a log directory, or a service directory; else a service: the directories
 * that its logger has on its command line, while it runs, else SVDIR/NAME
 * /log/main and /log, /var/log/NAME, /var/log/runit/NAME, /var/log/sv/NAME, the
 * first that is a log directory; or, where there is none, as with a slash. How
 * many there are, or -errno; 0: none. */
int find_word(struct find *f, const char *word);

/* The same of each service in SVDIR that has a log: 0 or -errno. What of them
 * cannot be read is told and passed over. */
int find_all(struct find *f);

#endif
