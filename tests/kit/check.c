/* The check that all numbered lines came through. */
#define _GNU_SOURCE
#include "kit/check.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kit/verdict.h"

enum { SHOWN = 5, READ_BYTES = 1 << 18 };

void
check_init(struct check *ck, const struct lines *ls, const char *where,
    int stamp)
{
	*ck = (struct check){ .ls = ls, .where = where, .stamp = stamp };
}

void
check_free(struct check *ck)
{
	free(ck->gaps);
	ck->gaps = NULL;
	ck->n_gaps = ck->room = 0;
}

/* Shows what is wrong, with lines from..to if it is about some. */
static void
check_show(struct check *ck, unsigned fault, const char *what, uint64_t from,
    uint64_t to)
{
	if (ck->may & fault || ck->shown++ >= SHOWN)
		return;
	printf("  %s/%s near byte %llu: %s", ck->where,
	    ck->file ? ck->file : "", (unsigned long long)ck->at, what);
	if (to > from)
		printf(" %llu to %llu", (unsigned long long)from,
		    (unsigned long long)(to - 1));
	printf(" (line %llu was due)\n", (unsigned long long)ck->next);
}

static void
check_tear(struct check *ck, const char *what)
{
	check_show(ck, CHECK_TORN, what, 0, 0);
	ck->torn++;
}

static void
gap_add(struct check *ck, uint64_t from, uint64_t to)
{
	if (ck->n_gaps == ck->room) {
		ck->room = ck->room ? ck->room * 2 : 64;
		ck->gaps = realloc(ck->gaps, ck->room * sizeof(*ck->gaps));
		if (!ck->gaps)
			give_up("out of memory");
	}
	ck->gaps[ck->n_gaps++] = (struct range){ from, to };
}

static void
check_gap(struct check *ck, uint64_t from, uint64_t to)
{
	check_show(ck, from == 0 ? CHECK_OLDEST | CHECK_LOST : CHECK_LOST,
	    "lost", from, to);
	gap_add(ck, from, to);
}

/* A line from before: out of its order if it had been missed, else doubled. */
static void
check_old(struct check *ck, uint64_t n)
{
	struct range *r;
	uint64_t to;
	size_t i;

	for (i = 0; i < ck->n_gaps; i++) {
		r = &ck->gaps[i];
		if (n < r->from || n >= r->to)
			continue;
		check_show(ck, CHECK_DISORDERED, "out of order", n, n + 1);
		ck->disordered++;
		to = r->to;
		r->to = n;
		if (n + 1 < to)
			gap_add(ck, n + 1, to);
		return;
	}
	check_show(ck, CHECK_DOUBLED, "doubled", n, n + 1);
	ck->doubled++;
}

bool
stamp_is(const char *p, int kind)
{
	static const char *const forms[] = { "", "@hhhhhhhhhhhhhhhhhhhhhhhh ",
		"dddd-dd-dd_dd:dd:dd.ddddd ", "dddd-dd-ddTdd:dd:dd.ddddd " };
	const char *form = forms[kind];
	bool is_digit, is_hex;

	for (; *form; form++, p++) {
		is_digit = *p >= '0' && *p <= '9';
		is_hex = is_digit || (*p >= 'a' && *p <= 'f');
		if (*form == 'd'   ? !is_digit
		    : *form == 'h' ? !is_hex
				   : *p != *form)
			return false;
	}
	return true;
}

/* The stamp at the beginning of a line; false: there is none. */
static bool
check_stamp(struct check *ck, const char *p, size_t len)
{
	if (len <= CHECK_STAMP || !stamp_is(p, ck->stamp))
		return false;
	if (memcmp(p, ck->last, CHECK_STAMP) < 0) {
		check_show(ck, CHECK_STAMPS, "stamp went back", 0, 0);
		ck->bad_stamps++;
	}
	memcpy(ck->last, p, CHECK_STAMP);
	return true;
}

/* One line with its newline. */
static void
check_line(struct check *ck, const char *p, size_t len)
{
	size_t front = ck->stamp ? CHECK_STAMP : 0;
	uint64_t n;

	if ((ck->stamp && !check_stamp(ck, p, len)) ||
	    !line_is(ck->ls, p + front, len - front, &n)) {
		check_tear(ck, "torn");
		return;
	}
	ck->good++;
	if (n < ck->next) {
		check_old(ck, n);
		return;
	}
	if (n > ck->next)
		check_gap(ck, ck->next, n);
	ck->next = n + 1;
}

void
check_bytes(struct check *ck, const char *p, size_t n)
{
	const char *end;
	size_t len, take;

	while (n > 0) {
		end = memchr(p, '\n', n);
		len = end ? (size_t)(end - p) + 1 : n;
		if (end && ck->n_part == 0) {
			check_line(ck, p, len);
		} else {
			take = sizeof(ck->part) - ck->n_part;
			take = len < take ? len : take;
			memcpy(ck->part + ck->n_part, p, take);
			ck->n_part += take;
			if (end) {
				check_line(ck, ck->part, ck->n_part);
				ck->n_part = 0;
			}
		}
		p += len;
		n -= len;
		ck->at += len;
	}
}

void
check_file(struct check *ck, const char *path, const char *name)
{
	static char buf[READ_BYTES];
	int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	struct stat st;
	ssize_t n;

	if (fd < 0)
		return;
	ck->file = name;
	ck->at = 0;
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_nlink == 1) {
		while ((n = read(fd, buf, sizeof(buf))) > 0)
			check_bytes(ck, buf, (size_t)n);
	}
	close(fd);
}

uint64_t
check_lost(const struct check *ck)
{
	uint64_t n = 0;
	size_t i;

	for (i = 0; i < ck->n_gaps; i++)
		n += ck->gaps[i].to - ck->gaps[i].from;
	return n;
}

static unsigned
check_faults(const struct check *ck)
{
	bool is_oldest = ck->n_gaps == 1 && ck->gaps[0].from == 0;

	return (check_lost(ck) == 0 ? 0
		   : is_oldest      ? CHECK_OLDEST
				    : CHECK_LOST) |
	       (ck->doubled ? CHECK_DOUBLED : 0) | (ck->torn ? CHECK_TORN : 0) |
	       (ck->disordered ? CHECK_DISORDERED : 0) |
	       (ck->bad_stamps ? CHECK_STAMPS : 0);
}

bool
check_end(struct check *ck, uint64_t total)
{
	unsigned may = ck->may | (ck->may & CHECK_LOST ? CHECK_OLDEST : 0);

	if (ck->n_part > 0)
		check_tear(ck, "torn: no newline");
	ck->n_part = 0;
	if (ck->next < total)
		check_gap(ck, ck->next, total);
	return ck->next <= total && (check_faults(ck) & ~may) == 0;
}

const char *
check_words(const struct check *ck)
{
	static char words[256];
	int n = snprintf(words, sizeof(words),
	    "lost %llu, doubled %llu, torn %llu, out of order %llu",
	    (unsigned long long)check_lost(ck), (unsigned long long)ck->doubled,
	    (unsigned long long)ck->torn, (unsigned long long)ck->disordered);

	if (ck->stamp)
		snprintf(words + n, sizeof(words) - (size_t)n,
		    ", stamps back %llu", (unsigned long long)ck->bad_stamps);
	return words;
}
