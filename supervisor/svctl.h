/* One service as it is seen from outside: by what its runsv keeps in
 * supervise/ and takes from supervise/control.
 *
 * Whoever owns the directory may put anything there. Nothing is waited for,
 * no link is followed but the directories', nothing but a FIFO is written to,
 * and a status is believed only if it could be one. */
#ifndef WEIR_SVCTL_H
#define WEIR_SVCTL_H

#include "status.h"

/* What went wrong; the words are svctl_rows[]. */
enum svctl_found {
	SVCTL_FINE,
	SVCTL_NO_DIR,
	SVCTL_NO_LOG_DIR,
	SVCTL_NO_OK,
	SVCTL_NO_RUNSV,
	SVCTL_NO_STATUS,
	SVCTL_UNREAD,
	SVCTL_BAD_STATUS,
	SVCTL_NO_CONTROL,
	SVCTL_UNSENT,
	SVCTL_FOUNDS,
};

struct svctl_row {
	const char *level, *words;
};

extern const struct svctl_row svctl_rows[SVCTL_FOUNDS];

struct svctl {
	int dir;        /* the service directory, or -1 */
	const char *at; /* svctl_at(): its path, seen from `dir`; else NULL */
	int ok;   /* svctl_hold(): supervise/ok; an error when runsv ends */
	int news; /* svctl_notice(): supervise/ */
	int err;  /* why, -errno or 0, where something went wrong */
	struct status status;
};

/* Opens the directory at path, seen from directory dirfd. Each of these
 * returns what was found, with sv->err. */
enum svctl_found svctl_open(struct svctl *sv, int dirfd, const char *path);

/* For one look the directory need not be opened: it is gone to by its path,
 * which is borrowed, each time. What is wrong with it, svctl_look() finds. */
void svctl_at(struct svctl *sv, int dirfd, const char *path);

void svctl_close(struct svctl *sv);

/* Looks whether a runsv is there and reads the status. Who may not ask for the
 * first but may read the second gets what was written last. */
enum svctl_found svctl_look(struct svctl *sv);

/* As svctl_look(), and keeps supervise/ok open in sv->ok, so that the end of
 * runsv can be waited for. */
enum svctl_found svctl_hold(struct svctl *sv);

/* Has changes of the status reported (os_notice_dir()): the descriptor of
 * supervise/, which is sv->news, or -errno. */
int svctl_notice(struct svctl *sv);

/* Sends the letters. */
enum svctl_found svctl_send(struct svctl *sv, const char *letters);

/* Whether there is a file `down`, 1 or 0, or -errno. */
int svctl_down(const struct svctl *sv);

/* It is for want of permission that something went wrong. */
bool svctl_is_barred(enum svctl_found found, const struct svctl *sv);

#endif
