/* The words for an error number, as runit prints them. */
#ifndef WEIR_WHY_H
#define WEIR_WHY_H

/* Takes an errno value of either sign. Never NULL; static storage. The words
 * are the ones scripts match ("file does not exist", "temporary failure"),
 * not libc's. An unknown number is "unknown error". */
const char *why(int err);

#endif
