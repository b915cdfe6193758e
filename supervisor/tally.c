/* What became of the services of one command, and the exit code it makes. */
#include "tally.h"

/* Of an init script: by `status`, and by all other commands. */
static const int lsb_codes[OUTCOMES][2] = {
	[OUTCOME_FINE] = { 0, 0 },
	[OUTCOME_DOWN] = { 3, 0 },
	[OUTCOME_FAILED] = { 1, 1 },
	[OUTCOME_UNKNOWN] = { 4, 1 },
	[OUTCOME_BARRED] = { 4, 4 },
};

void
tally_add(struct tally *tally, enum outcome outcome)
{
	tally->of[outcome]++;
}

static int
lsb_exit(const struct tally *tally, bool status)
{
	for (int i = OUTCOMES - 1; i > 0; i--)
		if (tally->of[i])
			return lsb_codes[i][!status];
	return 0;
}

int
tally_exit(const struct tally *tally, bool lsb, bool status)
{
	size_t barred = tally->of[OUTCOME_BARRED];
	size_t failed = tally->of[OUTCOME_FAILED] + tally->of[OUTCOME_UNKNOWN];

	if (lsb)
		return lsb_exit(tally, status);
	if (barred && !failed)
		return TALLY_FATAL;
	failed += barred;
	return failed < TALLY_MOST ? (int)failed : TALLY_MOST;
}
