/* When `current` is synced (the y line): so soon after a write, and never so
 * often that the disk does little else. */
#ifndef WEIR_SYNCER_H
#define WEIR_SYNCER_H

#include <stdint.h>

struct syncer {
	int64_t at;   /* monotonic ns; LOOP_NEVER: all is on disk */
	int64_t rest; /* none before */
};

void syncer_init(struct syncer *s);

/* Something was written, or what was is due sooner by a new config: within
 * `within` ns, 0: never. */
void syncer_wrote(struct syncer *s, int64_t within, int64_t now);

/* Syncs fd: 0 or -errno, and how long it took. The next rest is 20 times
 * that. */
int syncer_run(struct syncer *s, int fd, int64_t *took);

/* There is a new file: nothing of it is unsynced. */
void syncer_forget(struct syncer *s);

#endif
