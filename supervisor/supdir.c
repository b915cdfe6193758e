/* The supervise directory of a service. */
#include "supdir.h"

#include <errno.h>
#include <fcntl.h>

#include "dir.h"
#include "loop.h"
#include "sys.h"

#define RETRY_NS LOOP_S

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
		.retry_at = LOOP_NEVER,
	};
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

/* --- the files -------------------------------------------------------------*/

static void
put_pid(struct buf *b, const struct status *st)
{
	if (st->pid == 0)
		return;
	buf_u64(b, (uint64_t)st->pid);
	buf_ch(b, '\n');
}

static void
put_record(struct buf *b, const struct status *st)
{
	unsigned char record[STATUS_SIZE];

	status_pack(record, st);
	buf_put(b, view_of((const char *)record, sizeof record));
}

static const struct {
	const char *name, *fresh;
	void (*put)(struct buf *b, const struct status *st);
} files[] = {
	{ "pid", "pid.new", put_pid },
	{ "stat", "stat.new", status_text },
	{ "status", "status.new", put_record },
};

/* A new file, whatever was left behind of the name. */
static int
open_fresh(int dir, const char *name)
{
	const int flags = O_WRONLY | O_CREAT | O_EXCL | OPEN_HERE;
	int fd = sys_openat(dir, name, flags, 0644);

	if (fd != -EEXIST)
		return fd;
	fd = sys_unlinkat(dir, name);
	return fd < 0 ? fd : sys_openat(dir, name, flags, 0644);
}

/* Gives fd the owner and mode of the file that it is to replace. */
static void
inherit(int dir, const char *name, int fd)
{
	struct stat old, st;

	if (sys_fstatat(dir, name, &old, AT_SYMLINK_NOFOLLOW) < 0 ||
	    !S_ISREG(old.st_mode) || sys_fstat(fd, &st) < 0)
		return;
	if (old.st_uid != st.st_uid || old.st_gid != st.st_gid)
		sys_fchown(fd, old.st_uid, old.st_gid);
	if ((old.st_mode & 0777) != (st.st_mode & 0777))
		sys_fchmod(fd, old.st_mode & 0777);
}

static int
replace(int dir, const char *name, const char *fresh, struct view text)
{
	ssize_t n;
	int rc, fd = open_fresh(dir, fresh);

	if (fd < 0)
		return fd;
	inherit(dir, name, fd);
	n = text.n > 0 ? sys_write(fd, text.p, text.n) : 0;
	rc = n == (ssize_t)text.n ? 0 : n < 0 ? (int)n : -ENOSPC;
	sys_close(fd);
	if (rc == 0)
		rc = sys_renameat(dir, fresh, name);
	if (rc < 0)
		sys_unlinkat(dir, fresh);
	return rc;
}

static bool
says(const struct supdir *d, const struct status *st)
{
	const struct status *is = &d->shown;

	return d->any && is->since_ns == st->since_ns && is->pid == st->pid &&
	       is->paused == st->paused && is->want == st->want &&
	       is->got_term == st->got_term && is->state == st->state;
}

/* Only a pid that changes is written: the times of the others tell when the
 * state did. */
static int
write_files(struct supdir *d, const struct status *st, const char **which)
{
	bool same_pid = d->any && d->shown.pid == st->pid;
	size_t i;
	int rc = 0;

	for (i = same_pid; rc == 0 && i < sizeof files / sizeof *files; i++) {
		char mem[STATUS_TEXT];
		struct buf b;

		buf_init(&b, mem, sizeof mem);
		files[i].put(&b, st);
		*which = files[i].name;
		rc =
		    replace(d->fd, files[i].name, files[i].fresh, buf_view(&b));
	}
	return rc;
}

/* It has one length for ever: on a full disk, too, it can tell the truth. */
static void
overwrite(const struct supdir *d, const struct status *st)
{
	unsigned char record[STATUS_SIZE];
	struct stat home, old;
	int fd;

	if (sys_fstat(d->fd, &home) < 0)
		return;
	fd = dir_open_file(d->fd, &home, "status", O_WRONLY, 0, &old);
	if (fd < 0)
		return;
	status_pack(record, st);
	if (old.st_size == STATUS_SIZE)
		sys_pwrite(fd, record, sizeof record, 0);
	sys_close(fd);
}

/* Where there is hardly any room, some writes succeed in between. */
static void
complain(struct supdir *d, const char *which, int err)
{
	if (mute_start(&d->mute))
		say_warning(err, "unable to write ", d->label, "supervise/",
		    which);
}

void
supdir_show(struct supdir *d, const struct status *st)
{
	const char *which = "";
	int rc;

	if (says(d, st) || d->fd < 0)
		return;
	rc = write_files(d, st, &which);
	if (rc == 0) {
		d->shown = *st;
		d->any = true;
		d->retry_at = LOOP_NEVER;
		return;
	}
	complain(d, which, rc);
	overwrite(d, st);
	d->any = false; /* some may say it already */
	d->retry_at = loop_now() + RETRY_NS;
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
