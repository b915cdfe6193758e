/* What process 1 knows, as a word: what a crash leaves to the program that is
 * started in its place. */
#ifndef WEIR_SNAPSHOT_H
#define WEIR_SNAPSHOT_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "buf.h"
#include "orders.h"
#include "stage.h"

struct snapshot {
	struct stage stage;
	pid_t pid;    /* the state's process; 0: none */
	int number;   /* the stage that was started last */
	pid_t script; /* ctrlaltdel or pwrfail; 0: none */
	enum order_script script_which;
	bool forced;       /* stopit could not be set: stop without it */
	int crashes;       /* not long ago */
	int64_t crash_at;  /* the last of them; times are of the loop's clock */
	int64_t due_at;    /* of the state; LOOP_NEVER */
	int64_t start_at;  /* try again to start its process; LOOP_NEVER */
	int64_t script_at; /* the script is killed; LOOP_NEVER */
	int64_t end_by;    /* a container in a hurry; LOOP_NEVER */
};

void snapshot_write(const struct snapshot *s, struct buf *b);

/* False: the word is something else, and *s is as it was. */
bool snapshot_read(struct snapshot *s, const char *word);

#endif
