/* sv status, and sv list: what services are doing. */
#include "svstatus.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>

#include "colour.h"
#include "dir.h"
#include "svjson.h"
#include "svsights.h"
#include "svtable.h"
#include "svtell.h"
#include "sys.h"

/* An init script's service is judged alone: its log is no business of LSB. */
static void
count(struct tally *tally, const struct svsight *s, bool lsb)
{
	const struct svsight_one *one = &s->service;

	if (one->found != SVCTL_FINE)
		tally_add(tally, svtell_outcome(one->found, &one->sv));
	else if (!one->sv.status.pid)
		tally_add(tally, OUTCOME_DOWN);
	if (s->has_log && s->log.found != SVCTL_FINE && !lsb)
		tally_add(tally, svtell_outcome(s->log.found, &s->log.sv));
}

static void
line(struct out *out, const struct svsight *s)
{
	const struct svsight_one *one = &s->service, *log = &s->log;

	if (one->found != SVCTL_FINE) {
		svtell_trouble(out, s->name, "", one->found, &one->sv);
		return;
	}
	svtell_state(out, s->name, &one->sv.status, one->normally);
	if (s->has_log) {
		out_str(out, "; ");
		if (log->found != SVCTL_FINE) {
			svtell_trouble(out, s->name, "/log", log->found,
			    &log->sv);
			return;
		}
		svtell_state(out, "log", &log->sv.status, log->normally);
	}
	out_str(out, "\n");
}

int
svstatus_run(const struct svopts *options, struct out *out, struct tally *tally)
{
	struct svdir home;
	struct svsights all;
	int r;

	svdir_open(&home, options->svdir);
	r = svsights_take(&all, &home, options->names, options->n_names);
	svdir_close(&home);
	if (r < 0)
		return r;
	if (options->json)
		svjson_begin(out);
	for (size_t i = 0; i < all.n; i++) {
		count(tally, &all.v[i], options->lsb);
		if (options->json)
			svjson_sight(out, i, &all.v[i]);
		else
			line(out, &all.v[i]);
	}
	if (options->json)
		svjson_end(out, all.n);
	svsights_free(&all);
	return 0;
}

/* --- sv list ---------------------------------------------------------------*/

struct list {
	char **name;
	size_t n, room;
};

static int
add(struct list *l, const char *name)
{
	if (l->n == l->room) {
		size_t room = l->room ? 2 * l->room : 64;
		char **more = realloc(l->name, room * sizeof *more);

		if (!more)
			return -ENOMEM;
		l->name = more;
		l->room = room;
	}
	l->name[l->n] = strdup(name);
	return l->name[l->n++] ? 0 : -ENOMEM;
}

static int
by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* What runsvdir would start a runsv for. */
static bool
is_service(int dirfd, const char *name)
{
	struct stat st;

	return *name != '.' && sys_fstatat(dirfd, name, &st, 0) == 0 &&
	       S_ISDIR(st.st_mode);
}

static int
read_names(struct list *l, int dirfd)
{
	struct dir_walk walk;
	const char *name;
	int err = 0;

	if (dirfd < 0)
		return dirfd;
	dir_walk(&walk, dirfd);
	while (err == 0 && (name = dir_next(&walk, &err)))
		if (is_service(dirfd, name))
			err = add(l, name);
	if (err == 0 && l->n > 0)
		qsort(l->name, l->n, sizeof *l->name, by_name);
	return err;
}

static void
free_names(struct list *l)
{
	for (size_t i = 0; i < l->n; i++)
		free(l->name[i]);
	free(l->name);
}

static int
table(struct out *out, struct tally *tally, const struct svdir *home,
    const char *const *names, size_t n)
{
	struct svsights all;
	int r = svsights_take(&all, home, names, n);

	if (r < 0)
		return r;
	for (size_t i = 0; i < n; i++)
		count(tally, &all.v[i], false);
	svtable_print(out, all.v, n, colour_is_wanted());
	svsights_free(&all);
	return 0;
}

int
svstatus_list(const struct svopts *options, struct out *out,
    struct tally *tally)
{
	struct svopts all = *options;
	struct list l = { 0 };
	struct svdir home;
	int r = 0;

	svdir_open(&home, options->svdir);
	if (options->n_names == 0) {
		r = read_names(&l, home.fd);
		all.names = (const char *const *)l.name;
		all.n_names = l.n;
	}
	if (r == 0 && all.json)
		r = svstatus_run(&all, out, tally);
	else if (r == 0)
		r = table(out, tally, &home, all.names, all.n_names);
	svdir_close(&home);
	free_names(&l);
	return r;
}
