/* The files of a supervise directory that say how its service goes. */
#include "statfiles.h"

#include <errno.h>
#include <fcntl.h>

#include "dir.h"
#include "loop.h"
#include "say.h"
#include "sys.h"

#define RETRY_NS LOOP_S

enum { OPEN_HERE = O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC };

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
say_that(const struct statfiles *f, const struct status *st)
{
	const struct status *is = &f->says;

	return f->any && is->since_ns == st->since_ns && is->pid == st->pid &&
	       is->paused == st->paused && is->want == st->want &&
	       is->got_term == st->got_term && is->state == st->state;
}

/* Only a pid that changes is written: the times of the others tell when the
 * state did. */
static int
write_files(const struct statfiles *f, int dirfd, const struct status *st,
    const char **which)
{
	bool same_pid = f->any && f->says.pid == st->pid;
	size_t i;
	int rc = 0;

	for (i = same_pid; rc == 0 && i < sizeof files / sizeof *files; i++) {
		char mem[STATUS_TEXT];
		struct buf b;

		buf_init(&b, mem, sizeof mem);
		files[i].put(&b, st);
		*which = files[i].name;
		rc =
		    replace(dirfd, files[i].name, files[i].fresh, buf_view(&b));
	}
	return rc;
}

/* It has one length for ever: on a full disk, too, it can tell the truth. */
static void
overwrite(int dirfd, const struct status *st)
{
	unsigned char record[STATUS_SIZE];
	struct stat home, old;
	int fd;

	if (sys_fstat(dirfd, &home) < 0)
		return;
	fd = dir_open_file(dirfd, &home, "status", O_WRONLY, 0, &old);
	if (fd < 0)
		return;
	status_pack(record, st);
	if (old.st_size == STATUS_SIZE)
		sys_pwrite(fd, record, sizeof record, 0);
	sys_close(fd);
}

void
statfiles_init(struct statfiles *f)
{
	*f = (struct statfiles){ .retry_at = LOOP_NEVER };
}

void
statfiles_put(struct statfiles *f, int dirfd, const char *label,
    const struct status *st)
{
	const char *which = "";
	int rc;

	if (say_that(f, st))
		return;
	rc = write_files(f, dirfd, st, &which);
	if (rc == 0) {
		f->says = *st;
		f->any = true;
		f->retry_at = LOOP_NEVER;
		return;
	}
	/* Where there is hardly any room, some writes succeed in between. */
	if (mute_start(&f->mute))
		say_warning(rc, "unable to write ", label, "supervise/", which);
	overwrite(dirfd, st);
	f->any = false; /* some may say it already */
	f->retry_at = loop_now() + RETRY_NS;
}
