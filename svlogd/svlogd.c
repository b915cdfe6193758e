/* svlogd: logs its standard input to directories. */
#include <unistd.h>

#include "buf.h"
#include "check.h"
#include "daemon.h"
#include "options.h"
#include "say.h"
#include "standard.h"
#include "sys.h"
#include "version.h"

static int
usage(const char *prog, bool version)
{
	char text[512];
	struct buf b;

	buf_init(&b, text, sizeof text);
	if (version)
		buf_str(&b, "weir svlogd " VERSION "\n");
	buf_str(&b, "usage: ");
	buf_put(&b, view_first(view_str(prog), 128));
	buf_str(&b, options_usage);
	sys_write(2, b.p, b.n);
	return 111;
}

int
main(int argc, char *argv[])
{
	struct options options;

	say_as("svlogd");
	standard_fill();
	if (options_parse(&options, argc, argv) < 0)
		return usage(argc ? argv[0] : "svlogd", options.version);
	if (!options.verbose)
		say_no_info();
	if (options.check)
		return check_run(&options);
	return daemon_run(&options);
}
