/* runsvdir: runs a runsv for each service directory. */
#include <errno.h>
#include <limits.h>
#include <unistd.h>

#include "buf.h"
#include "say.h"
#include "usage.h"
#include "warden.h"

enum { EXIT_USAGE = 1 };

/* As PID 1 nobody but a container asks. */
static int
parse(struct warden_options *o, int argc, char *argv[])
{
	int c;

	*o = (struct warden_options){ .container = getpid() == 1 };
	opterr = 0;
	while ((c = getopt(argc, argv, "+PT")) != -1) {
		switch (c) {
		case 'P':
			o->sessions = true;
			break;
		case 'T':
			o->container = true;
			break;
		default:
			return -EINVAL;
		}
	}
	if (optind >= argc || !argv[optind][0])
		return -EINVAL;
	o->dir = argv[optind];
	o->log = argv[optind + 1];
	return 0;
}

/* Our words name the directory too. */
static void
say_as_of(const char *dir)
{
	static char name[PATH_MAX + 16];
	struct buf b;

	buf_init(&b, name, sizeof(name) - 1);
	buf_str(&b, "runsvdir ");
	buf_put(&b, view_first(view_str(dir), buf_room(&b)));
	say_as(name);
}

int
main(int argc, char *argv[])
{
	struct warden_options options;

	if (parse(&options, argc, argv) < 0) {
		usage_say("", argc ? argv[0] : "runsvdir",
		    " [-PT] dir [log]\n");
		return EXIT_USAGE;
	}
	say_as_of(options.dir);
	return warden_run(&options);
}
