/* chpst: runs a program with a changed process state. */
#include <errno.h>

#include "buf.h"
#include "change.h"
#include "persona.h"
#include "say.h"
#include "sys.h"

extern char **environ;

enum { EXIT_USAGE = 100, EXIT_TROUBLE = 111 };

static int
usage(const struct persona *p, const char *name, const struct misuse *why)
{
	char text[2048];
	struct buf b;

	buf_init(&b, text, sizeof(text));
	persona_usage(p, name, why, &b);
	sys_write(2, b.p, b.n);
	return EXIT_USAGE;
}

int
main(int argc, char *argv[])
{
	const char *name = argc > 0 ? argv[0] : "chpst";
	const struct persona *p = persona_find(name);
	struct misuse why;
	struct change c;

	say_as("chpst");
	/* Whoever may change to anybody must not be lent that. */
	if (os_is_privileged()) {
		say_fatal(0, "not to be made set-uid, set-gid or capable");
		return EXIT_TROUBLE;
	}
	if (persona_parse(p, &c, argv, &why) < 0)
		return usage(p, name, &why);
	return change_run(&c, environ);
}
