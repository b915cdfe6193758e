/* What the command line says. */
#include "options.h"

#include <errno.h>
#include <unistd.h>

#include "num.h"
#include "say.h"

const char options_usage[] =
    " [-tttvn] [-r c] [-R abc] [-l len] [-b buflen] [-w ms] "
    "dir ...\n";

enum {
	LINE_MAX_DEFAULT = 1000,
	BUFFER_DEFAULT = 96 * 1024,
	WAIT_DEFAULT_MS = 2,
	WAIT_MOST_MS = 1000,
	NUMBER_MOST = 1 << 30,
};

/* As runit reads it: no digits are 0, and what follows is not looked at. */
static uint64_t
number(char letter, const char *text, uint64_t most)
{
	struct num n = num_scan(view_str(text), NULL, most);
	const char option[] = { '-', letter, 0 };

	if (n.over)
		say_warning(0, "option ", option,
		    ": number too large, the largest is used");
	else if (text[n.used])
		say_warning(0, "option ", option,
		    n.used ? ": what follows the number is not used"
			   : ": no digits, taken as 0");
	return n.value;
}

int
options_parse(struct options *o, int argc, char *argv[])
{
	const char *also = NULL;
	char by = 0;
	int c;

	*o = (struct options){ .wait_ns = WAIT_DEFAULT_MS * 1000000 };
	scrub_init(&o->scrub);
	opterr = 0;
	while ((c = getopt(argc, argv, "+R:r:l:b:w:tvVn")) != -1) {
		switch (c) {
		case 't':
			if (o->stamp < STAMP_ISO)
				o->stamp++;
			break;
		case 'v':
			o->verbose = true;
			break;
		case 'n':
			o->check = true;
			break;
		case 'r':
			if (!optarg[0] || optarg[1])
				return -EINVAL;
			by = optarg[0];
			break;
		case 'R':
			also = optarg;
			break;
		case 'l':
			o->line_max = number('l', optarg, NUMBER_MOST);
			break;
		case 'b':
			o->buffer = number('b', optarg, NUMBER_MOST);
			break;
		case 'w':
			o->wait_ns =
			    (int64_t)number('w', optarg, WAIT_MOST_MS) *
			    1000000;
			break;
		case 'V':
			o->version = true;
			return -EINVAL;
		default:
			return -EINVAL;
		}
	}
	if (optind >= argc)
		return -EINVAL;
	o->dirs = argv + optind;
	o->n_dirs = (size_t)(argc - optind);
	if (o->line_max == 0)
		o->line_max = LINE_MAX_DEFAULT;
	if (o->buffer && o->buffer <= o->line_max)
		return -EINVAL;
	if (o->buffer == 0)
		o->buffer = BUFFER_DEFAULT;
	if (by || also) {
		scrub_set(&o->scrub, by ? by : '_',
		    also ? view_str(also) : view_of("", 0));
		o->scrub.map['\n'] = '\n'; /* it ends lines */
	}
	return 0;
}
