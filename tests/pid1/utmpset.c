/* utmpset: what it does to utmp and wtmp; beside runit's, where that is to be
 * had (RUNIT_UTMPSET). */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kit/kit.h"
#include "utmp.h"

enum { RECORDS = 6 };

static const struct stage *st;

static void
enter(const struct stage *stage)
{
	st = stage;
	mounts_own();
	if (mount("t", "/run", "tmpfs", 0, "size=1m,mode=0755") < 0 ||
	    mount("t", "/var/log", "tmpfs", 0, "size=1m,mode=0755") < 0)
		skip("not permitted to mount");
	if (access("/var/run/.", W_OK) < 0 || mkdir("/var/run/x", 0755) < 0 ||
	    access("/run/x", F_OK) < 0)
		skip("/var/run is not /run");
}

/* --- records ---------------------------------------------------------------*/

static struct utmp_record
record(int type, const char *line, const char *name, const char *host)
{
	struct utmp_record rec = { .type = (int16_t)type, .pid = 4, .s = 1000 };

	memcpy(rec.line, line, strlen(line));
	memcpy(rec.name, name, strlen(name));
	memcpy(rec.host, host, strlen(host));
	memcpy(rec.id, "1", 1);
	rec.session = 77;
	rec.exit[0] = 3;
	memset(rec.address, 1, sizeof(rec.address));
	memset(rec.spare, 'z', sizeof(rec.spare));
	return rec;
}

static void
put_utmp(struct utmp_record v[RECORDS], size_t bytes)
{
	v[0] = record(2, "~", "reboot", "6.1");
	v[1] = record(6, "tty1", "LOGIN", "");
	v[2] = record(7, "tty2", "joe", "host");
	v[3] = record(8, "tty3", "", "");
	v[4] = record(8, "tty4", "bob", "x");
	v[5] = record(7, "tty2", "jim", "there");
	file_put("/run/utmp", v, bytes, 0644);
}

/* What a run left, without the time, which is now. */
struct left {
	int status;
	char said[512];
	struct bytes utmp, wtmp;
};

static void
forget_now(struct bytes *b)
{
	size_t at;

	for (at = 0; at + sizeof(struct utmp_record) <= b->n;
	     at += sizeof(struct utmp_record)) {
		struct utmp_record rec;

		memcpy(&rec, b->p + at, sizeof(rec));
		if (rec.s != 1000 && llabs(rec.s - wall_ns() / 1000000000) < 60)
			rec.s = rec.us = 0;
		memcpy(b->p + at, &rec, sizeof(rec));
	}
}

static struct left
run(const char *program, const char *a, const char *b)
{
	struct program pg = { .dir = st->tmp };
	struct left left = { 0 };
	char path[PATH_ROOM];

	program_words(&pg, program, a, b, NULL);
	snprintf(left.said, sizeof(left.said), "%s",
	    program_says(&pg, path_join(path, st->tmp, "said"), &left.status));
	file_add(&left.utmp, "/run/utmp");
	file_add(&left.wtmp, "/var/log/wtmp");
	forget_now(&left.utmp);
	forget_now(&left.wtmp);
	return left;
}

static bool
same(const struct bytes *a, const struct bytes *b)
{
	return a->n == b->n && (a->n == 0 || memcmp(a->p, b->p, a->n) == 0);
}

/* --- scenes ----------------------------------------------------------------*/

static const struct {
	const char *a, *b;
	int exits, changes; /* the record; -1: none */
	bool wtmp;
} rows[] = {
	{ "tty1", NULL, 0, 1, false },
	{ "-w", "tty2", 0, 2, true },
	{ "tty2", "more", 0, 2, false },
	{ "tty4", NULL, 0, 4, false },
	{ "tty3", NULL, 111, -1, false },
	{ "-w", "tty3", 111, -1, false },
	{ "tty", NULL, 111, -1, false },
	{ "tty11", NULL, 111, -1, false },
	{ "", NULL, 111, -1, false },
	{ "ttyttyttyttyttyttyttyttyttyttyttyttyttyttytty", NULL, 111, -1,
	    false },
};

static void
check(size_t i, const struct left *left)
{
	struct utmp_record v[RECORDS];

	put_utmp(v, sizeof(v));
	if (rows[i].changes >= 0) {
		struct utmp_record *rec = &v[rows[i].changes];

		rec->type = UTMP_DEAD;
		memset(rec->name, 0, sizeof(rec->name));
		memset(rec->host, 0, sizeof(rec->host));
		rec->s = rec->us = 0;
	}
	want(status_is(left->status, rows[i].exits), "row %zu: it %s", i,
	    status_words(left->status));
	want(left->utmp.n == sizeof(v) &&
		 memcmp(left->utmp.p, v, sizeof(v)) == 0,
	    "row %zu: utmp is wrong", i);
	want(left->wtmp.n == (rows[i].wtmp ? sizeof(v[0]) : 0),
	    "row %zu: wtmp has %zu bytes", i, left->wtmp.n);
}

static void
files_and_words_are_runits(void)
{
	const char *theirs = getenv("RUNIT_UTMPSET");
	struct utmp_record v[RECORDS];
	struct left ours, peer;
	size_t i;

	for (i = 0; i < COUNT(rows); i++) {
		put_utmp(v, sizeof(v));
		file_write("/var/log/wtmp", "");
		ours = run(st->programs[0], rows[i].a, rows[i].b);
		check(i, &ours);
		if (!theirs)
			continue;
		put_utmp(v, sizeof(v));
		file_write("/var/log/wtmp", "");
		peer = run(theirs, rows[i].a, rows[i].b);
		want(ours.status == peer.status, "row %zu: runit's %s", i,
		    status_words(peer.status));
		want(strcmp(ours.said, peer.said) == 0,
		    "row %zu: it said %snot %s", i, ours.said, peer.said);
		want(same(&ours.utmp, &peer.utmp), "row %zu: utmp", i);
		want(same(&ours.wtmp, &peer.wtmp), "row %zu: wtmp", i);
	}
}

static void
a_record_that_was_cut_is_left_alone(void)
{
	struct utmp_record v[RECORDS];
	struct left left;

	put_utmp(v, sizeof(v) - 7);
	left = run(st->programs[0], "tty2", NULL);
	want(status_is(left.status, 0), "it %s", status_words(left.status));
	want(left.utmp.n == sizeof(v) - 7, "utmp has another size");
}

static void
what_is_not_there_is_said(void)
{
	struct left left = run(st->programs[0], "tty1", NULL);

	want(status_is(left.status, 111), "it %s", status_words(left.status));
	want(strcmp(left.said, "utmpset: fatal: unable to open /var/run/utmp: "
			       "file does not exist\n") == 0,
	    "it said: %s", left.said);
}

/* Who wrote it met a full disk, or a power cut. */
static void
half_a_record_does_not_spoil_wtmp(void)
{
	const size_t size = sizeof(struct utmp_record);
	struct utmp_record v[RECORDS], *last;
	struct left left;

	put_utmp(v, sizeof(v));
	file_put("/var/log/wtmp", v, 2 * size + size / 2, 0644);
	left = run(st->programs[0], "-w", "tty2");
	want(status_is(left.status, 0), "it %s", status_words(left.status));
	want(left.wtmp.n == 3 * size, "wtmp has %zu bytes", left.wtmp.n);
	last = (struct utmp_record *)(void *)(left.wtmp.p + 2 * size);
	want(last->type == UTMP_DEAD && strcmp(last->line, "tty2") == 0,
	    "the last record is another");
}

/* The file ends short of a page, and there is no other page. */
static void
a_full_disk_leaves_no_half_record(void)
{
	enum { SHORT = 4096 - 4096 % sizeof(struct utmp_record) };
	struct utmp_record v[RECORDS];
	char old[SHORT] = { 0 };
	struct left left;

	put_utmp(v, sizeof(v));
	file_put("/var/log/wtmp", old, sizeof(old), 0644);
	disk_fill("/var/log/all");
	left = run(st->programs[0], "-w", "tty2");
	want(status_is(left.status, 111), "it %s", status_words(left.status));
	want(left.wtmp.n == SHORT, "wtmp has %zu bytes", left.wtmp.n);
	want(strstr(left.said, "utmpset: warning: unable to logout line tty2 "
			       "in wtmp: "),
	    "it said: %s", left.said);
}

static void
usage_is_runits(void)
{
	struct left left = run(st->programs[0], NULL, NULL);
	char words[PATH_ROOM + 32];

	snprintf(words, sizeof(words), "usage: %s [-w] line\n\n",
	    st->programs[0]);
	want(status_is(left.status, 1), "it %s", status_words(left.status));
	want(strcmp(left.said, words) == 0, "it said: %s", left.said);
	left = run(st->programs[0], "-x", "tty1");
	want(status_is(left.status, 1), "it %s", status_words(left.status));
	want(strstr(left.said, ": illegal option -- x\nusage: "), "it said: %s",
	    left.said);
	left = run(st->programs[0], "-V", NULL);
	want(status_is(left.status, 1) && strstr(left.said, "\nusage: "),
	    "-V: it said: %s", left.said);
}

int
main(int argc, char *argv[])
{
	static const struct cast cast = { "utmpset", 1, enter };
	static const struct scene scenes[] = {
		{ "files, words and codes are runit's",
		    files_and_words_are_runits, 0 },
		{ "a record that was cut short is left alone",
		    a_record_that_was_cut_is_left_alone, 0 },
		{ "a utmp that is not there is said", what_is_not_there_is_said,
		    0 },
		{ "half a record does not spoil wtmp",
		    half_a_record_does_not_spoil_wtmp, 0 },
		{ "a full disk leaves no half of a record",
		    a_full_disk_leaves_no_half_record, 0 },
		{ "usage is runit's, exit 1", usage_is_runits, 0 },
	};

	(void)argc;
	return play(&cast, scenes, COUNT(scenes), argv);
}
