/* What became of a datagram. */
#include "outcome.h"

#include <errno.h>
#include <stddef.h>

const char *const outcome_names[OUTCOMES] = {
	[OUTCOME_SENT] = "sent",
	[OUTCOME_REFUSED] = "refused",
	[OUTCOME_UNREACHABLE] = "unreachable",
	[OUTCOME_TOO_LARGE] = "too_large",
	[OUTCOME_BLOCKED] = "blocked",
	[OUTCOME_UNRESOLVED] = "unresolved",
	[OUTCOME_FAILED] = "failed",
};

/* A packet filter's word is EPERM on our machine, EACCES from another. */
static const struct {
	int err;
	enum outcome outcome;
} table[] = {
	{ ECONNREFUSED, OUTCOME_REFUSED },
	{ ENETUNREACH, OUTCOME_UNREACHABLE },
	{ EHOSTUNREACH, OUTCOME_UNREACHABLE },
	{ ENETDOWN, OUTCOME_UNREACHABLE },
	{ EADDRNOTAVAIL, OUTCOME_UNREACHABLE },
	{ EAFNOSUPPORT, OUTCOME_UNREACHABLE },
	{ EACCES, OUTCOME_UNREACHABLE },
	{ EPERM, OUTCOME_UNREACHABLE },
	{ EMSGSIZE, OUTCOME_TOO_LARGE },
	{ EAGAIN, OUTCOME_BLOCKED },
	{ ENOBUFS, OUTCOME_BLOCKED },
};

enum outcome
outcome_of(int err)
{
	for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
		if (table[i].err == -err)
			return table[i].outcome;
	return err < 0 ? OUTCOME_FAILED : OUTCOME_SENT;
}
