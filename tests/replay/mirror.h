/* What a keeper is to do: the table of service.h on a machine of its own, and
 * around it what the headers say, worked out a second time and before the
 * keeper does anything.
 *
 * It looks at the world (world.h) for what lives, which files there are and
 * what the next process will be; it changes nothing there. */
#ifndef WEIR_REPLAY_MIRROR_H
#define WEIR_REPLAY_MIRROR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "adopt.h"
#include "service.h"

struct mirror_process {
	pid_t pid; /* 0: none */
	bool adopted;
	int64_t start; /* of an adopted one */
	int64_t limit_at;
	int64_t look_at; /* of an adopted one, without pidfds */
};

enum { MIRROR_STEPS = 256, MIRROR_WORDS = 96 };

struct mirror {
	bool is_log;
	bool released; /* a logger that is about to end */

	struct service machine;
	bool stepped; /* since it was recalled: it is put down */
	struct mirror_process process, scripts[CONTROLS];
	int status; /* how run ended */
	int64_t since_ns, started_ns, due_at, delay_ns;
	bool finish_owed; /* a record says that finish is to be started */

	/* The last of u d o x that counts; finish may say d, too. */
	enum control asked;
	bool run_owed; /* run is to start, if only once */
	bool pause;    /* of p and c d x, p was last */

	/* What is to be in world.did. */
	char lines[4096];
	size_t lines_n;

	/* The machine after each step since mirror_quiet(). */
	struct service steps[MIRROR_STEPS];
	size_t n_steps;

	pid_t last_pid;
	unsigned fork_fails;
};

/* How often each pair of the table was met. */
extern unsigned long mirror_met[SERVICE_STATES][SERVICE_EVENTS];

/* As it begins: from a record, or NULL where there is none that counts. */
void mirror_recall(struct mirror *m, const struct adopt *was, bool down);
void mirror_begin(struct mirror *m);

/* Forgets what was done. */
void mirror_quiet(struct mirror *m);

void mirror_event(struct mirror *m, struct service_event ev);

/* One turn: who has ended, unless they are not waited for yet; what is due;
 * what was commanded. */
void mirror_turn(struct mirror *m, bool reap);

int64_t mirror_deadline(const struct mirror *m);

/* A machine in words. */
void mirror_words(char text[MIRROR_WORDS], const struct service *s);

extern const char *const mirror_states[SERVICE_STATES];
extern const char *const mirror_events[SERVICE_EVENTS];

#endif
