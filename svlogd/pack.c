/* An old file to a compressed one. */
#include "pack.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "dir.h"
#include "gzip.h"
#include "name.h"
#include "safe.h"
#include "seal.h"
#include "sys.h"

struct pack {
	int dirfd;
	struct stat home;
	char plain[NAME_SIZE], trial[NAME_SIZE], packed[NAME_SIZE];
	int level;
	int log; /* the plain file, locked */
	struct stat st;
	int out; /* the one that is to take its place */
};

static int
rewind_all(const struct pack *p)
{
	off_t at = sys_lseek(p->log, 0, SEEK_SET);

	if (at >= 0)
		at = sys_lseek(p->out, 0, SEEK_SET);
	return at < 0 ? (int)at : 0;
}

/* --- the plain file ------------------------------------------------------- */

static bool
is_gzip(int fd)
{
	static const unsigned char magic[] = { 0x1f, 0x8b };
	unsigned char found[sizeof magic];

	return sys_pread(fd, found, sizeof found, 0) == sizeof found &&
	       memcmp(found, magic, sizeof found) == 0;
}

/* Opens it, for us alone: a child whose parent was killed may still be at
 * work, and who is through with it has deleted it. */
static int
open_log(struct pack *p)
{
	int rc = seal_file(p->dirfd, &p->home, p->plain);

	if (rc < 0)
		return rc;
	p->log =
	    dir_open_file(p->dirfd, &p->home, p->plain, O_RDONLY, 0, &p->st);
	if (p->log < 0)
		return p->log;
	rc = sys_flock(p->log);
	if (rc == 0)
		rc = sys_fstat(p->log, &p->st);
	if (rc == 0 && p->st.st_nlink == 0)
		rc = -ENOENT;
	if (rc == 0 && is_gzip(p->log))
		rc = -EALREADY;
	return rc;
}

/* When the log began: the label of the file before it, or 0. */
static int64_t
begun_ns(const struct pack *p)
{
	struct dir_walk w;
	const char *name;
	int64_t own = name_ns(p->plain), from = 0;
	int err;

	dir_walk(&w, p->dirfd);
	while ((name = dir_next(&w, &err))) {
		int64_t ns = name_ns(name);

		if (ns > from && ns < own)
			from = ns;
	}
	return from;
}

/* --- the compressed one --------------------------------------------------- */

/* Whether a crash left one that holds all of the log: it is open then. */
static int
open_made(struct pack *p)
{
	struct stat st;
	int rc;

	p->out = dir_open_file(p->dirfd, &p->home, p->packed, O_RDONLY, 0, &st);
	if (p->out < 0)
		return p->out;
	rc = gzip_check(p->out, p->log);
	if (rc < 0)
		sys_drop(&p->out);
	return rc;
}

static int
make(struct pack *p)
{
	int rc;

	p->out = dir_fresh_file(p->dirfd, p->trial, O_RDWR, 0600);
	if (p->out < 0)
		return p->out;
	rc = (int)sys_lseek(p->log, 0, SEEK_SET);
	if (rc == 0)
		rc = gzip_pack(p->log, p->out, p->level, begun_ns(p),
		    name_ns(p->plain));
	if (rc == 0)
		rc = rewind_all(p);
	return rc < 0 ? rc : gzip_check(p->out, p->log);
}

/* Whoever could read the log can read this, and nobody else; it is as old. */
static int
dress(const struct pack *p)
{
	struct timespec times[2] = { p->st.st_atim, p->st.st_mtim };
	mode_t mode = (p->st.st_mode & 0777) | S_IXUSR;
	struct stat st;
	int rc = sys_fstat(p->out, &st);

	if (rc < 0)
		return rc;
	if ((st.st_uid != p->st.st_uid || st.st_gid != p->st.st_gid) &&
	    sys_fchown(p->out, p->st.st_uid, p->st.st_gid) < 0 &&
	    st.st_gid != p->st.st_gid)
		mode &= ~(mode_t)0070; /* another group's */
	rc = sys_fchmod(p->out, mode);
	sys_futimens(p->out, times); /* a nicety */
	return rc;
}

/* Puts it in the place of the plain one. */
static int
replace(const struct pack *p, bool made)
{
	int rc = made ? dress(p) : 0;

	if (rc == 0)
		rc = safe_sync(p->out);
	if (rc == 0 && made)
		rc = sys_renameat(p->dirfd, p->trial, p->packed);
	if (rc == 0)
		rc = safe_sync(p->dirfd);
	if (rc == 0)
		rc = sys_unlinkat(p->dirfd, p->plain);
	return rc == -ENOENT ? 0 : rc;
}

/* --- all of it ------------------------------------------------------------ */

static int
pack(struct pack *p)
{
	int rc = open_log(p);

	if (rc < 0)
		return rc;
	rc = open_made(p);
	if (rc == 0)
		return replace(p, false);
	if (rc != -ENOENT && rc != -EPERM && rc != -EBADMSG)
		return rc;
	rc = make(p);
	if (rc == 0)
		rc = replace(p, true);
	if (rc < 0) /* not where it has its name already */
		sys_unlinkat(p->dirfd, p->trial);
	return rc;
}

int
pack_file(int dirfd, const char *name, int level)
{
	struct pack p = { .dirfd = dirfd,
		.level = level,
		.log = -1,
		.out = -1 };
	int rc = sys_fstat(dirfd, &p.home);

	if (rc < 0)
		return rc;
	name_copy(p.plain, name);
	name_pack(p.trial, name, NAME_TRIAL);
	name_pack(p.packed, name, NAME_OLD);
	rc = pack(&p);
	sys_drop(&p.out);
	sys_drop(&p.log);
	return rc;
}
