/* Resource limits as they are to be. */
#include "rlimits.h"

#include <errno.h>

#include "buf.h"
#include "num.h"
#include "say.h"
#include "sys.h"

/* Where a limit has no number it is not known here. */
static const struct {
	int what;
	const char *name;
} limits[RLIMITS] = {
	[RLIMITS_DATA] = { RLIMIT_DATA, "data segment" },
	[RLIMITS_STACK] = { RLIMIT_STACK, "stack" },
#ifdef RLIMIT_MEMLOCK
	[RLIMITS_LOCKED] = { RLIMIT_MEMLOCK, "locked memory" },
#else
	[RLIMITS_LOCKED] = { -1, "locked memory" },
#endif
#ifdef RLIMIT_AS
	[RLIMITS_MEMORY] = { RLIMIT_AS, "memory" },
#else
	[RLIMITS_MEMORY] = { -1, "memory" },
#endif
	[RLIMITS_FILES] = { RLIMIT_NOFILE, "open files" },
#ifdef RLIMIT_NPROC
	[RLIMITS_PROCESSES] = { RLIMIT_NPROC, "processes" },
#else
	[RLIMITS_PROCESSES] = { -1, "processes" },
#endif
	[RLIMITS_FILE] = { RLIMIT_FSIZE, "file size" },
	[RLIMITS_CORE] = { RLIMIT_CORE, "core size" },
#ifdef RLIMIT_RSS
	[RLIMITS_RESIDENT] = { RLIMIT_RSS, "resident memory" },
#else
	[RLIMITS_RESIDENT] = { -1, "resident memory" },
#endif
	[RLIMITS_CPU] = { RLIMIT_CPU, "CPU time" },
};

/* As runit takes it: digits and nothing else, none of them being 0. */
static int
parse_number(struct view text, rlim_t *value)
{
	struct num n = num_scan(text, NULL, (uint64_t)RLIM_INFINITY);

	if (n.used != text.n)
		return -EINVAL;
	*value = (rlim_t)n.value;
	return 0;
}

int
rlimits_parse(struct rlimits_want *w, const char *text)
{
	struct view soft = view_of(text, strcspn(text, ":"));
	struct view hard = view_from(view_str(text), soft.n + 1);

	*w = (struct rlimits_want){ .is_set = true };
	if (view_eq(soft, view_str("=")))
		w->to_hard = true;
	else if (parse_number(soft, &w->soft) < 0)
		return -EINVAL;
	if (text[soft.n] == '\0')
		return 0;
	w->has_hard = true;
	return hard.n ? parse_number(hard, &w->hard) : -EINVAL;
}

static int
failed(int r, const char *words, const char *name)
{
	say_fatal(r, words, name);
	return r;
}

static int
set_hard(int what, const char *name, rlim_t hard)
{
	struct rlimit rl;
	int r = sys_getrlimit(what, &rl);

	if (r < 0)
		return failed(r, "unable to getrlimit()", "");
	rl.rlim_max = hard;
	if (rl.rlim_cur > hard)
		rl.rlim_cur = hard;
	r = sys_setrlimit(what, &rl);
	return r < 0 ? failed(r, "unable to set hard limit: ", name) : 0;
}

int
rlimits_set_hard(const struct rlimits_want want[RLIMITS])
{
	enum rlimits_of i;
	int r = 0;

	for (i = 0; r == 0 && i < RLIMITS; i++)
		if (want[i].is_set && want[i].has_hard && limits[i].what >= 0)
			r = set_hard(limits[i].what, limits[i].name,
			    want[i].hard);
	return r;
}

/* runit lowers it without a word. */
static void
warn_lower(const char *name, rlim_t hard)
{
	char number[BUF_DECIMAL];

	say_warning(0, "above the hard limit, which is used: ", name, ": ",
	    buf_decimal(number, hard));
}

static int
set_soft(int what, const char *name, const struct rlimits_want *w, bool verbose)
{
	struct rlimit rl;
	int r = sys_getrlimit(what, &rl);

	if (r < 0)
		return failed(r, "unable to getrlimit()", "");
	if (!w->to_hard && w->soft > rl.rlim_max && (!w->is_cap || verbose))
		warn_lower(name, rl.rlim_max);
	rl.rlim_cur =
	    w->to_hard || w->soft > rl.rlim_max ? rl.rlim_max : w->soft;
	r = sys_setrlimit(what, &rl);
	return r < 0 ? failed(r, "unable to setrlimit()", "") : 0;
}

int
rlimits_set_soft(const struct rlimits_want want[RLIMITS], bool verbose)
{
	enum rlimits_of i;
	int r = 0;

	for (i = 0; r == 0 && i < RLIMITS; i++) {
		if (!want[i].is_set)
			continue;
		if (limits[i].what >= 0)
			r = set_soft(limits[i].what, limits[i].name, &want[i],
			    verbose);
		else if (verbose)
			say_warning(0,
			    "this system has no such limit: ", limits[i].name);
	}
	return r;
}
