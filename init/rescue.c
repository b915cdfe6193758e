/* What is left to process 1 when it has made a mistake of its own. */
#include "rescue.h"

#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <sys/wait.h>

#include "console.h"
#include "loop.h"
#include "say.h"
#include "spawn.h"
#include "sys.h"

extern char **environ;

enum { TRIES = 3 };

static struct {
	bool (*state)(struct buf *b);
	const char *program;
	void (*lost)(void);
	volatile sig_atomic_t depth; /* crashes within a crash */
} rescue;

static void
start_anew(void)
{
	static char name[] = "runit", word[512];
	char *argv[] = { name, word, NULL };
	struct buf b;

	buf_init(&b, word, sizeof(word));
	if (!rescue.state(&b) || b.over)
		return;
	sys_execve("/proc/self/exe", argv, environ);
	sys_execve(rescue.program, argv, environ);
}

/* One that comes on the way may be a signal that somebody sent: it is tried
 * again, until it is plain that the way itself is broken. */
static void
crashed(int sig)
{
	int depth = ++rescue.depth;

	(void)sig;
	if (depth <= TRIES)
		start_anew();
	if (depth <= TRIES + 1)
		rescue.lost();
	for (;;) { /* not even that */
		sys_waitpid(-1, NULL, WNOHANG);
		loop_wait(NULL, 0, loop_now() + LOOP_S);
	}
}

void
rescue_arm(bool (*state)(struct buf *b), const char *program,
    void (*lost)(void))
{
	rescue.state = state;
	rescue.program = program;
	rescue.lost = lost;
	rescue.depth = 0;
	os_on_crash(crashed);
}

/* Reaps every child until the shell ends; where none could be started only
 * those that have ended by now: others may live for ever. */
static void
wait_for(pid_t shell)
{
	pid_t pid;

	do
		pid = sys_waitpid(-1, NULL, shell > 0 ? 0 : WNOHANG);
	while (pid > 0 && pid != shell);
}

void
rescue_shell(void)
{
	static const char *const argv[] = { "/bin/sh", NULL };
	const struct spawn sp = { .argv = argv,
		.cwd = -1,
		.words = "unable to start /bin/sh" };

	sys_setsid();
	for (;;) {
		int64_t again = loop_now() + LOOP_S;

		console_open(true);
		os_own_terminal(0); /* so that Ctrl-C helps there */
		say_warning(0, "this is a shell on the console");
		wait_for(spawn_start(&sp));
		loop_wait(NULL, 0, again);
	}
}
