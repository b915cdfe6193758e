/* A directory of the command line, opened and locked. */
#ifndef WEIR_PLACE_H
#define WEIR_PLACE_H

#include <stdbool.h>
#include <sys/stat.h>

struct place {
	const char *path;
	int fd, lock_fd;
	struct stat home; /* of fd */
	bool foreign;     /* others can write to it */
	bool found;       /* the last place_open() got as far as the lock */
};

/* Opens path, which is borrowed, and takes its lock without waiting (svlogd(8),
 * FILES): 0, -EAGAIN while another process has it, or -errno and nothing
 * stays open. A `lock` that is not a file of its own is set aside. */
int place_open(struct place *p, const char *path);

/* The words for what place_open() returned. */
void place_complain(const struct place *p, int err);

/* Whether the path leads to another directory by now. Where it leads nowhere
 * the answer is no: what is open stays good. */
bool place_moved(const struct place *p);

void place_close(struct place *p);

#endif
