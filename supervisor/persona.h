/* What chpst is called as, and what its command line asks for (chpst(8)). */
#ifndef WEIR_PERSONA_H
#define WEIR_PERSONA_H

#include "buf.h"
#include "change.h"

/* One of the programs it is: chpst, or one of daemontools'. */
struct persona;

/* By the name it was started with: what is behind the last slash, without a
 * `d` in front; chpst where that is none of the others. */
const struct persona *persona_find(const char *name);

/* Why a command line is not used. */
struct misuse {
	enum { MISUSE_FORM, MISUSE_LETTER, MISUSE_ARG, MISUSE_VERSION } kind;
	char letter;
};

/* Parses all words of the command line, its name included: 0, or -EINVAL with
 * *why set. The change borrows them. */
int persona_parse(const struct persona *p, struct change *c, char *argv[],
    struct misuse *why);

/* What is then to be said: lines, the usage last. */
void persona_usage(const struct persona *p, const char *name,
    const struct misuse *why, struct buf *b);

/* "[+|-]N", held between -1000 and 1000: 0 or -EINVAL. */
int persona_nice(int *nicer, const char *text);

#endif
