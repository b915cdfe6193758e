/* svlogd: logs its standard input to directories. */
#include "check.h"
#include "daemon.h"
#include "options.h"
#include "say.h"
#include "standard.h"
#include "usage.h"
#include "version.h"

enum { EXIT_TROUBLE = 111 };

int
main(int argc, char *argv[])
{
	struct options options;

	say_as("svlogd");
	standard_fill();
	if (options_parse(&options, argc, argv) < 0) {
		usage_say(options.version ? "weir svlogd " VERSION "\n" : "",
		    argc ? argv[0] : "svlogd", options_usage);
		return EXIT_TROUBLE;
	}
	if (!options.verbose)
		say_no_info();
	if (options.check)
		return check_run(&options);
	return daemon_run(&options);
}
