/* How a program is used, on standard error. */
#ifndef WEIR_USAGE_H
#define WEIR_USAGE_H

/* In one write: `before`, which is lines of their own or empty, and "usage: ",
 * the name by which the program was called, and `after`, as it is, newlines
 * too. What is longer than 1024 bytes of a name is cut. */
void usage_say(const char *before, const char *prog, const char *after);

#endif
