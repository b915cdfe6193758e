/* Being told when a path may lead somewhere else, or has other names below
 * it. Where the system tells nobody, all of this does nothing: whoever wants
 * to know has to look as well. */
#ifndef WEIR_WATCH_H
#define WEIR_WATCH_H

#include <stdbool.h>

struct watch {
	int fd; /* readable when there is news; -1: nobody tells */
};

/* 0 or -errno; fd is set in either case. */
int watch_open(struct watch *w);
void watch_close(struct watch *w);

/* What path leads to: the directories in which its last name and each
 * symbolic link on the way are. 0, or the first -errno. */
int watch_way(const struct watch *w, const char *path);

/* The names in the directory. 0 or -errno. */
int watch_names(const struct watch *w, const char *path);

/* Whether there is news; it is old then. */
bool watch_news(const struct watch *w);

#endif
