/* svlog stat: the counters of log directories, as a table or for programs. */
#ifndef WEIR_REPORT_H
#define WEIR_REPORT_H

#include "ask.h"
#include "find.h"
#include "out.h"

/* Prints them; what cannot be read, and counters that do not agree, are told.
 * 0, 1 where something was told, or -errno of standard output. */
int report_print(struct out *out, const struct find *f, enum ask_format format);

#endif
