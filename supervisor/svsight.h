/* A service and its log, as they are at one look. */
#ifndef WEIR_SVSIGHT_H
#define WEIR_SVSIGHT_H

#include "svdir.h"
#include "svline.h"

struct svsight_one {
	struct svctl sv; /* closed */
	enum svctl_found found;
	enum svline_normally normally;
};

struct svsight {
	const char *name;
	struct svsight_one service, log;
	bool has_log; /* `log` counts only then */
};

/* Borrows the name. */
void svsight_take(struct svsight *s, const struct svdir *home,
    const char *name);

#endif
