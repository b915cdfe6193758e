/* runsv: keeps one service, and its logger, running. */
#include "buf.h"
#include "pair.h"
#include "say.h"
#include "usage.h"

enum { EXIT_USAGE = 1, NAME_MOST = 512 };

int
main(int argc, char *argv[])
{
	char prog[NAME_MOST] = ""; /* static, it would cost a page */
	struct buf b;

	if (argc != 2) {
		usage_say("", argc ? argv[0] : "runsv", " dir\n\n");
		return EXIT_USAGE;
	}
	buf_init(&b, prog, sizeof prog - 1);
	buf_str(&b, "runsv ");
	buf_put(&b, view_first(view_str(argv[1]), buf_room(&b)));
	say_as(prog);
	return pair_run(argv[1]);
}
