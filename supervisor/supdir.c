/* The supervise directory of a service. */
#include "supdir.h"

#include <errno.h>
#include <fcntl.h>

#include "dir.h"
#include "sys.h"

enum {
	OPEN_HERE = O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC,
	LINK_MOST = 1024, /* a longer link is followed, but not made */
};

void
supdir_init(struct supdir *d, const char *label)
{
	*d = (struct supdir){
		.label = label,
		.fd = -1,
		.lock_fd = -1,
		.control_fd = -1,
		.control_hold_fd = -1,
		.ok_fd = -1,
	};
	statfiles_init(&d->files);
}

static int
failed(struct supdir *d, const char *verb, const char *name, int err)
{
	d->verb = verb;
	d->name = name;
	d->err = err;
	return err;
}

/* Words that say all. */
static int
failed_for(struct supdir *d, const char *why, int err)
{
	failed(d, "", why, 0);
	return err;
}

void
supdir_complain(const struct supdir *d, enum say_level level)
{
	say(level, d->err, d->verb, d->label, d->name, (char *)0);
}

/* --- the directory and its lock --------------------------------------------*/

/* The text and the owner of one link, whatever else has the name by then. Only
 * where the system cannot look so, a link may be exchanged in between. */
static int
read_link(int home, char text[LINK_MOST], struct stat *st)
{
	ssize_t n = os_link_text(home, "supervise", st, text, LINK_MOST);
	int rc;

	if (n != -ENOSYS)
		return n < 0 ? (int)n : 0;
	rc = sys_fstatat(home, "supervise", st, AT_SYMLINK_NOFOLLOW);
	if (rc < 0)
		return rc;
	if (!S_ISLNK(st->st_mode))
		return -ELOOP;
	n = sys_readlinkat(home, "supervise", text, LINK_MOST);
	if (n < 0)
		return (int)n;
	if (n == LINK_MOST)
		return -ENAMETOOLONG;
	text[n] = 0;
	return 0;
}

/* What was opened counts if it has the name itself, or if nobody else can have
 * made the link, or what it leads to. */
static bool
is_trusted(int home, int fd)
{
	struct stat named, opened;

	if (sys_fstatat(home, "supervise", &named, AT_SYMLINK_NOFOLLOW) < 0 ||
	    sys_fstat(fd, &opened) < 0)
		return false;
	if (!S_ISLNK(named.st_mode))
		return dir_is_same(&named, &opened);
	return dir_is_ours(named.st_uid) && dir_is_ours(opened.st_uid);
}

static int
refused(struct supdir *d)
{
	sys_drop(&d->fd);
	return failed_for(d,
	    "supervise is another user's link, or leads to another user's "
	    "directory",
	    -EPERM);
}

/* Where a link of ours leads, a directory is made, too. */
static int
open_directory(struct supdir *d, int home)
{
	char text[LINK_MOST];
	struct stat st;
	int made = sys_mkdirat(home, "supervise", 0700);

	if (made == -EEXIST) {
		made = read_link(home, text, &st);
		if (made == 0 && !dir_is_ours(st.st_uid))
			return refused(d);
		if (made == 0)
			made = sys_mkdirat(home, text, 0700);
	}
	d->fd = sys_openat(home, "supervise",
	    O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
	if (d->fd >= 0)
		return is_trusted(home, d->fd) ? 0 : refused(d);
	if (d->fd == -ENOENT && made < 0 && made != -EEXIST && made != -ELOOP)
		return failed(d, "unable to create ", "supervise", made);
	return failed(d, "unable to open ", "supervise/lock", d->fd);
}

int
supdir_lock(struct supdir *d, int home)
{
	int rc = d->fd >= 0 ? 0 : open_directory(d, home);

	if (rc < 0)
		return rc;
	if (d->lock_fd < 0)
		d->lock_fd = sys_openat(d->fd, "lock",
		    O_WRONLY | O_APPEND | O_CREAT | OPEN_HERE, 0600);
	if (d->lock_fd < 0)
		return failed(d, "unable to open ", "supervise/lock",
		    d->lock_fd);
	rc = sys_flock(d->lock_fd);
	return rc < 0 ? failed(d, "unable to lock ", "supervise/lock", rc) : 0;
}

/* --- the FIFOs -------------------------------------------------------------*/

/* The reading end, made if need be; -EEXIST where it is something else, a link
 * for one. */
static int
open_fifo(const struct supdir *d, const char *name, struct stat *st)
{
	int fd, rc = sys_mkfifoat(d->fd, name, 0600);

	if (rc < 0 && rc != -EEXIST)
		return rc;
	fd = sys_openat(d->fd, name, O_RDONLY | OPEN_HERE, 0);
	if (fd < 0)
		return fd == -ELOOP ? -EEXIST : fd;
	rc = sys_fstat(fd, st);
	if (rc == 0 && !S_ISFIFO(st->st_mode))
		rc = -EEXIST;
	if (rc == 0)
		return fd;
	sys_close(fd);
	return rc;
}

int
supdir_open(struct supdir *d)
{
	struct stat st;

	d->control_fd = open_fifo(d, "control", &st);
	if (d->control_fd == -EEXIST)
		return failed_for(d,
		    "supervise/control exists but is not a fifo", -EEXIST);
	if (d->control_fd < 0)
		return failed(d, "unable to open ", "supervise/control",
		    d->control_fd);
	if (st.st_mode & S_IWOTH)
		say_warning(0, d->label,
		    "supervise/control can be written by everybody");
	d->control_hold_fd =
	    sys_openat(d->fd, "control", O_WRONLY | OPEN_HERE, 0);
	if (d->control_hold_fd < 0)
		return failed(d, "unable to open ", "supervise/control",
		    d->control_hold_fd);
	return 0;
}

/* Where it is no FIFO, whoever looks believes that somebody is there, as long
 * as it is. */
int
supdir_announce(struct supdir *d)
{
	struct stat st;

	d->ok_fd = open_fifo(d, "ok", &st);
	if (d->ok_fd == -EEXIST) {
		say_warning(0, d->label,
		    "supervise/ok exists but is not a fifo");
		return 0;
	}
	if (d->ok_fd < 0)
		return failed(d, "unable to read ", "supervise/ok", d->ok_fd);
	return 0;
}

static bool
is_still_there(const struct supdir *d, const char *name, int fd)
{
	struct stat there, ours;

	return fd >= 0 && sys_fstat(fd, &ours) == 0 &&
	       sys_fstatat(d->fd, name, &there, AT_SYMLINK_NOFOLLOW) == 0 &&
	       dir_is_same(&there, &ours);
}

static void
mend_control(struct supdir *d)
{
	struct stat st;
	int hold, fd = open_fifo(d, "control", &st);

	if (fd < 0)
		return;
	hold = sys_openat(d->fd, "control", O_WRONLY | OPEN_HERE, 0);
	if (hold < 0) {
		sys_close(fd);
		return;
	}
	sys_drop(&d->control_hold_fd);
	sys_drop(&d->control_fd);
	d->control_hold_fd = hold;
	d->control_fd = fd;
}

void
supdir_mend(struct supdir *d)
{
	struct stat st;
	int fd;

	if (!is_still_there(d, "control", d->control_fd))
		mend_control(d);
	if (is_still_there(d, "ok", d->ok_fd))
		return;
	fd = open_fifo(d, "ok", &st);
	if (fd < 0)
		return;
	sys_drop(&d->ok_fd);
	d->ok_fd = fd;
}

size_t
supdir_commands(struct supdir *d, char *to, size_t n)
{
	ssize_t got = sys_read(d->control_fd, to, n);

	return got > 0 ? (size_t)got : 0;
}

void
supdir_show(struct supdir *d, const struct status *st)
{
	if (d->fd >= 0)
		statfiles_put(&d->files, d->fd, d->label, st);
}

/* --- the end ---------------------------------------------------------------*/

void
supdir_close(struct supdir *d)
{
	sys_drop(&d->ok_fd);
	sys_drop(&d->control_hold_fd);
	sys_drop(&d->control_fd);
	sys_drop(&d->lock_fd);
	sys_drop(&d->fd);
	supdir_init(d, d->label);
}
