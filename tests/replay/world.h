/* A system that is made up: a service directory, the processes that are
 * started in it, and a clock, all in memory.
 *
 * A test in tests/replay is linked with it in the kernel's place: each row of
 * lib/sys.def and lib/os/os.def is wrapped and answered here, and so is
 * spawn_start(), where a process is still data. A call that nobody answers ends
 * the test. Nothing happens by itself: a process ends, and time passes, where
 * the test says so.
 *
 * What happens to processes is put down in world.did, a line each:
 *
 *   1003 ./finish 1 0 1=writer   it was started, and its gate was opened
 *   no ./run                     there is no process, as fork failed
 *   15 to 1003                   a signal was sent
 *
 * Who calls may die before any call (die_in): longjmp(world.death). */
#ifndef WEIR_REPLAY_WORLD_H
#define WEIR_REPLAY_WORLD_H

#include <setjmp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum world_life {
	LIFE_GATE, /* behind its gate: it does nothing yet */
	LIFE_ON,
	LIFE_OVER, /* ended, and not waited for */
	LIFE_GONE,
};

struct world_process {
	pid_t pid;
	int64_t start;
	enum world_life life;
	bool orphan;   /* whoever started it has died */
	bool stranger; /* nobody here started it */
	int gate;
	int status;                 /* from LIFE_OVER on */
	unsigned gone;              /* in which era it was waited for */
	bool got_term, got_stop;    /* as signals; and no CONT since */
	bool told, killed, stopped; /* ... or as a script did it */
	char text[64]; /* as in world.did: words, then descriptors */
};

enum { WORLD_PROCESSES = 512, WORLD_NODES = 64, WORLD_FDS = 64 };

/* A file, by its path in the service directory; those with one that begins with
 * a dash are in none. */
struct world_node {
	char path[32];
	mode_t mode; /* 0: none is here */
	char data[512];
	size_t n;
};

struct world_fd {
	enum { FD_FREE, FD_NODE, FD_GATE, FD_PROCESS } kind;
	int of; /* the node, the gate or the process */
	size_t at;
	bool locked;
};

struct world {
	int64_t now;    /* the monotonic clock; the other is world_wall() */
	unsigned era;   /* world_quiet() begins another */
	pid_t last_pid; /* of the last process that was started */
	unsigned fork_fails; /* so many times from now */
	bool has_pidfd;      /* as the system may have them, or not */
	bool has_status;     /* ... and their wait status */

	struct world_process processes[WORLD_PROCESSES];
	size_t n_processes;
	struct world_node nodes[WORLD_NODES];
	struct world_fd fds[WORLD_FDS];
	int gates;

	char did[4096];
	size_t did_n;
	char wrong[128]; /* the first thing that nobody may do */

	/* Called when a gate is opened. */
	void (*starts)(struct world_process *p);

	unsigned long die_in; /* at the n-th call from now; 0: not */
	jmp_buf death;
};

extern struct world world;

/* An empty directory, no processes. */
void world_begin(void);

/* A descriptor of the directory (""), of a file in it, or of one that is
 * anywhere ("-name"), made if need be. */
int world_open(const char *path, mode_t mode);

/* A file with a text; the text of a file, or NULL. */
void world_put(const char *path, const char *text, mode_t mode);
struct world_node *world_find(const char *path);

int64_t world_wall(void);

/* Forgets what was done. */
void world_quiet(void);

/* The pid that follows on another. There are few, and each is soon had again;
 * but none in the era in which it came free. */
pid_t world_pid_after(pid_t pid);

/* The process of that pid that has not been waited for, or NULL. */
struct world_process *world_process(pid_t pid);

/* Ends it, with that wait status. */
void world_end(struct world_process *p, int status);

/* Somebody else has got the pid of a process that is gone. */
void world_stranger(pid_t pid);

/* Who called is dead: its descriptors are closed, but for those of this list,
 * and its children are left behind. */
void world_orphan(const int *keep, size_t n);

/* How many descriptors are open. */
size_t world_opened(void);

/* Notes what nobody may do. */
void world_wrong(const char *what, int n);

#endif
