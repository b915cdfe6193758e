/* runit-init: becomes runit as process 1; else tells it to halt or reboot. */
#include <signal.h>
#include <unistd.h>

#include "console.h"
#include "flag.h"
#include "rescue.h"
#include "say.h"
#include "sys.h"
#include "usage.h"

enum { EXIT_USAGE = 0, EXIT_TROUBLE = 111 };

extern char **environ;

static int
trouble(int r, const char *words, const char *path)
{
	say_fatal(r, words, path);
	return EXIT_TROUBLE;
}

/* The kernel gives its command line's words to us: they are passed on. Without
 * runit there is nothing that would ever end well, but a container may end. */
static int
become_runit(char *argv[])
{
	static char name[] = "runit", *alone[] = { name, NULL };
	int r;

	if (argv[0] == NULL)
		argv = alone;
	argv[0] = name;
	r = sys_execve(RUNIT_PROGRAM, argv, environ);
	console_open(false);
	trouble(r, "unable to start ", RUNIT_PROGRAM);
	if (os_first_pids())
		rescue_shell();
	return EXIT_TROUBLE;
}

/* reboot first: what stopit lets happen looks at it. */
static int
tell(bool reboot)
{
	int r = reboot ? flag_set(FLAG_REBOOT) : flag_clear(FLAG_REBOOT);

	if (r < 0)
		return trouble(r, "unable to chmod ", FLAG_REBOOT);
	r = flag_set(FLAG_STOPIT);
	if (r < 0)
		return trouble(r, "unable to chmod ", FLAG_STOPIT);
	r = sys_kill(1, SIGCONT);
	return r < 0 ? trouble(r, "unable to signal ", "process 1") : 0;
}

int
main(int argc, char *argv[])
{
	say_as("init");
	if (getpid() == 1)
		return become_runit(argv);
	if (argc < 2 || (argv[1][0] != '0' && argv[1][0] != '6')) {
		usage_say("", argc > 0 ? argv[0] : "init", " 0|6\n\n");
		return EXIT_USAGE;
	}
	return tell(argv[1][0] == '6');
}
