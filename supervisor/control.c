/* The letters a service takes from its control FIFO. */
#include "control.h"

#include <signal.h>

const struct control_row control_rows[CONTROLS] = {
#define CONTROL(id, letter, signal, name)                                      \
	[CONTROL_##id] = { letter, signal, name },
#include "control.def"
#undef CONTROL
};

enum control
control_find(char letter)
{
	enum control c;

	for (c = 0; c < CONTROLS; c++)
		if (control_rows[c].letter == letter)
			break;
	return c;
}
