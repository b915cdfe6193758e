/* sv's lines about a service, byte for byte as runit's are. */
#ifndef WEIR_SVTELL_H
#define WEIR_SVTELL_H

#include "out.h"
#include "svctl.h"
#include "svline.h"
#include "tally.h"

/* "run: NAME: (pid 7) 3s", without a newline. */
void svtell_state(struct out *out, const char *name, const struct status *st,
    enum svline_normally normally);

/* What the `down` of a service that is open says; of: "" or "/log". One that
 * cannot be looked at is told aside. */
enum svline_normally svtell_normally(const char *name, const char *of,
    const struct svctl *sv);

/* "fail: NAME: runsv not running", with a newline. of: "" or "/log". */
void svtell_trouble(struct out *out, const char *name, const char *of,
    enum svctl_found found, const struct svctl *sv);

/* What such a trouble counts as. */
enum outcome svtell_outcome(enum svctl_found found, const struct svctl *sv);

/* "warning: WHAT NAME OF FILE: REASON", with no blanks between the three, on
 * standard error. */
void svtell_aside(const char *what, const char *name, const char *of,
    const char *file, int err);

/* Seconds since 1970. */
int64_t svtell_now(void);

#endif
