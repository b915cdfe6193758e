/* Children that are svlogd themselves. */
#include "deaf.h"

#include <signal.h>
#include <stddef.h>

#include "sys.h"

void
deaf_make(void)
{
	static const int signals[] = { SIGHUP, SIGALRM, SIGTERM, SIGCHLD };

	/* Where they are blocked, as a daemon has them, they stay so, too. */
	for (size_t i = 0; i < sizeof signals / sizeof signals[0]; i++)
		os_signal_ignore(signals[i]);
}
