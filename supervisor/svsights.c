/* Many services at one look. */
#include "svsights.h"

#include <unistd.h>

#include "sys.h"

enum {
	SHARE = 100, /* takes longer than to start a process */
	PARTS_MOST = 16,
};

/* Of the services those from `from` up to `to`, and who looks at them: 0, or
 * nobody yet. */
struct part {
	size_t from, to;
	pid_t pid;
};

static size_t
size_of(size_t n)
{
	return (n + 1) * sizeof(struct svsight); /* none is no size */
}

/* Into how many parts of about the same size n services are cut. */
static size_t
parts_of(size_t n)
{
	size_t parts = n / SHARE, most = PARTS_MOST;

	if (parts <= 1)
		return 1;
	if (most > (size_t)sys_processors())
		most = (size_t)sys_processors();
	return parts < most ? parts : most;
}

static void
take(const struct svsights *all, const struct svdir *home,
    const char *const *names, const struct part *part)
{
	for (size_t i = part->from; i < part->to; i++)
		svsight_take(&all->v[i], home, names[i]);
}

static bool
has_taken(const struct part *part)
{
	int status;

	return part->pid > 0 && sys_waitpid(part->pid, &status, 0) > 0 &&
	       status == 0;
}

int
svsights_take(struct svsights *all, const struct svdir *home,
    const char *const *names, size_t n)
{
	size_t parts = parts_of(n);
	struct part part[PARTS_MOST];
	void *v;
	int rc = sys_share(size_of(n), &v);

	if (rc < 0)
		return rc;
	*all = (struct svsights){ v, n };
	for (size_t i = 0; i < parts; i++) {
		part[i] =
		    (struct part){ n * i / parts, n * (i + 1) / parts, 0 };
		if (i > 0)
			part[i].pid = sys_fork();
		if (i > 0 && part[i].pid == 0) {
			take(all, home, names, &part[i]);
			_exit(0);
		}
	}
	take(all, home, names, &part[0]);
	for (size_t i = 1; i < parts; i++)
		if (!has_taken(&part[i]))
			take(all, home, names, &part[i]);
	return 0;
}

void
svsights_free(struct svsights *all)
{
	sys_unshare(all->v, size_of(all->n));
	all->v = NULL;
}
