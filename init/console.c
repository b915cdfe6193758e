/* Descriptors 0 to 2 of process 1: the console. */
#include "console.h"

#include <errno.h>
#include <fcntl.h>

#include "say.h"
#include "standard.h"
#include "sys.h"

static const char console[] = "/dev/console";

static void
said_once(int r)
{
	static bool said;

	if (!said)
		say_warning(r, "unable to open ", console);
	said = true;
}

/* The opening waits for nobody: a line may have no other end yet. */
static int
put(int fd, int flags)
{
	const int always = O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
	int at = sys_open(console, flags | always, 0), r;

	if (at < 0)
		return at;
	r = sys_blocking(at);
	if (r >= 0)
		r = sys_dup2(at, fd);
	if (at > 2)
		sys_close(at);
	return r;
}

void
console_open(bool reads)
{
	int r;

	standard_fill(); /* so that none of ours has such a number */
	r = put(0, reads ? O_RDWR : O_WRONLY);
	if (r >= 0)
		r = put(1, O_WRONLY);
	if (r >= 0)
		r = put(2, O_WRONLY);
	if (r < 0)
		said_once(r);
}
