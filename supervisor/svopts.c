/* What sv's command line and environment say. */
#include "svopts.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "buf.h"
#include "loop.h"
#include "num.h"
#include "sys.h"

#ifndef SVDIR_DEFAULT
#define SVDIR_DEFAULT "/service"
#endif

#define WAIT_DEFAULT "7"
#define WAIT_MOST_S (INT64_C(1) << 31)

const char *
svopts_usage(const struct svopts *o)
{
	return o->lsb ? " [-w sec] command\n\n"
	              : " [-v] [-w sec] command service ...\n\n";
}

/* As runit reads it: no digits are 0, and what follows is not looked at. */
static int64_t
seconds(const char *text)
{
	struct num n = num_scan(view_str(text), NULL, WAIT_MOST_S);

	return (int64_t)n.value * LOOP_S;
}

static const char *
variable(const char *name, const char *otherwise)
{
	const char *value = getenv(name);

	return value ? value : otherwise;
}

/* In the words of those who look for them. */
static int
wrong(const struct svopts *o, int c)
{
	char text[256];
	struct buf b;

	buf_init(&b, text, sizeof text);
	buf_put(&b, view_first(view_str(o->prog), 128));
	buf_str(&b, c == ':' ? ": option requires an argument -- "
			     : ": illegal option -- ");
	buf_ch(&b, (char)optopt);
	buf_ch(&b, '\n');
	sys_write(2, b.p, b.n);
	return -EINVAL;
}

static int
options(struct svopts *o, int argc, char *argv[])
{
	int c;

	opterr = 0;
	while ((c = getopt(argc, argv, o->lsb ? "+:vw:V" : "+:vw:Vj")) != -1) {
		switch (c) {
		case 'v':
			o->verbose = true;
			break;
		case 'w':
			o->verbose = true;
			o->wait_ns = seconds(optarg);
			break;
		case 'j':
			o->json = true;
			break;
		case 'V':
			o->version = true;
			return -EINVAL;
		default:
			return wrong(o, c);
		}
	}
	return 0;
}

/* An init script knows `status` by the whole word, so that no other word is
 * taken for it, and none of the commands that are new. */
static bool
is_sensible(const struct svopts *o, const char *command)
{
	switch (o->verb.kind) {
	case VERB_SEND:
		return !o->json && o->n_names > 0;
	case VERB_STATUS:
		return o->n_names > 0 &&
		       (!o->lsb || strcmp(command, "status") == 0);
	case VERB_LIST:
		return !o->lsb;
	case VERB_LOG:
		return !o->lsb && !o->json;
	}
	return false;
}

int
svopts_parse(struct svopts *o, int argc, char *argv[])
{
	const char *slash = argc > 0 ? strrchr(argv[0], '/') : NULL;
	const char *command;

	*o = (struct svopts){ .svdir = variable("SVDIR", SVDIR_DEFAULT) };
	o->prog = slash ? slash + 1 : argc > 0 ? argv[0] : "sv";
	o->lsb = strcmp(o->prog, "sv") != 0;
	o->wait_ns = seconds(variable("SVWAIT", WAIT_DEFAULT));
	if (options(o, argc, argv) < 0)
		return -EINVAL;
	command = optind < argc ? argv[optind++] : o->json ? "list" : NULL;
	if (!command || !verb_find(&o->verb, command))
		return -EINVAL;
	o->names = o->lsb ? &o->prog : (const char *const *)argv + optind;
	o->n_names = o->lsb ? 1 : (size_t)(argc - optind);
	return is_sensible(o, command) ? 0 : -EINVAL;
}
