/* runsvchdir: makes another directory of services the current one. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>

#include "buf.h"
#include "dir.h"
#include "say.h"
#include "sys.h"
#include "usage.h"

enum { EXIT_USAGE = 1, EXIT_TROUBLE = 111 };

static const char current[] = "current", fresh[] = "current.new",
		  previous[] = "previous";

/* The result, on standard output. */
static void
tell(const char *dir, const char *words)
{
	char text[PATH_MAX + 64];
	struct buf b;

	buf_init(&b, text, sizeof(text));
	buf_str(&b, "runsvchdir: ");
	buf_str(&b, dir);
	buf_str(&b, words);
	sys_write(1, b.p, b.n);
}

/* -errno with the reason said, or 0. */
static int
told(int r, const char *words, const char *name)
{
	if (r < 0)
		say_fatal(r, words, name);
	return r < 0 ? r : 0;
}

static int
remove_name(const char *name)
{
	int r = sys_unlinkat(AT_FDCWD, name);

	return r == -ENOENT ? 0 : told(r, "unable to unlink: ", name);
}

/* A link of that text takes a name's place in one step: at no moment is there
 * nothing. */
static int
put_link(const char *text, const char *name)
{
	int r = sys_symlinkat(text, AT_FDCWD, fresh);

	return r < 0 ? r : sys_renameat(AT_FDCWD, fresh, name);
}

/* Whatever is current becomes the previous one. What is no link has to move:
 * *moved. */
static int
keep_previous(bool *moved)
{
	char text[PATH_MAX];
	ssize_t n = sys_readlinkat(AT_FDCWD, current, text, sizeof(text));
	int r = (int)n;

	*moved = r == -EINVAL;
	if (*moved) {
		r = remove_name(previous);
		if (r < 0)
			return r;
		r = sys_renameat(AT_FDCWD, current, previous);
	} else if (n == (ssize_t)sizeof(text)) {
		r = -ENAMETOOLONG;
	} else if (n >= 0) {
		text[n] = '\0';
		r = put_link(text, previous);
	}
	if (r == -EISDIR)
		return told(r, "unable to unlink: ", previous);
	return told(r, "unable to copy: current to ", previous);
}

static int
move_back(void)
{
	return told(sys_renameat(AT_FDCWD, previous, current),
	    "unable to move previous back to ", current);
}

static int
switch_to(const char *dir)
{
	bool moved;
	int r = keep_previous(&moved);

	if (r < 0)
		return r;
	r = told(sys_symlinkat(dir, AT_FDCWD, fresh),
	    "unable to create: current.new -> ", dir);
	if (r == 0)
		r = told(sys_renameat(AT_FDCWD, fresh, current),
		    "unable to move: current.new to ", current);
	if (r < 0 && moved)
		move_back();
	return r;
}

static int
change(const char *dir)
{
	int r = remove_name(fresh);

	if (r < 0)
		return r;
	r = switch_to(dir);
	if (r < 0)
		sys_unlinkat(AT_FDCWD, fresh);
	return r;
}

static int
run(const char *dir)
{
	const char *home = getenv("RUNSVDIR");
	struct stat there, here;
	int r;

	if (*dir == '.') {
		say_fatal(0, dir, ": must not start with a dot.");
		return -EINVAL;
	}
	if (home == NULL)
		home = RUNSVDIR_DEFAULT;
	r = told(sys_chdir(home), "unable to chdir: ", home);
	if (r == 0)
		r = told(sys_fstatat(AT_FDCWD, dir, &there, 0), dir, "");
	if (r < 0)
		return r;
	if (!S_ISDIR(there.st_mode)) {
		say_fatal(0, dir, ": not a directory.");
		return -ENOTDIR;
	}
	r = told(sys_fstatat(AT_FDCWD, current, &here, 0),
	    "unable to stat: ", current);
	if (r < 0)
		return r;
	if (dir_is_same(&here, &there)) {
		tell(dir, ": current.\n");
		return 0;
	}
	r = change(dir);
	if (r == 0)
		tell(dir, ": now current.\n");
	return r;
}

int
main(int argc, char *argv[])
{
	const char *prog = argc > 0 ? argv[0] : "runsvchdir";

	say_as(prog);
	if (argc < 2) {
		usage_say("", prog, " dir\n\n");
		return EXIT_USAGE;
	}
	return run(argv[1]) < 0 ? EXIT_TROUBLE : 0;
}
