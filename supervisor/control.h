/* The letters a service takes from its control FIFO, one byte each
 * (runsv(8), "Control"). */
#ifndef WEIR_CONTROL_H
#define WEIR_CONTROL_H

#include <stdbool.h>

/* One row of control.def each. */
enum control {
#define CONTROL(id, letter, signal, name) CONTROL_##id,
#include "control.def"
#undef CONTROL
	CONTROLS, /* how many; also: no such letter */
};

struct control_row {
	char letter;
	int signal;       /* what the process gets; 0: none of itself */
	const char *name; /* as sv's command is called */
};

extern const struct control_row control_rows[CONTROLS];

/* The row of a letter, or CONTROLS. */
enum control control_find(char letter);

#endif
