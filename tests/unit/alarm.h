/* A signal that comes again and again, and interrupts what waits. */
#ifndef WEIR_TEST_ALARM_H
#define WEIR_TEST_ALARM_H

#include <signal.h>
#include <sys/time.h>

static volatile sig_atomic_t alarms; /* so many came */

static void
on_alarm(int sig)
{
	(void)sig;
	alarms = alarms + 1;
}

/* Every so many ms; 0: no more. */
static void
every_ms(int ms)
{
	struct sigaction act = { .sa_handler = on_alarm };
	struct itimerval it = {
		.it_interval = { .tv_usec = ms * 1000 },
		.it_value = { .tv_usec = ms * 1000 },
	};

	sigaction(SIGALRM, &act, NULL);
	setitimer(ITIMER_REAL, &it, NULL);
}

#endif
