/* What became of a datagram. */
#ifndef WEIR_OUTCOME_H
#define WEIR_OUTCOME_H

enum outcome {
	OUTCOME_SENT,        /* the system took it, and nothing spoke against
	                      * it while its batch went out */
	OUTCOME_REFUSED,     /* nobody listens there */
	OUTCOME_UNREACHABLE, /* no way there, or none that is allowed */
	OUTCOME_TOO_LARGE,
	OUTCOME_BLOCKED,    /* it would have had to wait */
	OUTCOME_UNRESOLVED, /* the name has no address yet */
	OUTCOME_FAILED,     /* anything else */
	OUTCOMES,
};

/* The words of lock.stats for them. */
extern const char *const outcome_names[OUTCOMES];

/* The one that -errno stands for. */
enum outcome outcome_of(int err);

#endif
