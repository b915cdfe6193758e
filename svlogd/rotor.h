/* `current` becomes an old file, and a new one takes its place.
 *
 * The old file's sync and x bit come later, off the log path (seal.h). A step
 * that fails keeps the state; rotor_run() goes on from there. */
#ifndef WEIR_ROTOR_H
#define WEIR_ROTOR_H

#include <stdbool.h>
#include <stdint.h>

#include "current.h"
#include "name.h"

enum rotor_state {
	ROTOR_IDLE,
	ROTOR_RENAME, /* current gets its label */
	ROTOR_RENEW,  /* a new current is made */
	ROTOR_STATES,
};

struct rotor {
	enum rotor_state state;
	struct current *current;
	int dirfd;
	mode_t mode;
	enum name_kind kind;   /* what current becomes */
	int64_t newest_ns;     /* the highest label given or found */
	char named[NAME_SIZE]; /* the last one */
	uint64_t size;         /* of the file that got it */
};

/* Labels only ever go up, whatever the clock does. */
int64_t rotor_label_ns(int64_t now_ns, int64_t newest_ns);

/* Gives the file `name` a fresh label: 0 or -errno. */
int rotor_set_aside(struct rotor *r, const char *name, enum name_kind kind);

/* From idle: begins a rotation. */
void rotor_start(struct rotor *r);

/* Steps until idle: 0, or -errno where a step failed. */
int rotor_run(struct rotor *r);

#endif
