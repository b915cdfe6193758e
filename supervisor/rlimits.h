/* Resource limits as they are to be (setrlimit(2)): chpst's -m to -t. */
#ifndef WEIR_RLIMITS_H
#define WEIR_RLIMITS_H

#include <stdbool.h>
#include <sys/resource.h>

enum rlimits_of {
	RLIMITS_DATA,
	RLIMITS_STACK,
	RLIMITS_LOCKED,
	RLIMITS_MEMORY,
	RLIMITS_FILES,
	RLIMITS_PROCESSES,
	RLIMITS_FILE,
	RLIMITS_CORE,
	RLIMITS_RESIDENT,
	RLIMITS_CPU,
	RLIMITS, /* how many */
};

/* In the system's units: bytes, seconds, or how many. */
struct rlimits_want {
	bool is_set;
	bool to_hard;  /* the soft limit becomes the hard one */
	bool has_hard; /* the hard limit changes too */
	bool is_cap;   /* a lower one will do as well */
	rlim_t soft, hard;
};

/* "N", "=" (the hard limit), or either with ":HARD", the hard limit itself;
 * numbers are held at the largest there is. 0 or -EINVAL. */
int rlimits_parse(struct rlimits_want *w, const char *text);

/* What is to be set is set: 0, or -errno with the reason said. They are two, as
 * a hard limit goes up for root alone, and a soft one may be too tight for what
 * is still to be done. A limit that the system does not have is passed over,
 * which is said if `verbose`. */
int rlimits_set_hard(const struct rlimits_want want[RLIMITS]);
int rlimits_set_soft(const struct rlimits_want want[RLIMITS], bool verbose);

#endif
