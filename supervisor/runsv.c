/* runsv: keeps one service, and its logger, running. */
#include "buf.h"
#include "pair.h"
#include "say.h"
#include "sys.h"

enum { EXIT_USAGE = 1, NAME_MOST = 512 };

static int
usage(const char *prog)
{
	char text[NAME_MOST];
	struct buf b;

	buf_init(&b, text, sizeof text);
	buf_str(&b, "usage: ");
	buf_put(&b, view_first(view_str(prog), NAME_MOST / 2));
	buf_str(&b, " dir\n\n");
	sys_write(2, b.p, b.n);
	return EXIT_USAGE;
}

int
main(int argc, char *argv[])
{
	char prog[NAME_MOST] = ""; /* static, it would cost a page */
	struct buf b;

	if (argc != 2)
		return usage(argc ? argv[0] : "runsv");
	buf_init(&b, prog, sizeof prog - 1);
	buf_str(&b, "runsv ");
	buf_put(&b, view_first(view_str(argv[1]), buf_room(&b)));
	say_as(prog);
	return pair_run(argv[1]);
}
