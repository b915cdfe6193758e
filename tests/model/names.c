/* Prints the names of supervisor/service.h, and of some signals, for Promela:
 * with the numbers that the compiler knows. */
#include <signal.h>
#include <stdio.h>

#include "service.h"

#define NAME(name) printf("#define %s %d\n", #name, (int)(name))

int
main(void)
{
	/* clang-format off */
#define CONTROL(id, letter, signal, name) NAME(CONTROL_##id);
#include "control.def"
#undef CONTROL
	/* clang-format on */
	NAME(CONTROLS);
	NAME(WANT_UP);
	NAME(WANT_DOWN);
	NAME(WANT_EXIT);
	NAME(SERVICE_DOWN);
	NAME(SERVICE_WAIT);
	NAME(SERVICE_START);
	NAME(SERVICE_RUN);
	NAME(SERVICE_END);
	NAME(SERVICE_FINISH);
	NAME(SERVICE_OVER);
	NAME(ON_UP);
	NAME(ON_RELEASE);
	NAME(ON_TOOK);
	NAME(ON_LEFT);
	NAME(ON_RUN_ENDED);
	NAME(ON_FINISH_ENDED);
	NAME(ON_FINISH_REFUSED);
	NAME(ON_FAILED);
	NAME(ON_DUE);
	NAME(SERVICE_EVENTS);
	NAME(DO_TERM_SCRIPTS);
	NAME(DO_KILL_SCRIPTS);
	NAME(DO_SIGNAL);
	NAME(DO_CONT);
	NAME(DO_SCRIPT);
	NAME(DO_WAIT);
	NAME(DO_RUN);
	NAME(DO_FINISH);
	NAME(SIGTERM);
	NAME(SIGKILL);
	NAME(SIGSTOP);
	NAME(SIGCONT);
	return 0;
}
