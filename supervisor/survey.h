/* Looking at the directory: when, and what is there. */
#ifndef WEIR_SURVEY_H
#define WEIR_SURVEY_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>

#include "scandir.h"
#include "watch.h"

struct survey {
	const char *path; /* borrowed for ever */
	struct watch watch;
	struct stat last; /* of the directory at the last scan */
	bool wanted;      /* a scan */
	bool tell;        /* ... that says which names lead nowhere */
	int64_t rest;     /* no scan before then */
	int64_t poll_at;  /* the next look at the directory itself */
	int64_t whole_at; /* the next scan, whatever it looks like */
	int64_t tell_at;  /* not before then about the same trouble again */
	int trouble;      /* the last, or 0 */
	int unwatched;    /* why, or 0 */
	bool moved;       /* the path led elsewhere at the last scan but one */
	bool young;       /* changed just before the last scan */
};

/* The first scan is due at once. */
void survey_init(struct survey *s, const char *path);
void survey_close(struct survey *s);

/* There is news from s->watch; or somebody asks for a scan. */
void survey_heard(struct survey *s);
void survey_ask(struct survey *s);

int64_t survey_deadline(const struct survey *s);

/* Looks and scans as far as that is due. What cannot be done is said, and
 * tried again. */
void survey_tick(struct survey *s, struct scandir *sd, int64_t now);

#endif
