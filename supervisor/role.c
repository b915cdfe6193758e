/* The programs of a service directory, described. */
#include "role.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "buf.h"
#include "loop.h"
#include "num.h"
#include "sys.h"

static void
give(struct spawn *sp, int to, int from)
{
	sp->fd[sp->n_fd++] = (struct spawn_fd){ to, from };
}

static void
begin(struct role *r, const struct role_of *of, const char *name)
{
	*r = (struct role){ .argv = { name } };
	r->sp.argv = r->argv;
	r->sp.cwd = of->home;
	r->sp.unable = ROLE_UNABLE;
}

/* The logger reads what the service writes, and alone has the ring. */
static void
give_log(struct role *r, const struct lent *lent)
{
	struct buf b;

	give(&r->sp, 0, lent->read_fd);
	buf_init(&b, r->env, sizeof r->env);
	if (lent_ring_text(lent, &b) < 0)
		return;
	buf_ch(&b, 0);
	give(&r->sp, LENT_RING_FD, lent->ring_fd);
	r->sp.env = r->env;
}

void
role_run(struct role *r, const struct role_of *of, bool quiet)
{
	begin(r, of, "./run");
	if (of->is_log)
		give_log(r, of->lent);
	else
		give(&r->sp, 1, of->lent->write_fd);
	if (!quiet)
		r->sp.words = of->is_log ? "unable to start log/./run"
		                         : "unable to start ./run";
}

static void
put_number(struct role *r, int i, bool minus, uint64_t value)
{
	struct buf b;

	buf_init(&b, r->text[i], sizeof r->text[i]);
	if (minus)
		buf_ch(&b, '-');
	buf_u64(&b, value);
	buf_ch(&b, 0);
	r->argv[1 + i] = r->text[i];
}

bool
role_finish(struct role *r, const struct role_of *of, int status)
{
	bool exited = status >= 0 && WIFEXITED(status);

	/* Not by opening it: a want of descriptors is no want of finish. */
	if (sys_faccessat(of->home, "finish", R_OK) < 0)
		return false;
	begin(r, of, "./finish");
	give(&r->sp, 1, of->lent->write_fd);
	put_number(r, 0, !exited, exited ? (uint64_t)WEXITSTATUS(status) : 1);
	put_number(r, 1, false, status >= 0 ? (uint64_t)(status & 0xff) : 0);
	r->sp.words = "unable to start ./finish";
	return true;
}

int
role_script(struct role *r, const struct role_of *of, enum control letter,
    pid_t pid)
{
	/* Both name it, the one in its argv, the other in our words. */
	static char words[] = "unable to run control/?";
	char *name = words + sizeof "unable to run " - 1;
	struct stat st;
	int rc;

	words[sizeof words - 2] = control_rows[letter].letter;
	begin(r, of, name);
	rc = sys_fstatat(of->home, name, &st, 0);
	if (rc < 0)
		return rc == -ENOENT ? 0 : rc;
	if (!S_ISREG(st.st_mode) || !(st.st_mode & S_IXUSR))
		return 0;
	give(&r->sp, 1, of->lent->write_fd);
	if (pid > 0)
		put_number(r, 0, false, (uint64_t)pid);
	r->sp.words = words;
	return 1;
}

int64_t
role_seconds(int home, const char *name)
{
	char text[24];
	struct num num;
	ssize_t n;
	int fd = sys_openat(home, name, O_RDONLY | O_NONBLOCK | O_CLOEXEC, 0);

	if (fd < 0)
		return fd;
	n = sys_read(fd, text, sizeof text);
	sys_close(fd);
	num = num_scan(view_of(text, n > 0 ? (size_t)n : 0), NULL, INT32_MAX);
	if (num.value == 0)
		return -EINVAL;
	return (int64_t)num.value * LOOP_S;
}
