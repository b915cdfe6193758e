/* sv: tells what services are doing, and what to do. */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "say.h"
#include "standard.h"
#include "svopts.h"
#include "svsend.h"
#include "svstatus.h"
#include "sys.h"
#include "usage.h"
#include "version.h"
#include "which.h"

extern char **environ;

static int
usage(const struct svopts *o)
{
	usage_say(o->version ? "weir sv " VERSION "\n" : "", o->prog,
	    svopts_usage(o));
	return o->lsb ? TALLY_LSB_USAGE : TALLY_FATAL;
}

static int
fatal(const struct svopts *o, int err, const char *what, const char *which)
{
	say_fatal(err, what, which);
	return o->lsb ? TALLY_LSB_FATAL : TALLY_FATAL;
}

/* sv log ARGUMENT ...: svlog does it, with the same arguments. */
static int
run_svlog(const struct svopts *o, char *argv[])
{
	static char svlog[] = "svlog";

	argv[0] = svlog;
	return fatal(o, which_exec(getenv("PATH"), svlog, argv, environ),
	    "unable to run ", svlog);
}

/* A signal that came while we waited, or that we would have had, is not lost
 * on whoever waits for us. */
static int
die_of(int sig)
{
	os_signal_clear();
	sys_kill(getpid(), sig);
	return 128 + sig;
}

static int
run(const struct svopts *o, struct out *out, int *sig)
{
	struct tally tally = { 0 };
	int r = 0;

	if (o->verb.kind == VERB_SEND)
		r = svsend_run(o, out, &tally, sig);
	else if (o->verb.kind == VERB_LIST)
		r = svstatus_list(o, out, &tally);
	else
		r = svstatus_run(o, out, &tally);
	if (out_flush(out) == -EPIPE)
		*sig = SIGPIPE;
	else if (out->err < 0)
		return fatal(o, out->err, "unable to write output", "");
	if (r < 0 && o->verb.kind == VERB_LIST)
		return fatal(o, r, "unable to read ", o->svdir);
	if (r < 0)
		return fatal(o, r, "unable to start", "");
	return tally_exit(&tally, o->lsb, o->verb.kind == VERB_STATUS);
}

int
main(int argc, char *argv[])
{
	static struct out out;
	struct svopts o;
	int code, sig = 0;

	say_as("sv");
	standard_fill();
	if (svopts_parse(&o, argc, argv) < 0)
		return usage(&o);
	if (o.verb.kind == VERB_LOG)
		return run_svlog(&o, argv + (argc - (int)o.n_names - 1));
	out_init(&out);
	code = run(&o, &out, &sig);
	return sig ? die_of(sig) : code;
}
